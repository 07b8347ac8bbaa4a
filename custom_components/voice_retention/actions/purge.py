"""Delete what was said."""

from homeassistant.core import ServiceCall, ServiceResponse
from homeassistant.util import dt as dt_util

from ..asker import async_asker
from ..data import VoiceRetentionData
from ..errors import PurgeIncomplete
from ..policy.models import ALL_CONTENT
from ..purge.scope import AskedBy, Scope
from ..service_schemas import (
    ATTR_CONTENT,
    ATTR_DRY_RUN,
    ATTR_INCLUDE_HELD,
    ATTR_INCLUDE_LEDGER,
    ATTR_PLACES,
    ATTR_RECORDING_ID,
)
from .common import (
    async_ensure_stored,
    ensure_places,
    loaded_data,
    period_of,
    targeted_satellites,
)


async def async_purge(call: ServiceCall) -> ServiceResponse:
    """Delete what the call names and answer with the receipt."""
    data = loaded_data(call.hass)
    scope = await _async_scope(call, data)
    receipt = await data.purger.async_purge(scope)
    if call.return_response:
        return receipt.as_dict()
    if not receipt.is_complete:
        # Without the receipt, an error is the only way to say that something is left.
        raise PurgeIncomplete(receipt.failed_places)
    return None


async def _async_scope(call: ServiceCall, data: VoiceRetentionData) -> Scope:
    """Check what a call wants deleted; nothing is ever taken to mean everything."""
    recording_ids: list[str] | None = call.data.get(ATTR_RECORDING_ID)
    satellite_keys = targeted_satellites(call, is_optional=recording_ids is not None)
    places: list[str] | None = call.data.get(ATTR_PLACES)
    ensure_places(data, places)
    start, end = period_of(call, dt_util.utcnow())
    if recording_ids is not None:
        await async_ensure_stored(data, recording_ids)
    asker = await async_asker(call.hass, call.context)
    return Scope(
        asked_by=AskedBy.AUTOMATION if asker.user_id is None else AskedBy.USER,
        user_id=asker.user_id,
        user_name=asker.user_name,
        asked_through=asker.through,
        satellite_keys=satellite_keys,
        start=start,
        end=end,
        recording_ids=None if recording_ids is None else frozenset(recording_ids),
        contents=frozenset(call.data.get(ATTR_CONTENT, ALL_CONTENT)),
        places=None if places is None else frozenset(places),
        include_held=call.data[ATTR_INCLUDE_HELD],
        include_ledger=call.data[ATTR_INCLUDE_LEDGER],
        dry_run=call.data[ATTR_DRY_RUN],
    )
