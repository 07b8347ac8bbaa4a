"""The moments of a sentence, told apart by a mark in its first samples."""

from dataclasses import dataclass, field
import time


@dataclass(kw_only=True, slots=True)
class Moments:
    """When a sentence passed which place, in seconds of one clock."""

    asked: float = 0.0
    """The satellite asked for a run, and began to speak."""

    heard: float = 0.0
    """The engine got the first chunk."""

    ended: float = 0.0
    """The satellite sent the last chunk and said so."""

    understood: float = 0.0
    """The satellite got the transcript."""


@dataclass(kw_only=True, slots=True)
class Notebook:
    """Collects the moments of sentences that are under way."""

    _moments: dict[bytes, Moments] = field(default_factory=dict)
    _count: int = 0

    def open(self) -> tuple[bytes, Moments]:
        """Begin a sentence and return the mark that it carries."""
        self._count += 1
        mark = self._count.to_bytes(4)
        moments = self._moments[mark] = Moments()
        return mark, moments

    def note_heard(self, mark: bytes) -> None:
        """Note that the engine got the beginning of a sentence."""
        self._moments.pop(mark).heard = time.perf_counter()


MARK_BYTES = 4
"""Two samples: too short to be heard, and the audio passes Assist unchanged."""
