"""Register the commands that the panel sends."""

from homeassistant.components import websocket_api
from homeassistant.core import HomeAssistant, callback

from .panel.home import websocket_protect


@callback
def async_register_commands(hass: HomeAssistant) -> None:
    """Register the commands; each is for administrators only."""
    for command in (websocket_protect,):
        websocket_api.async_register_command(hass, command)
