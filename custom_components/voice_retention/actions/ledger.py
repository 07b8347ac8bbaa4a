"""List where the voice went."""

from homeassistant.core import ServiceCall, ServiceResponse
from homeassistant.util import dt as dt_util

from ..answers import capture_answer, ledger_answer
from ..service_schemas import (
    ATTR_CURSOR,
    ATTR_ENGINE,
    ATTR_LIMIT,
    ATTR_LOCALITY,
    ATTR_SENT,
)
from ..vault.books import LedgerFilter
from ..vault.captures import Capture
from .common import loaded_data, period_of, targeted_satellites


async def async_get_ledger(call: ServiceCall) -> ServiceResponse:
    """List entries of the ledger, newest first."""
    start, end = period_of(call, dt_util.utcnow())
    wanted = LedgerFilter(
        satellite_keys=targeted_satellites(call),
        start=start,
        end=end,
        engine_id=call.data.get(ATTR_ENGINE),
        locality=call.data.get(ATTR_LOCALITY),
        sent=call.data.get(ATTR_SENT),
    )
    limit: int = call.data[ATTR_LIMIT]
    before: int | None = call.data.get(ATTR_CURSOR)
    captures: list[Capture] = []
    async with loaded_data(call.hass).storage.async_use() as vault:
        page = await vault.ledger.page(wanted, limit=limit, before=before)
        if before is None:
            # Of all pages the first has them: they are few, and no entries.
            captures = await vault.captures.find(
                satellite_keys=wanted.satellite_keys,
                start=start,
                end=end,
                limit=limit,
            )
    return {
        "entries": [ledger_answer(entry) for entry in page.items],
        "total": page.total,
        "next_cursor": page.next_before,
        "captures": [capture_answer(capture) for capture in captures],
    }
