"""Register the commands that the panel sends."""

from homeassistant.components import websocket_api
from homeassistant.core import HomeAssistant, callback

from .panel.deleting import async_register_deleting
from .panel.details import async_register_details
from .panel.exporting import async_register_exporting
from .panel.history import async_register_history
from .panel.home import websocket_home, websocket_protect
from .panel.live import websocket_subscribe
from .panel.places import websocket_places
from .panel.receipts import websocket_list_receipts, websocket_verify_receipts
from .panel.search import async_register_search


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
    for register in (
        async_register_history,
        async_register_details,
        async_register_search,
        async_register_deleting,
        async_register_exporting,
    ):
        register(hass)
