"""Say what is to be deleted, and who asked."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ..policy.models import ALL_CONTENT, Content


class AskedBy(StrEnum):
    """Who asked for a purge."""

    USER = "user"
    AUTOMATION = "automation"
    BUTTON = "button"
    EXPIRY = "expiry"
    SIZE_CAP = "size_cap"


@dataclass(frozen=True, kw_only=True, slots=True)
class Scope:
    """What to delete. Everything given must fit; what is not given does not narrow."""

    asked_by: AskedBy
    user_id: str | None = None
    satellite_keys: frozenset[str] | None = None
    """None is all devices; this is only ever chosen in so many words."""

    start: datetime | None = None
    end: datetime | None = None
    """Exclusive."""

    recording_ids: frozenset[str] | None = None
    contents: frozenset[Content] = ALL_CONTENT
    places: frozenset[str] | None = None
    """Keys of the places to purge; none is all."""

    include_held: bool = False
    dry_run: bool = False
