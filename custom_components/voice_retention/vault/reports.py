"""Name what came of opening, adopting, recovering, deleting and rescheduling."""

from collections.abc import Mapping
from dataclasses import dataclass

from ..policy.models import Content


@dataclass(frozen=True, kw_only=True, slots=True)
class DeleteResult:
    """What a deletion found and destroyed."""

    recordings: int
    """Recordings of which nothing is left."""

    contents: Mapping[Content, int]
    """How many contents of each kind."""

    is_wal_truncated: bool
    """No old copy of a page lies in the write-ahead log any more."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RescheduleResult:
    """How many recordings now expire at another moment."""

    shortened: int
    lengthened: int


@dataclass(frozen=True, kw_only=True, slots=True)
class AdoptReport:
    """What came of the copy in a restored backup."""

    kept: int
    """Recordings that are here now."""

    lost: int
    """Recordings that no key opens."""

    is_damaged: bool = False
    """The copy could not be read, or another version wrote it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenReport:
    """What had to be put right when the vault was opened."""

    removed_recordings: int
    """Recordings that lost content, because its key was gone."""

    destroyed_keys: int
    """Recordings whose keys were destroyed, because their content was gone."""

    adopted: AdoptReport | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class RecoveryResult:
    """What a recovery could save."""

    kept: int
    """Recordings with at least one readable content."""

    lost: int
    """Recordings whose keys were destroyed, because nothing of them was readable."""
