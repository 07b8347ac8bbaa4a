"""Say what lies out of reach, and what was purged that it may be a copy of."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol, Self

from ...const import InBackups
from ...vault.books import Heard


class Kind(StrEnum):
    """What can hold a copy that nobody here can delete."""

    ENGINE = "engine"
    """An engine not proven local that was sent something."""

    SERVER_LOG = "server_log"
    """The log of a program that heard, read or spoke it."""

    SATELLITE = "satellite"
    """What a satellite may have kept for itself."""

    BACKUP = "backup"
    """A backup made before."""

    BACKUP_LIST = "backup_list"
    """Where backups may be, but cannot be listed at the moment."""


@dataclass(frozen=True, kw_only=True, slots=True)
class OutOfReach:
    """One thing that may hold a copy of what was purged."""

    kind: Kind
    key: str
    """An id that stays the same from receipt to receipt."""

    name: str
    """What people call it."""

    detail: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    amount: Mapping[str, float] = field(default_factory=dict)
    """How much it may hold, by unit."""

    holds: Mapping[str, str] = field(default_factory=dict)
    """Of a backup: whether each thing is in it."""

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {
            "kind": self.kind,
            "key": self.key,
            "name": self.name,
            "detail": self.detail,
            "since": self.since and self.since.isoformat(),
            "until": self.until and self.until.isoformat(),
            "amount": dict(self.amount),
            "holds": dict(self.holds),
        }


@dataclass(frozen=True, slots=True)
class Span:
    """The time from the first to the last of some moments."""

    first: datetime
    last: datetime

    def __or__(self, other: Self) -> Self:
        """Return the span of both."""
        return replace(
            self,
            first=min(self.first, other.first),
            last=max(self.last, other.last),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Purged:
    """What was purged, as far as it matters for copies elsewhere."""

    heard: tuple[Heard, ...]
    """Which engines got it, from which satellites."""

    spoken: Mapping[str, Span]
    """At which satellites it was said, by satellite key."""

    since: datetime | None
    """When the first of it was said; none if that may be any time ago."""

    is_anything: bool = False
    """Whether anything was found anywhere."""

    is_asked: bool = False
    """Whether somebody asked, and not the schedule, so that it may take a moment."""


@dataclass(frozen=True, kw_only=True, slots=True)
class BackupHistory:
    """What is known of backups that were made while the household had recordings in them."""

    copies: tuple[tuple[datetime, InBackups], ...]
    """When a backup took what along."""

    restored: datetime | None
    """Since when it is known; recordings that came back then were in some backup before."""

    going_on: InBackups
    """What a backup that is being made takes along."""


class Beyond(Protocol):
    """One kind of thing that is out of reach."""

    key: Kind

    async def async_list(self, purged: Purged) -> list[OutOfReach]:
        """Name everything of this kind that may hold a copy."""
