"""Compare what was measured with and without the guard, and say how sure that is."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
import random
from statistics import median, quantiles
from typing import Final

from .clock import Moments
from .rounds import Pair

RESAMPLES: Final = 1000
"""Rounds are drawn again so often to see how much chance there is in a figure."""

type Figure = Callable[[Sequence[Pair]], float]


class Verdict(StrEnum):
    """How a figure stands to its aim."""

    MET = "met"
    MISSED = "MISSED"
    UNSETTLED = "unsettled"


@dataclass(frozen=True, kw_only=True, slots=True)
class Estimate:
    """A figure, and the interval in which it lies with a certainty of 90 %."""

    value: float
    low: float
    high: float

    def compare(self, aim: float) -> Verdict:
        """Return whether the figure is at most the aim, if that can be told by now."""
        if self.high <= aim:
            return Verdict.MET
        return Verdict.MISSED if self.low > aim else Verdict.UNSETTLED


def estimate(pairs: Sequence[Pair], figure: Figure) -> Estimate:
    """Work out a figure; pairs are drawn whole, since sentences of one round are alike."""
    source = random.Random(len(pairs))
    values = [figure(source.choices(pairs, k=len(pairs))) for _ in range(RESAMPLES)]
    cuts = quantiles(values, n=20, method="inclusive")
    return Estimate(value=figure(pairs), low=cuts[0], high=cuts[-1])


def to_transcript(moments: Moments) -> float:
    """Return the milliseconds from the end of speech to the transcript."""
    return (moments.understood - moments.ended) * 1000


def to_first_chunk(moments: Moments) -> float:
    """Return the milliseconds from the begin of speech to the first chunk at the engine."""
    return (moments.heard - moments.asked) * 1000


def plain_median(pairs: Sequence[Pair], measure: Callable[[Moments], float]) -> float:
    """Return the median without the guard."""
    return median(measure(one) for pair in pairs for one in pair.plain.sentences)


def guarded_median(pairs: Sequence[Pair], measure: Callable[[Moments], float]) -> float:
    """Return the median with the guard."""
    return median(measure(one) for pair in pairs for one in pair.guarded.sentences)


def added_median(measure: Callable[[Moments], float]) -> Figure:
    """Return the figure that says how much longer a sentence takes with the guard."""
    return lambda pairs: guarded_median(pairs, measure) - plain_median(pairs, measure)


def plain_cpu(pairs: Sequence[Pair]) -> float:
    """Return the milliseconds of processor time for a second of audio, without the guard."""
    return 1000 * (
        sum(pair.plain.cpu.process for pair in pairs)
        / sum(pair.plain.audio_seconds for pair in pairs)
    )


def guarded_cpu(pairs: Sequence[Pair]) -> float:
    """Return the milliseconds of processor time for a second of audio, with the guard."""
    return 1000 * (
        sum(pair.guarded.cpu.process for pair in pairs)
        / sum(pair.guarded.audio_seconds for pair in pairs)
    )


def added_loop_cpu(pairs: Sequence[Pair]) -> float:
    """Return the milliseconds of the event loop that the guard adds to a second of audio."""
    return 1000 * (
        sum(pair.guarded.cpu.loop - pair.plain.cpu.loop for pair in pairs)
        / sum(pair.guarded.audio_seconds for pair in pairs)
    )


def added_cpu_share(pairs: Sequence[Pair]) -> float:
    """Return the processor time that the guard adds to a second of audio, in per cent of that second."""
    return (guarded_cpu(pairs) - plain_cpu(pairs)) / 10
