"""Print what the guard costs, and how that stands to the aims."""

from collections.abc import Callable, Sequence
from typing import Final

from .clock import Moments
from .comparison import (
    Estimate,
    Verdict,
    added_cpu_share,
    added_loop_cpu,
    added_median,
    estimate,
    guarded_cpu,
    guarded_median,
    plain_cpu,
    plain_median,
    to_first_chunk,
    to_transcript,
)
from .rounds import Hold, Holds, Pair

AIM_ADDED_MS: Final = 0.5
AIM_CPU_PERCENT: Final = 2
"""Of one core, while somebody speaks: 20 ms of processor time for each second of audio."""

AIM_HOLD_SECONDS: Final = 0.010
QUEUE_MS: Final = 50
"""The recogniser answers at once: a median beyond this is time spent waiting in a queue for a processor."""

WORST: Final = 3
"""How many holds are named."""


class Report:
    """Prints figures as they come, and remembers the aims that were missed."""

    def __init__(self) -> None:
        """Start with nothing measured."""
        self.missed: list[str] = []
        self.unsettled: list[str] = []
        self._scene = ""

    def open(self, scene: str) -> None:
        """Begin a scene."""
        self._scene = scene
        print(f"\n{scene}", flush=True)

    def add_pairs(self, pairs: Sequence[Pair]) -> None:
        """Print what sentences with and without the guard took."""
        count = sum(len(pair.guarded.sentences) for pair in pairs)
        print(f"  {count} sentences each way; in brackets the 90 % interval")
        self._add_time("end of speech to transcript", pairs, to_transcript)
        self._add_time("first chunk at the engine", pairs, to_first_chunk)
        self._add_cpu(pairs)

    def add_holds(self, holds: Holds) -> None:
        """Print what held up the event loop."""
        plain, guarded = (
            [hold for hold in kind if hold.seconds >= AIM_HOLD_SECONDS]
            for kind in (holds.plain, holds.guarded)
        )
        own = [hold for hold in guarded if hold.is_own]
        verdict = Verdict.MISSED if own else Verdict.MET
        self._print(
            "event loop held over 10 ms",
            f"{len(plain)} → {len(guarded)} times, {len(own)} by the guard",
            f"aim 0: {verdict}",
        )
        self._note("event loop held over 10 ms", verdict)
        for hold in own:
            _print_hold("the guard", hold)
        for hold in sorted(guarded, key=lambda hold: -hold.seconds)[:WORST]:
            if hold not in own:
                _print_hold("others, or the machine", hold)

    def add_kept(self, kept: int, spoken: int) -> None:
        """Print whether every guarded sentence was kept: otherwise something else was measured."""
        verdict = Verdict.MET if kept == spoken else Verdict.MISSED
        self._print("recordings kept", f"{kept} of {spoken}", f"aim all: {verdict}")
        self._note("recordings kept", verdict)

    def conclude(self, seconds: float) -> None:
        """Sum up."""
        print(f"\n{seconds:.0f} s.")
        for name in self.missed:
            print(f"  MISSED    {name}")
        for name in self.unsettled:
            print(f"  unsettled {name}: measure again on a quieter machine")
        if not self.missed and not self.unsettled:
            print("  All aims met.")

    def _add_time(
        self,
        name: str,
        pairs: Sequence[Pair],
        measure: Callable[[Moments], float],
    ) -> None:
        """Print one of the medians."""
        plain, guarded = plain_median(pairs, measure), guarded_median(pairs, measure)
        added = estimate(pairs, added_median(measure))
        verdict = added.compare(AIM_ADDED_MS)
        # While work queues up, luck in the order of the queue is all that is measured.
        is_queueing = max(plain, guarded) > QUEUE_MS
        if is_queueing:
            verdict = Verdict.UNSETTLED
        self._print(
            name,
            f"{plain:.2f} → {guarded:.2f} ms  x{guarded / plain:.2f}",
            f"added {_text(added, 2)} ms, aim {AIM_ADDED_MS} ms: {verdict}"
            + (", machine too busy" if is_queueing else ""),
        )
        self._note(name, verdict)

    def _add_cpu(self, pairs: Sequence[Pair]) -> None:
        """Print the processor time."""
        name = "CPU per second of audio"
        plain, guarded = plain_cpu(pairs), guarded_cpu(pairs)
        added = estimate(pairs, added_cpu_share)
        verdict = added.compare(AIM_CPU_PERCENT)
        self._print(
            name,
            f"{plain:.2f} → {guarded:.2f} ms  x{guarded / plain:.2f}",
            f"added {_text(added, 2)} % of one core, aim {AIM_CPU_PERCENT} %: {verdict}",
        )
        self._note(name, verdict)
        self._print(
            "  of that in the event loop",
            "",
            f"added {estimate(pairs, added_loop_cpu).value / 10:.2f} %",
        )

    def _print(self, name: str, figures: str, comment: str) -> None:
        """Print a line of a scene."""
        print(f"  {name:<28} {figures:<32} {comment}", flush=True)

    def _note(self, name: str, verdict: Verdict) -> None:
        """Remember how an aim fared."""
        if verdict is Verdict.MISSED:
            self.missed.append(f"{self._scene}: {name}")
        elif verdict is Verdict.UNSETTLED:
            self.unsettled.append(f"{self._scene}: {name}")


def _text(value: Estimate, digits: int) -> str:
    """Write a figure with its interval."""
    return f"{value.value:+.{digits}f} [{value.low:+.{digits}f} … {value.high:+.{digits}f}]"


def _print_hold(by: str, hold: Hold) -> None:
    """Print what held up the event loop."""
    seen = hold.own or hold.worker or hold.where or "not seen"
    print(
        f"    {hold.seconds * 1000:.0f} ms ({hold.computed * 1000:.0f} computing, {hold.collected * 1000:.0f} collecting garbage) by {by}: {seen}"
    )
