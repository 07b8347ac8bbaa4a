"""Work out when content expires and what must go to stay within a size."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from .choices import FOREVER

MAX_HOLD = timedelta(days=365)
"""A recording cannot be held for longer than this from now."""


def expires_at(created: datetime, limit: timedelta) -> datetime | None:
    """Return when content made at ``created`` expires; none is never."""
    return None if limit == FOREVER else created + limit


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredSize:
    """What the size cap needs to know of a recording."""

    recording_id: str
    created: datetime
    size: int
    """Bytes of content."""

    is_held: bool


def plan_size_cap(stored: Sequence[StoredSize], cap: int) -> list[str]:
    """Return the recordings to delete so that the rest fits into ``cap`` bytes.

    Oldest first, held ones last.
    """
    excess = sum(item.size for item in stored) - cap
    doomed: list[str] = []
    for item in sorted(stored, key=lambda item: (item.is_held, item.created)):
        if excess <= 0:
            break
        doomed.append(item.recording_id)
        excess -= item.size
    return doomed
