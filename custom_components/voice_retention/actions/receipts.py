"""List what was deleted."""

from typing import Any

from homeassistant.core import ServiceCall, ServiceResponse

from ..answers import receipt_answer
from ..data import VoiceRetentionData
from ..service_schemas import ATTR_BEFORE, ATTR_LIMIT
from .common import loaded_data


async def async_get_receipts(call: ServiceCall) -> ServiceResponse:
    """List receipts, newest first."""
    receipts, next_before = await async_receipts(
        loaded_data(call.hass), call.data[ATTR_LIMIT], call.data.get(ATTR_BEFORE)
    )
    return {"receipts": [*receipts], "next_before": next_before}


async def async_receipts(
    data: VoiceRetentionData, limit: int, before: int | None
) -> tuple[list[dict[str, Any]], int | None]:
    """Return the latest receipts before one of them, and where older ones begin, if any do."""
    async with data.storage.async_use() as vault:
        receipts = await vault.receipts.page(limit, before_seq=before)
    next_before = receipts[-1].seq if len(receipts) == limit else None
    return [receipt_answer(receipt) for receipt in receipts], next_before
