"""Show what was deleted, and check that it stayed deleted."""

from typing import Any, Final

import voluptuous as vol

from homeassistant.components.websocket_api import ActiveConnection
from homeassistant.core import HomeAssistant, callback

from ..actions.common import loaded_data
from ..actions.receipts import async_receipts
from ..actions.verification import async_verification_answer, async_verify_receipts
from ..data import VoiceRetentionData
from ..service_schemas import (
    ATTR_BEFORE,
    ATTR_LIMIT,
    MAX_ITEMS,
    MAX_NUMBER,
    RECORDING_ID,
    whole_number,
)
from .doors import Fields, Message, async_register_answer

ATTR_RECEIPT_IDS: Final = "receipt_ids"

DEFAULT_PAGE: Final = 50
MAX_PAGE: Final = 100

LIST_FIELDS: Final[Fields] = {
    vol.Optional(ATTR_LIMIT, default=DEFAULT_PAGE): vol.All(
        whole_number, vol.Range(min=1, max=MAX_PAGE)
    ),
    vol.Optional(ATTR_BEFORE): vol.All(whole_number, vol.Range(min=1, max=MAX_NUMBER)),
}
VERIFY_FIELDS: Final[Fields] = {
    vol.Optional(ATTR_RECEIPT_IDS): vol.All(
        vol.Length(min=1, max=MAX_ITEMS), [RECORDING_ID]
    )
}


@callback
def async_register_receipts(hass: HomeAssistant) -> None:
    """Register what shows receipts."""
    async_register_answer(hass, "receipts/list", LIST_FIELDS, async_list)
    async_register_answer(hass, "receipts/verify", VERIFY_FIELDS, async_verify)


async def async_list(
    hass: HomeAssistant, connection: ActiveConnection, message: Message
) -> dict[str, Any]:
    """List receipts, newest first, with the names of whom they concern."""
    data = loaded_data(hass)
    receipts, next_before = await async_receipts(
        data, message[ATTR_LIMIT], message.get(ATTR_BEFORE)
    )
    return {
        "receipts": [
            {**receipt, "names": _names(hass, data, receipt)} for receipt in receipts
        ],
        "next_before": next_before,
    }


async def async_verify(
    hass: HomeAssistant, connection: ActiveConnection, message: Message
) -> dict[str, Any]:
    """Check the receipts, and search again for what they say is gone."""
    data = loaded_data(hass)
    verification = await async_verify_receipts(data, message.get(ATTR_RECEIPT_IDS))
    return await async_verification_answer(data, verification)


@callback
def _names(
    hass: HomeAssistant, data: VoiceRetentionData, receipt: dict[str, Any]
) -> dict[str, str]:
    """Name the satellites of a receipt, and what passed the wish on, as they are called now.

    Not every receipt is one of a deletion, and so has a scope.
    """
    satellite_keys: list[str] = receipt.get("scope", {}).get("satellites") or []
    through: str | None = receipt.get("asked_through")
    names = {key: data.status.satellite_name(key) for key in satellite_keys}
    if through is not None:
        state = hass.states.get(through)
        # By voice it is a satellite, by its key.
        names[through] = (
            data.status.satellite_name(through) if state is None else state.name
        )
    return names
