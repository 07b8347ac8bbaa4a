"""Say what is to be deleted, and who asked."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any, Final, Self

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

    @property
    def is_schedule(self) -> bool:
        """Return whether it is asked for again while anything of it is in the vault."""
        return self in (AskedBy.EXPIRY, AskedBy.SIZE_CAP)


@dataclass(frozen=True, kw_only=True, slots=True)
class Scope:
    """What to delete. Everything given must fit; what is not given does not narrow."""

    asked_by: AskedBy
    user_id: str | None = None
    user_name: str | None = None
    """What the user is called, for a receipt that outlives the user."""

    asked_through: str | None = None
    """The automation or script that passed the wish on, or the satellite that heard it."""

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

    def until(self, moment: datetime) -> Self:
        """Return the scope without what is said from a moment on."""
        return replace(self, end=min(self.end or moment, moment))

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {
            "asked_by": self.asked_by,
            "user_id": self.user_id,
            "user_name": self.user_name,
            "asked_through": self.asked_through,
            "satellites": _sorted(self.satellite_keys),
            "start_time": iso(self.start),
            "end_time": iso(self.end),
            "recording_ids": _sorted(self.recording_ids),
            "content": sorted(self.contents),
            "places": _sorted(self.places),
            "include_held": self.include_held,
            "include_ledger": self.include_ledger,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Read what ``as_dict`` wrote."""
        return cls(
            asked_by=AskedBy(data["asked_by"]),
            user_id=data["user_id"],
            user_name=data["user_name"],
            asked_through=data["asked_through"],
            satellite_keys=_set(data["satellites"]),
            start=parse_moment(data["start_time"]),
            end=parse_moment(data["end_time"]),
            recording_ids=_set(data["recording_ids"]),
            contents=frozenset(map(Content, data["content"])),
            places=_set(data["places"]),
            include_held=data["include_held"],
            include_ledger=data["include_ledger"],
        )


WHO: Final = ("asked_by", "user_id", "user_name", "asked_through")
"""The part of the JSON form that tells who asked."""


def _sorted(names: frozenset[str] | None) -> list[str] | None:
    """Return names as a list."""
    return None if names is None else [*_in_order(names)]


@lru_cache(maxsize=2)
def _in_order(names: frozenset[str]) -> tuple[str, ...]:
    """Sort names once: a purge is written down place by place, and may name very many."""
    return tuple(sorted(names))


def _set(names: list[str] | None) -> frozenset[str] | None:
    """Return names as a set."""
    return None if names is None else frozenset(names)


def iso(moment: datetime | None) -> str | None:
    """Return a moment as text."""
    return None if moment is None else moment.isoformat()


def parse_moment(text: str | None) -> datetime | None:
    """Return the moment that a text names."""
    return None if text is None else datetime.fromisoformat(text)
