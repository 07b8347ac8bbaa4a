"""Let recordings be taken away."""

from homeassistant.core import ServiceCall, ServiceResponse
from homeassistant.util import dt as dt_util

from ..answers import export_answer
from ..exports.models import ExportOrder
from ..policy.models import ALL_CONTENT
from ..service_schemas import ATTR_CONTENT, ATTR_RECORDING_ID
from ..vault.models import RecordingFilter
from .common import async_ensure_stored, loaded_data, period_of, targeted_satellites


async def async_export(call: ServiceCall) -> ServiceResponse:
    """Make an archive of what the call names, and answer with the link to it."""
    data = loaded_data(call.hass)
    recording_ids: list[str] | None = call.data.get(ATTR_RECORDING_ID)
    satellite_keys = targeted_satellites(call, is_optional=recording_ids is not None)
    start, end = period_of(call, dt_util.utcnow())
    contents = frozenset(call.data.get(ATTR_CONTENT, ALL_CONTENT))
    if recording_ids is not None:
        await async_ensure_stored(data, recording_ids)
    ready = await data.exports.async_export(
        ExportOrder(
            wanted=RecordingFilter(
                recording_ids=recording_ids,
                satellite_keys=satellite_keys,
                start=start,
                end=end,
                contents=contents,
            ),
            contents=contents,
            user_id=call.context.user_id,
        )
    )
    return export_answer(ready)
