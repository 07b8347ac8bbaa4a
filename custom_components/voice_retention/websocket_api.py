"""Register the commands that the panel sends."""

from homeassistant.core import HomeAssistant, callback

from .panel.deleting import async_register_deleting
from .panel.details import async_register_details
from .panel.exporting import async_register_exporting
from .panel.history import async_register_history
from .panel.home import async_register_home
from .panel.live import async_register_live
from .panel.places import async_register_places
from .panel.receipts import async_register_receipts
from .panel.search import async_register_search


@callback
def async_register_commands(hass: HomeAssistant) -> None:
    """Register the commands; each is for administrators only."""
    for register in (
        async_register_deleting,
        async_register_details,
        async_register_exporting,
        async_register_history,
        async_register_home,
        async_register_live,
        async_register_places,
        async_register_receipts,
        async_register_search,
    ):
        register(hass)
