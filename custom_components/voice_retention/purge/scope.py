"""Say what is to be deleted, and who asked."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ..places.ledger import LEDGER
from ..policy.models import ALL_CONTENT, Content


class AskedBy(StrEnum):
    """Who asked for a purge."""

    USER = "user"
    AUTOMATION = "automation"
    BUTTON = "button"
    VOICE = "voice"
    EXPIRY = "expiry"
    SIZE_CAP = "size_cap"
    RETRY = "retry"
    """What a place could not do at first was tried again."""

    @property
    def is_person(self) -> bool:
        """Return whether somebody asked, and not the schedule."""
        return self in (AskedBy.USER, AskedBy.AUTOMATION, AskedBy.BUTTON, AskedBy.VOICE)


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
    include_ledger: bool = False
    """Whether it is to be forgotten too who heard it."""

    dry_run: bool = False

    def includes(self, place_key: str) -> bool:
        """Return whether a place is to be purged."""
        if place_key == LEDGER:
            return self.include_ledger
        return self.places is None or place_key in self.places

    def covers(self, satellite_key: str, moment: datetime) -> bool:
        """Return whether something that a satellite heard at a moment is meant."""
        return (
            (self.satellite_keys is None or satellite_key in self.satellite_keys)
            and (self.start is None or self.start <= moment)
            and (self.end is None or moment < self.end)
        )
