"""Tell how far a long purge is."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

EVERY: Final = 1.0
"""Seconds between two reports: a purge that is shorter needs none, and each is a change of state."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Progress:
    """How far a purge is; no content, and nothing that leads to any."""

    place: str
    """The place that is being purged."""

    places_done: int
    places: int
    recordings_done: int
    """Of the vault, which comes first and has the most to do."""

    recordings: int


type Tell = Callable[[Progress | None], None]


class ProgressReport:
    """Report on one purge, not more often than anybody can read."""

    def __init__(
        self, tell: Tell, clock: Callable[[], float], places: int, recordings: int
    ) -> None:
        """Take how much there is to do. ``clock`` counts seconds."""
        self._tell = tell
        self._clock = clock
        self._places = places
        self._recordings = recordings
        self._place = ""
        self._places_done = -1
        self._recordings_done = 0
        self._told = clock()
        self._has_told = False

    def begin(self, place: str) -> None:
        """Note that the next place is being purged."""
        self._place = place
        self._places_done += 1
        self._report()

    def recordings_done(self, count: int) -> None:
        """Note how many recordings are deleted."""
        self._recordings_done = count
        self._report()

    def over(self) -> None:
        """Note the end, however it came."""
        if self._has_told:
            self._tell(None)

    def _report(self) -> None:
        """Tell, unless it was only just told."""
        if self._clock() - self._told < EVERY:
            return
        self._told, self._has_told = self._clock(), True
        self._tell(
            Progress(
                place=self._place,
                places_done=self._places_done,
                places=self._places,
                recordings_done=self._recordings_done,
                recordings=self._recordings,
            )
        )
