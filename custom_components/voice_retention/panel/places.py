"""Show what every place holds now, and what is out of reach."""

from typing import Any

from homeassistant.components.websocket_api import ActiveConnection
from homeassistant.core import HomeAssistant, callback

from ..actions.common import loaded_data
from ..data import VoiceRetentionData
from ..policy.choices import OTHER_CLIENTS
from ..purge.inventory import Inventory, async_take_inventory
from ..purge.receipts import PlaceResult
from ..purge.scope import AskedBy
from .doors import Message, async_register_answer


@callback
def async_register_places(hass: HomeAssistant) -> None:
    """Register what shows all places."""
    async_register_answer(hass, "places", {}, async_places)


async def async_places(
    hass: HomeAssistant, connection: ActiveConnection, message: Message
) -> dict[str, Any]:
    """Count what every place holds; a deletion that is going on is waited for."""
    data = loaded_data(hass)
    # Of a satellite that is gone there may be recordings left.
    satellite_keys = dict.fromkeys(
        (*data.satellites.current, OTHER_CLIENTS, *data.status.data.recordings)
    )
    inventory = await async_take_inventory(
        data.purger, satellite_keys, asked_by=AskedBy.USER
    )
    everybody = inventory.everybody
    return {
        "places": [_place(data, inventory, result) for result in everybody.places],
        "out_of_reach": [item.as_dict() for item in everybody.out_of_reach],
    }


def _place(
    data: VoiceRetentionData, inventory: Inventory, result: PlaceResult
) -> dict[str, Any]:
    """Tell what a place holds, and of whom, where it can tell."""
    return {
        "place": result.place,
        "holds": result.found if result.failed is None else None,
        "failed": result.failed,
        "by_satellite": [
            {"key": key, "name": data.status.satellite_name(key), "holds": of_one.found}
            for key, receipt in inventory.by_satellite.items()
            for of_one in receipt.places
            if of_one.place == result.place and of_one.found
        ],
    }
