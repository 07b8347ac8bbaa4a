"""Remember the latest purges, for sentences that end after the purge that meant them."""

from collections import deque
from datetime import datetime
from typing import Final

from ..policy.models import Content
from .scope import Scope

REMEMBERED: Final = 32
"""A run ends within a minute or two; nobody asks for more purges than this meanwhile."""


class RecentPurges:
    """Know what of a sentence is deleted already, though it is not stored yet.

    A sentence goes to the vault when its answer has been spoken. A purge before that moment
    finds nothing of it there, and still means it.
    """

    def __init__(self) -> None:
        """Start with no purge."""
        self._purges: deque[tuple[Scope, datetime]] = deque(maxlen=REMEMBERED)

    def note(self, scope: Scope, moment: datetime) -> None:
        """Remember a purge."""
        if scope.recording_ids is None:
            self._purges.append((scope, moment))

    def contents_of(self, satellite_key: str, created: datetime) -> frozenset[Content]:
        """Return what a purge has meant of a sentence."""
        return frozenset().union(
            *(
                scope.contents
                for scope, moment in self._purges
                if scope.covers(satellite_key, created) and created <= moment
            )
        )
