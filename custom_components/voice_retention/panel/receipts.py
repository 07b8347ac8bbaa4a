"""Show what was deleted, and check that it stayed deleted."""

from typing import Any, Final

import voluptuous as vol

from homeassistant.components.websocket_api import (
    ActiveConnection,
    async_response,
    require_admin,
    websocket_command,
)
from homeassistant.core import HomeAssistant, callback

from ..actions.common import loaded_data
from ..actions.receipts import async_receipts
from ..actions.verification import async_verification_answer, async_verify_receipts
from ..const import DOMAIN
from ..data import VoiceRetentionData
from ..service_schemas import MAX_ITEMS, MAX_NUMBER, RECORDING_ID

DEFAULT_PAGE: Final = 50
MAX_PAGE: Final = 100


@require_admin
@websocket_command(
    {
        vol.Required("type"): f"{DOMAIN}/receipts/list",
        vol.Optional("limit", default=DEFAULT_PAGE): vol.All(
            int, vol.Range(min=1, max=MAX_PAGE)
        ),
        vol.Optional("before"): vol.All(int, vol.Range(min=1, max=MAX_NUMBER)),
    }
)
@async_response
async def websocket_list_receipts(
    hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]
) -> None:
    """List receipts, newest first, with the names of whom they concern."""
    data = loaded_data(hass)
    receipts, next_before = await async_receipts(data, msg["limit"], msg.get("before"))
    connection.send_result(
        msg["id"],
        {
            "receipts": [
                {**receipt, "names": _names(hass, data, receipt)}
                for receipt in receipts
            ],
            "next_before": next_before,
        },
    )


@require_admin
@websocket_command(
    {
        vol.Required("type"): f"{DOMAIN}/receipts/verify",
        vol.Optional("receipt_ids"): vol.All(
            [RECORDING_ID], vol.Length(min=1, max=MAX_ITEMS)
        ),
    }
)
@async_response
async def websocket_verify_receipts(
    hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]
) -> None:
    """Check the receipts, and search again for what they say is gone."""
    data = loaded_data(hass)
    verification = await async_verify_receipts(data, msg.get("receipt_ids"))
    connection.send_result(
        msg["id"], await async_verification_answer(data, verification)
    )


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
