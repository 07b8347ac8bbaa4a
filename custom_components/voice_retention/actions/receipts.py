"""List what was deleted."""

from homeassistant.core import ServiceCall, ServiceResponse

from ..answers import receipt_answer
from ..service_schemas import ATTR_BEFORE, ATTR_LIMIT
from .common import loaded_data


async def async_get_receipts(call: ServiceCall) -> ServiceResponse:
    """List receipts, newest first."""
    limit: int = call.data[ATTR_LIMIT]
    async with loaded_data(call.hass).storage.async_use() as vault:
        receipts = await vault.receipts.page(
            limit, before_seq=call.data.get(ATTR_BEFORE)
        )
    return {
        "receipts": [receipt_answer(receipt) for receipt in receipts],
        "next_before": receipts[-1].seq if len(receipts) == limit else None,
    }
