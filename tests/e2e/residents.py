"""People who speak, and change their minds about what may be sent, all at the same time."""

import asyncio
from dataclasses import dataclass
from enum import StrEnum
import itertools
import random

from demo.house.cloud import CloudStandIn
from demo.house.commands import COMMANDS
from demo.house.household import LOCAL_PIPELINE, Placed
from demo.house.light_satellite import LightSatellite
from demo.house.run import Run
from demo.house.speech import BYTES_PER_SECOND, FRAME_BYTES, Speech
from demo.house.waiting import until
from demo.retention import Retention

SPEED = 5.0
"""Times real time: the paths are the same, and hundreds of sentences take a minute."""

PAUSE = 0.15
"""Seconds between wake word and first sound in which a mind can be changed."""

IN_FLIGHT = 8 * FRAME_BYTES
"""What may be between Home Assistant and the provider at the moment when protection is turned on: a satellite's chunk
that is being forwarded, and one that its connection has taken already."""

_seeds = itertools.count(1)


class Change(StrEnum):
    """When somebody changes the switch."""

    NONE = "not at all"
    ON_BEFORE_SOUND = "on between wake word and first sound"
    ON_IN_SENTENCE = "on in mid-sentence"
    OFF_IN_SENTENCE = "off in mid-sentence"


@dataclass(frozen=True, kw_only=True, slots=True)
class Sentence:
    """One sentence, and what the cloud had of it."""

    speech: Speech
    run: Run
    pipeline: str
    was_protected: bool
    """When the sentence began."""
    change: Change
    received_at_change: int
    """What the cloud had when the change was confirmed."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Resident:
    """One person at one satellite."""

    satellite: LightSatellite
    placed: Placed
    pipeline: str
    retention: Retention
    cloud: CloudStandIn
    chance: random.Random

    async def live(self, count: int) -> list[Sentence]:
        """Say so many sentences."""
        return [await self.speak() for _ in range(count)]

    async def speak(self, *, timeout: float = 15) -> Sentence:
        """Say one sentence, perhaps with a change of mind."""
        speech = await Speech.of(
            self.chance.choice(COMMANDS),
            voice=self.chance.choice(("en-us", "en-gb")),
            seed=next(_seeds),
        )
        self.cloud.teach([speech])
        protected = self.chance.random() < 0.5
        change = self._change(protected)
        await self.protect(on=protected)
        speaking = asyncio.create_task(
            self.satellite.speak(speech, speed=SPEED, pause=PAUSE, timeout=timeout)
        )
        received = await self._change_mind(change, speech)
        return Sentence(
            speech=speech,
            run=await speaking,
            pipeline=self.pipeline,
            was_protected=protected,
            change=change,
            received_at_change=received,
        )

    async def protect(self, *, on: bool) -> None:
        """Turn "Don't send" on or off, and wait until it is."""
        device_id = self.placed.device_id
        wanted = "on" if on else "off"

        async def is_so() -> bool:
            # An action on an entity that is being reloaded succeeds without doing anything.
            await self.retention.dont_send(device_id, on=on)
            state = await self.retention.state("switch", "dont_send_audio", device_id)
            return bool(state["state"] == wanted)

        await until(is_so)

    def _change(self, protected: bool) -> Change:
        if protected:
            return self.chance.choice(
                (Change.NONE, Change.NONE, Change.OFF_IN_SENTENCE)
            )
        return self.chance.choice(
            (Change.NONE, Change.NONE, Change.ON_BEFORE_SOUND, Change.ON_IN_SENTENCE)
        )

    async def _change_mind(self, change: Change, speech: Speech) -> int:
        if change is Change.NONE:
            return 0
        if change is Change.ON_BEFORE_SOUND:
            await asyncio.sleep(PAUSE / 4)
        else:
            seconds = len(speech.pcm) / BYTES_PER_SECOND / SPEED
            await asyncio.sleep(PAUSE + self.chance.uniform(0.05, 0.7) * seconds)
        on = change is not Change.OFF_IN_SENTENCE
        await self.retention.dont_send(self.placed.device_id, on=on)
        return self.cloud.bytes_of(speech)


def leaked(sentence: Sentence, cloud: CloudStandIn) -> int:
    """Return how many bytes of a sentence the cloud got that it should not have got."""
    received = cloud.bytes_of(sentence.speech)
    if sentence.was_protected or sentence.change is Change.ON_BEFORE_SOUND:
        return received
    if sentence.change is Change.ON_IN_SENTENCE:
        return max(0, received - sentence.received_at_change - IN_FLIGHT)
    return 0


def is_faithful(sentence: Sentence, cloud: CloudStandIn) -> bool:
    """Return whether the cloud got exactly what was spoken, or the beginning of it if the run failed."""
    bodies = [bytes(upload.body) for upload in cloud.uploads_of(sentence.speech)]
    is_free = not sentence.was_protected and sentence.change is Change.NONE
    if sentence.pipeline == LOCAL_PIPELINE:
        return not bodies
    if is_free and sentence.run.transcript is not None:
        return bodies == [sentence.speech.pcm]
    return all(sentence.speech.pcm.startswith(body) for body in bodies)
