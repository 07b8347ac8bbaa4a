"""Describe a purge on its way through the places, and how that is written down."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final, Self

from ..places.vault import VaultPlace
from ..vault.books import PendingPurge
from .failures import IN_USE
from .receipts import PlaceResult
from .scope import Scope

FIRST_PAUSE: Final = timedelta(minutes=1)
BRIEF_PAUSE: Final = timedelta(seconds=5)
"""For what is only in use: most runs end within seconds."""

LONGEST_PAUSE: Final = timedelta(hours=6)
"""How often a place is tried again that never works, until it is mended."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Work:
    """A purge that is begun, with what is left to do."""

    purge_id: str
    scope: Scope
    started: datetime
    left: tuple[str, ...]
    """Keys of the places that are still to be purged, in their order."""

    done: tuple[PlaceResult, ...] = ()
    """What was done and is in no receipt yet."""

    held: tuple[str, ...] = ()
    """Recordings that fitted but were left, since they are held."""

    trouble: str | None = None
    """Why nobody knows all that should be found."""

    is_planned: bool = True
    """Whether the vault could say what is meant."""

    receipt_id: str | None = None
    """The first receipt, once there is one."""

    attempts: int = 0
    interruptions: int = 0
    next_try: datetime | None = None
    """None while it is under way."""

    @property
    def is_done(self) -> bool:
        """Return whether nothing is left to do."""
        return not self.left

    def after(self, result: PlaceResult, *, is_over: bool) -> Self:
        """Return the work after a place; what is over is not to be tried again."""
        others = [item for item in self.done if item.place != result.place]
        return replace(
            self,
            left=tuple(key for key in self.left if key != result.place or not is_over),
            done=(*others, result),
        )

    def put_off(self, now: datetime) -> Self:
        """Return the work after an attempt that left something, to be tried again later."""
        first = BRIEF_PAUSE if self._is_only_in_use else FIRST_PAUSE
        pause = min(first * 2 ** min(self.attempts, 16), LONGEST_PAUSE)
        return replace(self, attempts=self.attempts + 1, next_try=now + pause)

    @property
    def _is_only_in_use(self) -> bool:
        """Return whether all that is left waits for something that goes on."""
        left = [result for result in self.done if result.place in self.left]
        return bool(left) and all(result.failed == IN_USE for result in left)

    def without_what_comes_again(self) -> Self:
        """Return the work without what is due again anyway as long as it is there."""
        if not self.scope.asked_by.is_schedule:
            return self
        left = self.left if self.is_planned else ()
        return replace(self, left=tuple(key for key in left if key != VaultPlace.key))

    def as_pending(self) -> PendingPurge:
        """Return the work as the vault keeps it."""
        is_vault_left = self.is_planned and VaultPlace.key in self.left
        return PendingPurge(
            purge_id=self.purge_id,
            started=self.started,
            scope=self.scope.as_dict(),
            doomed=self.scope.contents if is_vault_left else frozenset(),
            state={
                "left": self.left,
                "done": [result.as_dict() for result in self.done],
                "held": self.held,
                "trouble": self.trouble,
                "is_planned": self.is_planned,
                "receipt_id": self.receipt_id,
            },
            attempts=self.attempts,
            interruptions=self.interruptions,
            next_try=self.next_try,
        )

    @classmethod
    def from_pending(cls, purge: PendingPurge) -> Self:
        """Return the work that the vault kept."""
        state: dict[str, Any] = dict(purge.state)
        return cls(
            purge_id=purge.purge_id,
            scope=Scope.from_dict(purge.scope),
            started=purge.started,
            left=tuple(state["left"]),
            done=tuple(PlaceResult.from_dict(result) for result in state["done"]),
            held=tuple(state["held"]),
            trouble=state["trouble"],
            is_planned=state["is_planned"],
            receipt_id=state["receipt_id"],
            attempts=purge.attempts,
            interruptions=purge.interruptions,
            next_try=purge.next_try,
        )
