"""Read what the calls of several actions have in common."""

from collections.abc import Collection
from datetime import datetime, timedelta

from homeassistant.core import HomeAssistant, ServiceCall

from ..const import DOMAIN
from ..data import VoiceRetentionConfigEntry, VoiceRetentionData
from ..errors import (
    EmptyPeriod,
    KeepDaysAndEndTime,
    NothingTargeted,
    NotLoaded,
    RecordingNotFound,
    TargetAndAllDevices,
    UnknownPlaces,
)
from ..service_schemas import (
    ATTR_ALL_DEVICES,
    ATTR_END_TIME,
    ATTR_KEEP_DAYS,
    ATTR_START_TIME,
)
from ..targets import async_targeted_satellites
from ..vault.models import RecordingFilter


def loaded_entry(hass: HomeAssistant) -> VoiceRetentionConfigEntry:
    """Return the loaded entry."""
    entries: list[VoiceRetentionConfigEntry] = hass.config_entries.async_loaded_entries(
        DOMAIN
    )
    if not entries:
        raise NotLoaded
    return entries[0]


def loaded_data(hass: HomeAssistant) -> VoiceRetentionData:
    """Return the parts of the loaded entry."""
    return loaded_entry(hass).runtime_data


def targeted_satellites(
    call: ServiceCall, *, is_optional: bool = False
) -> frozenset[str] | None:
    """Return the satellites that a call means, none for all devices.

    Nothing is ever taken to mean everything: that has to be said.
    """
    satellite_keys = async_targeted_satellites(call.hass, call.data)
    if call.data[ATTR_ALL_DEVICES]:
        if satellite_keys is not None:
            raise TargetAndAllDevices
    elif satellite_keys is None and not is_optional:
        raise NothingTargeted
    return satellite_keys


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


async def async_ensure_stored(
    data: VoiceRetentionData, recording_ids: list[str]
) -> None:
    """Refuse recordings that are not there: a mistyped id must not pass unnoticed."""
    found = await data.storage.async_find(RecordingFilter(recording_ids=recording_ids))
    missing = {*recording_ids} - {recording.recording_id for recording in found}
    if missing:
        raise RecordingNotFound(missing)


def ensure_places(data: VoiceRetentionData, places: Collection[str] | None) -> None:
    """Refuse places that nothing can be deleted from."""
    if places is not None and (unknown := {*places} - {*data.purger.place_keys}):
        raise UnknownPlaces(unknown, data.purger.place_keys)
