"""Understand which recordings somebody who looks at the history means."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import voluptuous as vol

from homeassistant.const import ATTR_AREA_ID
from homeassistant.core import HomeAssistant, callback

from ..errors import EmptyPeriod
from ..policy.models import Locality, Outcome
from ..service_schemas import (
    ATTR_CONTENT,
    ATTR_ENGINE,
    ATTR_HELD,
    ATTR_LOCALITY,
    ATTR_OUTCOME,
    MAX_NUMBER,
    SOME_CONTENT,
    bounded,
    moment,
    whole_number,
)
from ..targets import async_known_satellites
from ..vault.models import RecordingFilter

ATTR_SATELLITES: Final = "satellites"
ATTR_AREAS: Final = "areas"
ATTR_START: Final = "start"
ATTR_END: Final = "end"
ATTR_FILTER: Final = "filter"
ATTR_AS_OF: Final = "as_of"

SOME_NAMES: Final = vol.All(vol.Length(min=1), [bounded(255)])
"""A list of ids; an empty one might mean none, or all, and so means nothing."""

FILTER: Final = vol.Schema(
    {
        vol.Optional(ATTR_SATELLITES): SOME_NAMES,
        vol.Optional(ATTR_AREAS): SOME_NAMES,
        vol.Optional(ATTR_START): moment,
        vol.Optional(ATTR_END): moment,
        vol.Optional(ATTR_ENGINE): bounded(255),
        vol.Optional(ATTR_LOCALITY): vol.Coerce(Locality),
        vol.Optional(ATTR_OUTCOME): vol.Coerce(Outcome),
        vol.Optional(ATTR_HELD): bool,
        vol.Optional(ATTR_CONTENT): SOME_CONTENT,
    }
)
AS_OF: Final = vol.All(whole_number, vol.Range(min=0, max=MAX_NUMBER))


@callback
def async_filter(
    hass: HomeAssistant, wanted: Mapping[str, Any], *, as_of: int, now: datetime
) -> RecordingFilter:
    """Return the recordings that meet every condition and were there at a number.

    A satellite that is gone and an area without one are no mistakes here: a filter shows
    what it means before anything is done with it.
    """
    start: datetime | None = wanted.get(ATTR_START)
    end: datetime | None = wanted.get(ATTR_END)
    if start is not None and end is not None and start >= end:
        raise EmptyPeriod
    is_held: bool | None = wanted.get(ATTR_HELD)
    return RecordingFilter(
        satellite_keys=_satellite_keys(hass, wanted),
        start=start,
        end=end,
        engine_id=wanted.get(ATTR_ENGINE),
        locality=wanted.get(ATTR_LOCALITY),
        outcome=wanted.get(ATTR_OUTCOME),
        held_at=now if is_held is True else None,
        not_held_at=now if is_held is False else None,
        contents=wanted.get(ATTR_CONTENT),
        up_to=as_of,
    )


@callback
def _satellite_keys(
    hass: HomeAssistant, wanted: Mapping[str, Any]
) -> frozenset[str] | None:
    """Return the satellites that are named and in one of the areas; none is all."""
    satellites: list[str] | None = wanted.get(ATTR_SATELLITES)
    areas: list[str] | None = wanted.get(ATTR_AREAS)
    named = None if satellites is None else frozenset(satellites)
    if areas is None:
        return named
    there = async_known_satellites(hass, {ATTR_AREA_ID: areas}) or frozenset()
    return there if named is None else named & there
