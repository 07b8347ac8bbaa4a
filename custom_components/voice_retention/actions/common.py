"""Read what the calls of several actions have in common."""

from datetime import datetime, timedelta

from homeassistant.core import HomeAssistant, ServiceCall

from ..const import DOMAIN
from ..data import VoiceRetentionConfigEntry, VoiceRetentionData
from ..errors import EmptyPeriod, KeepDaysAndEndTime, NotLoaded
from ..service_schemas import ATTR_END_TIME, ATTR_KEEP_DAYS, ATTR_START_TIME


def loaded_data(hass: HomeAssistant) -> VoiceRetentionData:
    """Return the parts of the loaded entry."""
    entries: list[VoiceRetentionConfigEntry] = hass.config_entries.async_loaded_entries(
        DOMAIN
    )
    if not entries:
        raise NotLoaded
    return entries[0].runtime_data


def period_of(
    call: ServiceCall, now: datetime
) -> tuple[datetime | None, datetime | None]:
    """Return the start and end that a call means; none is open."""
    start: datetime | None = call.data.get(ATTR_START_TIME)
    end: datetime | None = call.data.get(ATTR_END_TIME)
    keep_days: float | None = call.data.get(ATTR_KEEP_DAYS)
    if keep_days is not None:
        if end is not None:
            raise KeepDaysAndEndTime
        # Zero is everything, also what a clock that was wrong dated into the future.
        end = now - timedelta(days=keep_days) if keep_days else None
    if start is not None and end is not None and start >= end:
        raise EmptyPeriod
    return start, end
