"""Count what every place holds now, without any content."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from ..places.logs import LogsPlace
from ..places.recorder_events import RecorderEventsPlace
from ..places.recorder_states import RecorderStatesPlace
from .purger import Purger
from .receipts import Receipt
from .scope import AskedBy, Scope

SEARCHED_BY_WORDS: Final = frozenset(
    {RecorderEventsPlace.key, RecorderStatesPlace.key, LogsPlace.key}
)
"""Places that are read from end to end; they are not, once for each satellite."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Inventory:
    """What a deletion of everything would find, asked in the same way."""

    everybody: Receipt
    by_satellite: Mapping[str, Receipt]
    """Of the places that can tell satellites apart, by satellite key."""


async def async_take_inventory(
    purger: Purger, satellite_keys: Iterable[str], *, asked_by: AskedBy = AskedBy.EXPIRY
) -> Inventory:
    """Return how much there is of everybody, and of each satellite.

    Only if somebody asks, backups are looked through for what is out of reach: that may
    take a moment.
    """
    told_apart = frozenset(purger.place_keys) - SEARCHED_BY_WORDS
    return Inventory(
        everybody=await _async_count(purger, asked_by, None, None),
        by_satellite={
            # What is out of reach is the same, and has just been looked for.
            key: await _async_count(
                purger, AskedBy.EXPIRY, frozenset({key}), told_apart
            )
            for key in satellite_keys
        },
    )


async def _async_count(
    purger: Purger,
    asked_by: AskedBy,
    satellite_keys: frozenset[str] | None,
    places: frozenset[str] | None,
) -> Receipt:
    """Return how much each place holds of some satellites; nothing is deleted."""
    return await purger.async_purge(
        Scope(
            asked_by=asked_by,
            satellite_keys=satellite_keys,
            places=places,
            include_held=True,
            dry_run=True,
        )
    )
