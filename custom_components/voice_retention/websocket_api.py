"""Register the commands that the panel sends."""

from homeassistant.components import websocket_api
from homeassistant.core import HomeAssistant, callback

from .panel.home import websocket_home, websocket_protect
from .panel.live import websocket_subscribe
from .panel.places import websocket_places
from .panel.receipts import websocket_list_receipts, websocket_verify_receipts


@callback
def async_register_commands(hass: HomeAssistant) -> None:
    """Register the commands; each is for administrators only."""
    for command in (
        websocket_home,
        websocket_list_receipts,
        websocket_places,
        websocket_protect,
        websocket_subscribe,
        websocket_verify_receipts,
    ):
        websocket_api.async_register_command(hass, command)
