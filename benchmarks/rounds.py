"""Speak rounds of sentences, in turns with and without the guard, and measure each."""

import asyncio
from dataclasses import dataclass, replace
from typing import Final

from demo.house.speech import Speech

from .clock import Moments
from .house import GUARDED, PLAIN, BenchHouse, Cpu
from .satellite import BenchSatellite
from .scenes import Scene

PAUSE: Final = 0.1
"""Seconds between two sentences of one round."""

SETTLE: Final = 0.2
"""Seconds after the pipelines were switched."""

AFTERMATH: Final = 1.0
"""Seconds after the last sentence in which Home Assistant works for it, at least: recordings are stored, entities updated
and the recorder commits once a second. What is used until all is quiet counts, with the guard and without."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Round:
    """What was measured in one round."""

    sentences: list[Moments]
    cpu: Cpu
    audio_seconds: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Pair:
    """A round without the guard, and the one next to it with."""

    plain: Round
    guarded: Round


@dataclass(frozen=True, kw_only=True, slots=True)
class Hold:
    """One callback that kept the event loop from everything else; the fields are those that the probe answers."""

    seconds: float
    computed: float
    collected: float
    where: str
    own: str
    worker: str

    @property
    def is_own(self) -> bool:
        """Return whether Voice Retention took most of it: not the machine's other programs, not Python's own work."""
        return bool(self.own) and self.computed - self.collected > self.seconds / 2


@dataclass(frozen=True, kw_only=True, slots=True)
class Holds:
    """What was seen to hold up the event loop."""

    plain: list[Hold]
    guarded: list[Hold]


async def measure_pair(
    house: BenchHouse, scene: Scene, speech: Speech, number: int
) -> Pair:
    """Speak a round of each kind; which comes first alternates, so that a drift favours neither."""
    rounds = {
        pipeline: await _measure(house, scene, speech, pipeline)
        for pipeline in _order(number)
    }
    return Pair(plain=rounds[PLAIN], guarded=rounds[GUARDED])


async def watch_pairs(house: BenchHouse, scene: Scene, speech: Speech) -> Holds:
    """Speak rounds of each kind with an eye on the event loop."""
    holds: dict[str, list[Hold]] = {PLAIN: [], GUARDED: []}
    for number in range(scene.watched_pairs):
        for pipeline in _order(number):
            await _prepare(house, pipeline)
            await house.client.call("loop_probe/watch")
            await _speak(house, scene, speech)
            seen = await house.client.call("loop_probe/unwatch")
            holds[pipeline] += [Hold(**hold) for hold in seen]
    return Holds(plain=holds[PLAIN], guarded=holds[GUARDED])


async def warm_up(house: BenchHouse, scene: Scene, speech: Speech) -> None:
    """Speak what is not measured: the first sentence of a pipeline loads much that later ones find."""
    await measure_pair(house, replace(scene, speed=max(1, scene.speed)), speech, 0)


def _order(number: int) -> tuple[str, str]:
    """Return which kind comes first."""
    return (PLAIN, GUARDED) if number % 2 else (GUARDED, PLAIN)


async def _prepare(house: BenchHouse, pipeline: str) -> None:
    """Switch to a pipeline and wait until nothing of that is going on any more."""
    await house.use(pipeline)
    await asyncio.sleep(SETTLE)


async def _measure(
    house: BenchHouse, scene: Scene, speech: Speech, pipeline: str
) -> Round:
    """Speak a round and measure it."""
    await _prepare(house, pipeline)
    before = await house.cpu()
    sentences = await _speak(house, scene, speech)
    after = await house.cpu()
    return Round(
        sentences=sentences,
        cpu=Cpu(process=after.process - before.process, loop=after.loop - before.loop),
        audio_seconds=speech.seconds * len(sentences),
    )


async def _speak(house: BenchHouse, scene: Scene, speech: Speech) -> list[Moments]:
    """Speak a round, and wait until all that follows from it is done."""
    satellites = house.satellites[: scene.sentences]
    if scene.is_crowd:
        # Over half a sentence, so that all of them speak at a time but do not fall silent in the same moment.
        step = speech.seconds / scene.speed / 2 / len(satellites)
        sentences = await asyncio.gather(
            *(
                _speak_later(satellite, speech, scene.speed, number * step)
                for number, satellite in enumerate(satellites)
            )
        )
    else:
        sentences = []
        for satellite in satellites:
            sentences.append(await satellite.speak(speech.pcm, scene.speed))
            await asyncio.sleep(PAUSE)
    await asyncio.sleep(AFTERMATH)
    await house.quiet()
    return sentences


async def _speak_later(
    satellite: BenchSatellite, speech: Speech, speed: float, delay: float
) -> Moments:
    """Speak one sentence after a while."""
    await asyncio.sleep(delay)
    return await satellite.speak(speech.pcm, speed)
