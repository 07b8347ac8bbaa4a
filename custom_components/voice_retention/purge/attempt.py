"""Try to purge one place, whatever happens there."""

from dataclasses import dataclass

from ..const import LOGGER
from ..places.protocol import Place, Target
from .failures import IN_USE, describe, is_final, reason_of
from .receipts import PlaceResult


@dataclass(frozen=True, kw_only=True, slots=True)
class Attempt:
    """What came of it."""

    result: PlaceResult
    is_over: bool
    """Whether there is nothing to try again."""


async def async_count(place: Place, target: Target) -> PlaceResult:
    """Count what is there, and delete nothing."""
    found, failed = 0, None
    try:
        found = await place.async_find(target)
    except Exception as err:  # noqa: BLE001
        # As in a real purge.
        failed = _note(place, err)
    return PlaceResult(
        place=place.key, found=found, deleted=0, verified=False, failed=failed
    )


async def async_purge_place(place: Place, target: Target) -> Attempt:
    """Find, delete and search again."""
    found = deleted = 0
    try:
        found = await place.async_find(target)
        deleted = await place.async_purge(target)
        left = await place.async_verify(target)
    except Exception as err:  # noqa: BLE001
        # Places reach into parts of Home Assistant that change with releases; what goes
        # wrong in one must not save what lies in the others.
        result = PlaceResult(
            place=place.key,
            found=found,
            deleted=deleted,
            verified=False,
            failed=_note(place, err),
        )
        return Attempt(result=result, is_over=is_final(err))
    failed = None
    if left:
        failed = IN_USE if place.obstacle is None else reason_of(place.obstacle)
    result = PlaceResult(
        place=place.key,
        found=found,
        deleted=deleted,
        verified=left == 0,
        verified_by=place.verified_by if left == 0 else None,
        failed=failed,
        residue=place.residue,
    )
    return Attempt(result=result, is_over=left == 0)


def _note(place: Place, err: Exception) -> str:
    """Log an error without what it says, which may be what was said; return its key."""
    LOGGER.error("Could not purge %s: %s", place.key, describe(err))
    return reason_of(err)
