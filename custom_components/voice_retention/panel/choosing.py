"""Find out what somebody has chosen, for it to be deleted or taken along."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import voluptuous as vol

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from ..data import VoiceRetentionData
from ..errors import NothingMatches, TargetNotFound
from ..policy.choices import OTHER_CLIENTS
from ..service_schemas import MAX_ITEMS, RECORDING_ID
from ..vault.models import RecordingFilter
from .filters import (
    AS_OF,
    ATTR_AS_OF,
    ATTR_FILTER,
    ATTR_SATELLITES,
    FILTER,
    SOME_NAMES,
    async_filter,
)

ATTR_RECORDING_IDS: Final = "recording_ids"
ATTR_EVERYTHING: Final = "everything"
ATTR_WHAT: Final = "what"

SOME_RECORDINGS: Final = vol.All(vol.Length(min=1, max=MAX_ITEMS), [RECORDING_ID])

WHAT: Final = vol.Any(
    vol.Schema({vol.Required(ATTR_RECORDING_IDS): SOME_RECORDINGS}),
    vol.Schema(
        {
            # One without any condition is everything, and that has to be said.
            vol.Required(ATTR_FILTER): vol.All(vol.Length(min=1), FILTER),
            vol.Optional(ATTR_AS_OF): AS_OF,
        }
    ),
    vol.Schema({vol.Required(ATTR_SATELLITES): SOME_NAMES}),
    vol.Schema({vol.Required(ATTR_EVERYTHING): vol.All(bool, True)}),
)
"""What is chosen, in one of four ways; nothing is ever taken to mean everything."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """What is chosen: recordings, or all that satellites heard."""

    recording_ids: frozenset[str] | None = None
    satellite_keys: frozenset[str] | None = None
    """None of both is everything."""

    as_of: int | None = None
    """The number of the recording that a filter ended at."""


async def async_choose(
    hass: HomeAssistant, data: VoiceRetentionData, what: Mapping[str, Any]
) -> Choice:
    """Return what is chosen at this moment; raises if that is nothing."""
    if ATTR_RECORDING_IDS in what:
        return await _async_listed(data, what[ATTR_RECORDING_IDS])
    if ATTR_FILTER in what:
        return await _async_filtered(hass, data, what)
    if ATTR_SATELLITES in what:
        return await _async_of_satellites(data, what[ATTR_SATELLITES])
    return Choice()


async def async_chosen_filter(
    hass: HomeAssistant, data: VoiceRetentionData, what: Mapping[str, Any]
) -> RecordingFilter:
    """Return what is chosen without listing it; raises if that names nothing."""
    if ATTR_FILTER in what:
        return await _async_filter_of(hass, data, what)
    choice = await async_choose(hass, data, what)
    return RecordingFilter(
        recording_ids=choice.recording_ids, satellite_keys=choice.satellite_keys
    )


async def _async_listed(data: VoiceRetentionData, recording_ids: list[str]) -> Choice:
    """Return those of some recordings that are still there."""
    async with data.storage.async_use() as vault:
        there = await vault.browsing.ids(RecordingFilter(recording_ids=recording_ids))
    if not there:
        raise NothingMatches
    return Choice(recording_ids=there)


async def _async_filtered(
    hass: HomeAssistant, data: VoiceRetentionData, what: Mapping[str, Any]
) -> Choice:
    """Return the recordings that a filter shows."""
    wanted = await _async_filter_of(hass, data, what)
    async with data.storage.async_use() as vault:
        there = await vault.browsing.ids(wanted)
    if not there:
        raise NothingMatches
    return Choice(recording_ids=there, as_of=wanted.up_to)


async def _async_filter_of(
    hass: HomeAssistant, data: VoiceRetentionData, what: Mapping[str, Any]
) -> RecordingFilter:
    """Return what a filter means, without what comes after the moment it was shown."""
    as_of: int | None = what.get(ATTR_AS_OF)
    if as_of is None:
        # What was said until now counts, though it may not be stored yet.
        await data.keeper.async_settle()
        async with data.storage.async_use() as vault:
            as_of = await vault.browsing.newest()
    return async_filter(hass, what[ATTR_FILTER], as_of=as_of, now=dt_util.utcnow())


async def _async_of_satellites(
    data: VoiceRetentionData, satellite_keys: list[str]
) -> Choice:
    """Return satellites, which may be gone while their recordings are there."""
    stored = (await data.storage.async_totals()).by_satellite
    known = {OTHER_CLIENTS, *data.satellites.current, *stored}
    if unknown := {*satellite_keys} - known:
        raise TargetNotFound(unknown)
    return Choice(satellite_keys=frozenset(satellite_keys))
