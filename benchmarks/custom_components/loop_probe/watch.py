"""Watch an event loop for callbacks that hold it up."""

import asyncio
from collections.abc import Callable
from dataclasses import asdict, dataclass
import gc
import sys
import threading
import time
from types import FrameType
from typing import Any, Final

NOTED: Final = 0.005
"""Seconds from which on a callback is reported."""

LOOK_EVERY: Final = 0.002
"""Seconds between two looks at what the loop is doing."""

_OURS: Final = "/custom_components/voice_retention/"
_ASSIST: Final = ("assist_pipeline", "conversation", "stt", "wyoming")
"""What calls the guard and is called by it, for the same work as without the guard."""

_PROBE: Final = "/custom_components/loop_probe/"
_NAMED: Final = 3
"""How many functions of a stack are reported."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Hold:
    """One callback that kept the loop from everything else."""

    seconds: float
    computed: float
    """Seconds of it in which the loop's thread computed; the rest it waited for disk, lock or processor."""

    collected: float
    """Seconds of it in which Python looked for garbage, which is anybody's."""

    where: str
    """The innermost functions that were seen running."""

    own: str
    """The function of Voice Retention that was seen running, or what it had called: not the engine in front of which
    it stands, and not the audio that it passes on."""

    worker: str
    """The same of any other thread: one that computes holds up the loop, too."""


class LoopWatch:
    """Times every callback of the loop, and looks into the stacks when one takes long."""

    def __init__(self) -> None:
        """Prepare; nothing runs before ``start``, so that other measurements stay undisturbed."""
        self._run: Callable[[asyncio.Handle], None] | None = None
        self._stopped = threading.Event()
        self._loop_thread = 0
        self._began: float | None = None
        self._collecting = 0.0
        self._collected = 0.0
        self._seen = ("", "", "")
        self._holds: list[Hold] = []

    def start(self) -> None:
        """Begin; to be called in the loop."""
        self.stop()
        self._loop_thread = threading.get_ident()
        self._stopped = threading.Event()
        self._run = asyncio.Handle._run
        gc.callbacks.append(self._note_collection)
        asyncio.Handle._run = self._timed(self._run)  # type: ignore[assignment, method-assign]
        threading.Thread(
            target=self._look, args=(self._stopped,), name="loop_probe", daemon=True
        ).start()

    def stop(self) -> list[dict[str, Any]]:
        """End and return what was seen."""
        self._stopped.set()
        if self._run is not None:
            asyncio.Handle._run = self._run  # type: ignore[assignment, method-assign]
            self._run = None
            gc.callbacks.remove(self._note_collection)
        holds, self._holds = self._holds, []
        return [asdict(hold) for hold in holds]

    def _timed(
        self, run: Callable[[asyncio.Handle], None]
    ) -> Callable[[asyncio.Handle], None]:
        """Return what the loop calls for each callback instead."""

        def timed(handle: asyncio.Handle) -> None:
            """Run a callback and note it if it took long."""
            self._collected = 0.0
            computed = time.thread_time()
            began = self._began = time.perf_counter()
            run(handle)
            seconds = time.perf_counter() - began
            self._began = None
            if seconds >= NOTED:
                where, own, worker = self._seen
                self._holds.append(
                    Hold(
                        seconds=seconds,
                        computed=time.thread_time() - computed,
                        collected=self._collected,
                        where=where,
                        own=own,
                        worker=worker,
                    )
                )
            self._seen = ("", "", "")

        return timed

    def _note_collection(self, phase: str, info: dict[str, int]) -> None:
        """Add up what the garbage collector takes of a callback."""
        if threading.get_ident() != self._loop_thread:
            return
        if phase == "start":
            self._collecting = time.perf_counter()
        else:
            self._collected += time.perf_counter() - self._collecting

    def _look(self, stopped: threading.Event) -> None:
        """Look into the stacks while a callback takes long; runs in a thread of its own."""
        while not stopped.wait(LOOK_EVERY):
            began = self._began
            if began is None or time.perf_counter() - began < NOTED:
                continue
            frames = sys._current_frames()
            loop_frame = frames.pop(self._loop_thread, None)
            frames.pop(threading.get_ident(), None)
            worker = next(filter(None, map(_own, frames.values())), "")
            self._seen = (_where(loop_frame), _own(loop_frame), worker)


def _where(frame: FrameType | None) -> str:
    """Name the innermost functions of a stack."""
    names: list[str] = []
    while frame is not None and len(names) < _NAMED:
        if _PROBE not in frame.f_code.co_filename:
            names.append(_name(frame))
        frame = frame.f_back
    return " < ".join(names)


def _own(frame: FrameType | None) -> str:
    """Name the function of Voice Retention for which a thread works, if it does."""
    while frame is not None:
        file = frame.f_code.co_filename
        if _OURS in file:
            return _name(frame)
        if any(f"/homeassistant/components/{name}/" in file for name in _ASSIST):
            return ""
        frame = frame.f_back
    return ""


def _name(frame: FrameType) -> str:
    """Name a function and the line that it is at."""
    code = frame.f_code
    module = "/".join(code.co_filename.split("/")[-2:])
    return f"{module}:{frame.f_lineno} {code.co_qualname}"
