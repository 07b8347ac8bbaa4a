"""Not one byte: satellites that speak at the same time while switches flip and everything around them fails."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable
import contextlib
from dataclasses import replace
import random
import sys

import pytest

from demo.house import flows
from demo.house.household import CLOUD_PIPELINE, LOCAL_PIPELINE, Household
from demo.house.light_satellite import LightSatellite
from demo.house.run import NO_ANSWER
from demo.house.speech import Speech
from demo.retention import Retention

from .residents import Resident, Sentence, is_faithful, leaked

pytestmark = pytest.mark.slow

SEED = 20261124
RESIDENTS = 6
WAYS = {"Buffering assistant": "buffer", "Crashing assistant": "crash"}


@pytest.fixture(scope="module")
async def residents(house: Household, retention: Retention) -> list[Resident]:
    """Return people at satellites with engines of every kind, after a restart that wrote all of that down."""
    for name, way in WAYS.items():
        await house.add_pipeline(name, await house.add_cloud_engine(way, way))
    pipelines = (CLOUD_PIPELINE, CLOUD_PIPELINE, CLOUD_PIPELINE, *WAYS, LOCAL_PIPELINE)
    people = []
    for number, pipeline in zip(range(RESIDENTS), pipelines, strict=True):
        satellite = LightSatellite(f"Satellite {number}")
        placed = await house.add_satellite(satellite, pipeline)
        people.append(
            Resident(
                satellite=satellite,
                placed=placed,
                pipeline=pipeline,
                retention=retention,
                cloud=house.cloud,
                chance=random.Random(SEED + number),  # noqa: S311 — no secret
            )
        )
    return people


@contextlib.asynccontextmanager
async def trouble(
    *troubles: Callable[[], Awaitable[None]], every: float
) -> AsyncGenerator[None]:
    """Let one trouble after another happen meanwhile."""

    async def happen() -> None:
        while True:
            for one in troubles:
                await asyncio.sleep(every)
                await one()

    happening = asyncio.create_task(happen())
    try:
        yield
    finally:
        happening.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await happening


def report(text: str) -> None:
    """Show a figure in the output of the test run."""
    sys.stderr.write(f"{text}\n")


def describe(one: Sentence) -> str:
    """Return a sentence's story in a line."""
    switch = "on" if one.was_protected else "off"
    return (
        f"{one.pipeline}, switch {switch}, turned {one.change}, "
        f"{len(one.run.sent)} of {len(one.speech.pcm)} bytes spoken, "
        f"transcript {one.run.transcript!r}, error {one.run.error!r}"
    )


def check(house: Household, sentences: list[Sentence]) -> None:
    """Fail if a byte leaked, got lost or was changed, and report what was counted."""
    kinds = Counter(
        f"{'protected' if one.was_protected else 'free'}, switched {one.change}"
        for one in sentences
    )
    errors = Counter(one.run.error for one in sentences if one.run.error)
    received = sum(house.cloud.bytes_of(one.speech) for one in sentences)
    report(f"\n{len(sentences)} sentences, {received:,} bytes in the cloud")
    report("\n".join(f"  {count:4} {kind}" for kind, count in sorted(kinds.items())))
    report(f"  errors: {dict(errors)}")
    for one in sentences:
        if one.run.error == NO_ANSWER:
            report(f"  no answer: {describe(one)}")
    leaks = [(one, leaked(one, house.cloud)) for one in sentences]
    leaks = [(one, count) for one, count in leaks if count]
    assert not leaks, [f"{count} bytes: {describe(one)}" for one, count in leaks]
    unfaithful = [one for one in sentences if not is_faithful(one, house.cloud)]
    assert not unfaithful, [describe(one) for one in unfaithful]
    assert house.cloud.bytes_received == received, "audio that nobody spoke"


async def speak_all(residents: list[Resident], count: int) -> list[Sentence]:
    """Let everybody say so many sentences at the same time."""
    spoken = await asyncio.gather(*(person.live(count) for person in residents))
    return [sentence for sentences in spoken for sentence in sentences]


async def test_switches_flip_while_everybody_speaks(
    house: Household, residents: list[Resident]
) -> None:
    """A decision taken too early, too late or for the wrong satellite would show here."""
    house.cloud.forget()
    check(house, await speak_all(residents, 22))


async def test_engines_crash_while_everybody_speaks(
    house: Household, residents: list[Resident]
) -> None:
    """A local engine that is down must not send anybody to the cloud."""
    house.cloud.forget()

    async def recogniser_crashes() -> None:
        await house.recogniser.crash()
        await asyncio.sleep(1)
        await house.recogniser.start()

    async def cloud_crashes() -> None:
        house.cloud.crash_after(20_000)
        await asyncio.sleep(1)
        house.cloud.crash_after(None)

    async with trouble(recogniser_crashes, cloud_crashes, every=0.7):
        sentences = await speak_all(residents, 8)
    house.cloud.crash_after(None)
    await house.recogniser.stop()
    await house.recogniser.start()
    check(house, sentences)


async def test_the_integration_is_reloaded_while_everybody_speaks(
    house: Household, residents: list[Resident]
) -> None:
    """While the guard is away nothing may stand in for it."""
    house.cloud.forget()
    retention = residents[0].retention

    async def reload() -> None:
        await flows.reload(house.client, retention.entry_id)

    async with trouble(reload, every=1.2):
        sentences = await speak_all(residents, 5)
    check(house, sentences)


@pytest.mark.parametrize("end", ["stop", "kill"])
async def test_home_assistant_ends_in_mid_sentence(
    house: Household, residents: list[Resident], end: str
) -> None:
    """The first sentence after a start must find the switches as they were left."""
    await house.settle()
    for person in residents:
        await person.satellite.wait_connected()
    people = [renewed(person, house) for person in residents]
    house.cloud.forget()
    for person in people:
        await person.protect(on=False)
    speeches = [asyncio.create_task(say(person)) for person in people]
    await asyncio.sleep(0.3)
    # The change is a moment old when Home Assistant ends, and must outlive it.
    await asyncio.gather(*(person.protect(on=True) for person in people))
    await getattr(house.home_assistant, end)()
    await asyncio.gather(*speeches)
    house.cloud.forget()
    await house.home_assistant.start()
    people = [renewed(person, house) for person in people]
    for person in people:
        await person.satellite.wait_connected()
    first = await asyncio.gather(*(say(person) for person in people))
    report(f"first sentences after the start: {Counter(first)}")
    assert house.cloud.bytes_received == 0


async def say(person: Resident) -> str | None:
    """Say a sentence without touching any switch, and return the error if there was one."""
    speech = await Speech.of("what time is it", seed=person.chance.getrandbits(30))
    run = await person.satellite.speak(speech, speed=5)
    return run.error


def renewed(person: Resident, house: Household) -> Resident:
    """Return a person with a connection to the Home Assistant that runs now."""
    retention = replace(person.retention, client=house.client)
    return replace(person, retention=retention)
