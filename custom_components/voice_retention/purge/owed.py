"""Remember what a place could not do, to try it again."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Self

from ..places.protocol import Place, Target
from .scope import AskedBy, Scope

MAX_OWED: Final = 100
"""Failed places to try again; they only grow in number when a place never works."""

RETRY_FOR: Final = timedelta(hours=1)
"""A target may know what was said; it must not stay in memory for ever."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Owed:
    """What one place could not do."""

    place: Place
    target: Target
    scope: Scope
    since: datetime

    @classmethod
    def of(cls, place: Place, target: Target, scope: Scope, now: datetime) -> Self:
        """Return what is to be tried again, of nothing that is said from now on."""
        return cls(
            place=place,
            target=replace(target, end=min(target.end or now, now)),
            scope=replace(scope, asked_by=AskedBy.RETRY, places=frozenset({place.key})),
            since=now,
        )
