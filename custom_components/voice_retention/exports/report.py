"""Tell how far an export is, not more often than anybody can read."""

from collections.abc import Callable
from typing import Final

from .models import ExportProgress, Tell

EVERY: Final = 1.0
"""Seconds between two reports: an export that is shorter needs none."""


class ExportReport:
    """Report on one export."""

    def __init__(
        self, tell: Tell, clock: Callable[[], float], export_id: str, recordings: int
    ) -> None:
        """Take how much there is to do. ``clock`` counts seconds."""
        self._tell = tell
        self._clock = clock
        self._export_id = export_id
        self._recordings = recordings
        self._told = clock()

    def done(self, recordings: int) -> None:
        """Note how many recordings are done."""
        if self._clock() - self._told < EVERY:
            return
        self._told = self._clock()
        self._tell(
            ExportProgress(
                export_id=self._export_id,
                recordings_done=recordings,
                recordings=self._recordings,
            )
        )
