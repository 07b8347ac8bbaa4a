"""Marked sentences in a house where everything is switched on that leaves traces; one satellite's are purged.

All files, all that the interfaces show and all live objects of Home Assistant are searched before and after.
"""

from collections import Counter
from collections.abc import AsyncGenerator, Iterable
from dataclasses import replace
import re

import pytest

from demo.house.client import Json
from demo.house.household import Household
from demo.retention import Retention

from . import chatter, survey as searching
from .chatter import Speaker
from .reading import read_everything
from .seen import SEEN_IN, Where
from .survey import Survey, survey

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


EXPECTED = (
    # What Home Assistant says of satellites that it does not reach at once when it starts.
    r"homeassistant\.components\.wyoming\.coordinator",
)

NOT_REACHED: dict[str, str] = {}
"""Where something of what was purged may be left, and why; each is told in the README."""

SHARED = (
    # What a model says word by word goes from the log, whoever it was said to.
    r"^(?:file home-assistant\.log|API (?:/api/error_log|system_log/))",
    # Is emptied into the database.
    r"-wal$",
)
"""Where also less is found of others, for what they said is in fewer places or told less often."""


@pytest.fixture(scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Household]:
    """Return a house in which everything is on."""
    house = chatter.chatty_house(tmp_path_factory.mktemp("house"))
    async with house:
        await chatter.move_in(house)
        yield house
        complaints = house.home_assistant.complaints(expected=EXPECTED)
    assert not complaints, "\n".join(complaints)


@pytest.fixture(scope="module")
async def speakers(house: Household) -> list[Speaker]:
    """Return somebody in the kitchen and in the bedroom, and somebody who writes."""
    await Retention.set_up(house.client, local_engines=(house.engines.local,))
    speakers = [
        await chatter.place(house, "Kitchen", "narwhal"),
        await chatter.place(house, "Bedroom", "axolotl"),
        Speaker("In writing", "platypus"),
    ]
    # The first round ends up in files that are written at a clean stop.
    await all_speak(house, speakers)
    await house.settle()
    await all_speak(house, speakers)
    return speakers


async def all_speak(house: Household, speakers: Iterable[Speaker]) -> None:
    """Let everybody say their sentences."""
    for speaker in speakers:
        if speaker.satellite is None:
            await speaker.write(house)
        else:
            await speaker.speak(house)


async def purge(house: Household, speaker: Speaker, **fields: object) -> Json:
    """Delete all of a satellite."""
    assert speaker.placed is not None
    receipt: Json = await house.client.action(
        "voice_retention.purge",
        {"keep_days": 0, "include_ledger": True} | fields,
        target={"device_id": speaker.placed.device_id},
        response=True,
    )
    assert receipt["complete"], receipt
    return receipt


def left_of(found: Survey, speaker: Speaker) -> dict[str, int]:
    """Return what is left of somebody, but for what is known not to be reached."""
    return {
        place: count
        for place, count in found.found[speaker.name].items()
        if not any(re.search(known, place) for known in NOT_REACHED)
    }


def lost_of(before: Survey, after: Survey, speaker: Speaker) -> dict[str, str]:
    """Return what there is less of somebody than there was."""
    now = after.elsewhere(speaker.name)
    return {
        place: f"{count} → {now.get(place, 0)}"
        for place, count in before.elsewhere(speaker.name).items()
        if now.get(place, 0) < count
        and not any(re.search(shared, place) for shared in SHARED)
    }


async def test_nothing_of_a_satellite_is_left_and_all_of_the_others(
    house: Household, speakers: list[Speaker], capsys: pytest.CaptureFixture[str]
) -> None:
    """Each place that is missed, or swept too widely, shows here."""
    kitchen, *others = speakers
    before = await survey(house, speakers)
    # Only now, for who looks through it takes it away.
    await kitchen.export(house)
    await purge(house, kitchen)
    after = await survey(house, speakers)
    with capsys.disabled():
        print("\n" + searching.table(before, after, before.found))  # noqa: T201
    assert all(before.found.values())
    assert not left_of(after, kitchen)
    for speaker in others:
        assert not lost_of(before, after, speaker)
        # Caches are emptied for all; everything else is still there.
        name = speaker.name
        assert after.in_memory(name) > 0.8 * before.in_memory(name)

    await house.settle()
    assert not await searching.search_files(house, kitchen)
    for speaker in others:
        assert await searching.search_files(house, speaker)


async def look(house: Household, speaker: Speaker, where: Where) -> Counter[str]:
    """Search one part of everything, as the search of everything does."""
    match where:
        case Where.FILES:
            return await searching.search_files(house, speaker)
        case Where.INTERFACES:
            return searching.count_shown(await read_everything(house), speaker)
        case Where.MEMORY:
            (found,) = await searching.search_memory(
                house, [speaker], with_owners=False
            )
            return found
        case Where.OURS:
            return await searching.ask_us(house, speaker)


async def test_a_place_that_only_claims_to_delete_is_caught(
    house: Household, speakers: list[Speaker]
) -> None:
    """Each place in turn deletes nothing, says that it did, and finds nothing afterwards."""
    kitchen = speakers[0]
    places = await house.client.call("witness/places")
    assert set(places) == set(SEEN_IN), "each place has to be sabotaged"
    missed = []
    for place, where in SEEN_IN.items():
        if where is None:
            continue
        await house.client.call("witness/break", place=place)
        now = replace(kitchen, speeches=[], exports=[])
        await now.speak(house)
        await chatter.say_nothing(house)
        await now.export(house)
        await purge(house, kitchen)
        if not await look(house, now, where):
            missed.append(place)
        await house.client.call("witness/mend", place=place)
        kitchen.speeches.extend(now.speeches)
    assert not missed
    await purge(house, kitchen)
    for where in Where:
        assert not await look(house, kitchen, where)
