"""Watch how long each turn of the event loop takes."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
import gc
import threading
import time
from typing import Any
from unittest.mock import patch


class LoopWatch:
    """The longest turns of the event loop, and how long garbage was collected in it.

    What counts is the CPU time that a turn takes itself: other programs and threads do not
    make it longer. Python's collection of garbage is counted for itself: it comes at any
    time, in whichever thread, and takes as long as all that the process holds is much.
    """

    def __init__(self) -> None:
        """Start with nothing."""
        self._thread = threading.get_ident()
        self._longest: dict[str, float] = {}
        self._collecting = 0.0
        self._collected = 0.0
        self.longest_collection = 0.0

    @property
    def longest(self) -> list[tuple[float, str]]:
        """Return the seconds that the longest turns took, and whose each was, longest first."""
        turns = ((took, whose) for whose, took in self._longest.items())
        return sorted(turns, reverse=True)

    def run(self, turn: asyncio.events.Handle, run: Any) -> None:
        """Run a turn and note how long it took."""
        begun, self._collected = time.thread_time(), 0.0
        run(turn)
        took = time.thread_time() - begun - self._collected
        if took > 0.001:
            whose = _whose(turn)
            self._longest[whose] = max(took, self._longest.get(whose, 0.0))

    def note_collection(self, phase: str, _info: dict[str, int]) -> None:
        """Note how long garbage is collected in the thread of the event loop."""
        if threading.get_ident() != self._thread:
            return
        now = time.thread_time()
        if phase == "start":
            self._collecting = now
            return
        self._collected += now - self._collecting
        self.longest_collection = max(self.longest_collection, now - self._collecting)


@contextmanager
def watched_loop() -> Iterator[LoopWatch]:
    """Watch the running event loop, which in tests notes far more than elsewhere."""
    loop, watch = asyncio.get_running_loop(), LoopWatch()
    was_debugging, run = loop.get_debug(), asyncio.events.Handle._run
    loop.set_debug(False)
    gc.callbacks.append(watch.note_collection)
    try:
        with patch.object(
            asyncio.events.Handle, "_run", lambda turn: watch.run(turn, run)
        ):
            yield watch
    finally:
        gc.callbacks.remove(watch.note_collection)
        loop.set_debug(was_debugging)


def _whose(turn: asyncio.events.Handle) -> str:
    """Return the name of the task that a turn belongs to, and where it waits now."""
    task = getattr(getattr(turn, "_callback", None), "__self__", None)
    if not isinstance(task, asyncio.Task):
        return getattr(getattr(turn, "_callback", None), "__qualname__", repr(turn))
    names = []
    waiting: Any = task.get_coro()
    while getattr(waiting, "cr_frame", None) is not None:
        names.append(f"{waiting.__qualname__}:{waiting.cr_frame.f_lineno}")
        waiting = waiting.cr_await
    return " > ".join(names[-5:]) or task.get_name()
