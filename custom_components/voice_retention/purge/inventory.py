"""Count what every place holds now, without any content."""

from collections.abc import Iterable
from typing import Final

from ..places.logs import LogsPlace
from ..places.recorder_events import RecorderEventsPlace
from ..places.recorder_states import RecorderStatesPlace
from .purger import Purger
from .scope import AskedBy, Scope

EVERYBODY: Final = "everybody"

SEARCHED_BY_WORDS: Final = frozenset(
    {RecorderEventsPlace.key, RecorderStatesPlace.key, LogsPlace.key}
)
"""Places that are read from end to end; they are not, once for each satellite."""

type Inventory = dict[str, dict[str, int | str]]
"""By satellite key, the number of things in each place, or why that is not known."""


async def async_take_inventory(
    purger: Purger, satellite_keys: Iterable[str]
) -> Inventory:
    """Return how much there is of everybody, and of each satellite where a place can tell.

    It is what a deletion of everything would find, asked in the same way.
    """
    told_apart = frozenset(purger.place_keys) - SEARCHED_BY_WORDS
    inventory = {EVERYBODY: await _async_count(purger, None, None)}
    for key in satellite_keys:
        inventory[key] = await _async_count(purger, frozenset({key}), told_apart)
    return inventory


async def _async_count(
    purger: Purger, satellite_keys: frozenset[str] | None, places: frozenset[str] | None
) -> dict[str, int | str]:
    """Return how much each place holds of some satellites."""
    receipt = await purger.async_purge(
        Scope(
            # Nobody: nothing is deleted, and no backup need be looked through.
            asked_by=AskedBy.EXPIRY,
            satellite_keys=satellite_keys,
            places=places,
            include_held=True,
            dry_run=True,
        )
    )
    return {
        result.place: result.found if result.failed is None else result.failed
        for result in receipt.places
    }
