"""Work out which backup took recordings along, from when copies for backups were made."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Final

from ...const import InBackups
from .protocol import BackupHistory

YES: Final = "yes"
NO: Final = "no"
UNKNOWN: Final = "unknown"

NOBODY_KNOWS: Final = {"recordings": UNKNOWN, "keys": UNKNOWN}

COPIED_WITHIN: Final = timedelta(hours=1)
"""Other parts of a large backup come between its date and its copy of the vault."""

LONGEST: Final = timedelta(hours=6)
"""A backup that was begun longer ago is not being made any more."""


def taken_along(
    dates: Collection[datetime], history: BackupHistory
) -> Mapping[datetime, dict[str, str]]:
    """Return for each date of a backup whether it has recordings and their keys.

    Backups are made one after the other, so a copy is in the one that was begun last.
    """
    taken: dict[datetime, set[InBackups]] = {date: set() for date in dates}
    for at, includes in history.copies:
        begun = [date for date in taken if at - COPIED_WITHIN <= date <= at]
        if begun:
            taken[max(begun)].add(includes)
    return {
        date: _holds(
            includes,
            is_known=history.restored is None or date >= history.restored,
        )
        for date, includes in taken.items()
    }


def taken_now(now: datetime, history: BackupHistory) -> dict[str, str]:
    """Return the same for the backup that is being made; in case of doubt, it has them."""
    recent = {includes for at, includes in history.copies if now - at <= LONGEST}
    return _holds(recent | ({history.going_on} - {InBackups.NO}), is_known=True)


def _holds(includes: Collection[InBackups], *, is_known: bool) -> dict[str, str]:
    """Put what a backup took along into words."""
    if InBackups.RECORDINGS_AND_KEYS in includes:
        return {"recordings": YES, "keys": YES}
    if not is_known:
        return NOBODY_KNOWS
    return {"recordings": YES if includes else NO, "keys": NO}
