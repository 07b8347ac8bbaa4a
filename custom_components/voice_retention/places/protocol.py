"""Say what a place must be able to do, and what it is told."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from ..policy.models import Content
from ..vault.models import StoredRecording
from .trail import Trail


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """What is to go from a place."""

    recordings: tuple[StoredRecording, ...]
    """The recordings of the vault that are meant, as they were before anything was deleted."""

    contents: frozenset[Content]
    satellite_ids: frozenset[str] | None
    """Entity ids of the satellites that are meant; none is everybody, an empty set is
    the clients that are not satellites."""

    includes_other_clients: bool
    satellite_keys: frozenset[str] | None = frozenset()
    """The same satellites and clients by the keys of the vault; none is everybody."""

    start: datetime | None
    end: datetime | None
    """Exclusive."""

    is_exact: bool
    """Only traces of ``recordings`` are meant, not all of the satellites' in the time."""

    spared_runs: frozenset[str]
    """Runs whose recording is held: nothing of them may go."""

    trail: Trail = field(default_factory=Trail)
    """What leads to traces of the target outside the vault."""

    on_progress: Callable[[int], None] | None = field(
        default=None, repr=False, compare=False
    )
    """To be told how many recordings are done, by whoever takes long."""

    memory: dict[object, Any] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    """What was worked out of the target already; it goes with it."""

    def covers(self, moment: datetime) -> bool:
        """Return whether something of this moment is meant."""
        return (self.start is None or self.start <= moment) and (
            self.end is None or moment < self.end
        )


class VerifiedBy(StrEnum):
    """How a place makes sure that nothing is left."""

    SEARCHED_AGAIN = "searched_again"
    """The same search as before found nothing."""

    KEYS_AND_ROWS_GONE = "keys_and_rows_gone"
    """No key, no encrypted content and no mention of the recordings is on the disk."""

    FILES_GONE = "files_gone"
    """The files are no longer in their folder."""


class PlaceError(Exception):
    """A place could not do its part, for a reason that it can name."""

    reason: str = "unavailable"
    """A key for receipts."""

    is_final: bool = False
    """Trying again changes nothing."""


class Place(Protocol):
    """One place that keeps voice data.

    A place counts what it holds of a target, deletes it, and counts again. Its inventory is
    what it counts of a target that means everybody and all time. It raises what goes wrong
    as it comes: the purger turns that into a line of the receipt and goes on.
    """

    @property
    def key(self) -> str:
        """Return the name of the place in receipts and actions."""

    async def async_trail(self, target: Target) -> Trail:
        """Return what this place knows of the target that leads to other places.

        Asked of every place before anything is deleted anywhere.
        """
        return Trail()

    async def async_find(self, target: Target) -> int:
        """Count what is there of the target."""

    async def async_purge(self, target: Target) -> int:
        """Delete it; return how many were deleted."""

    async def async_verify(self, target: Target) -> int:
        """Search again and count what is left."""

    @property
    def verified_by(self) -> VerifiedBy:
        """Return how ``async_verify`` makes sure."""
        return VerifiedBy.SEARCHED_AGAIN

    @property
    def names_speaker(self) -> bool:
        """Return whether traces tell who spoke and when, and so are found without the words."""
        return False

    @property
    def obstacle(self) -> OSError | None:
        """Return what kept the last purge from deleting something that it went past."""
        return None

    @property
    def residue(self) -> str | None:
        """Return what may be left of the last purge that nobody can verify, for the receipt."""
        return None
