"""States with what was said go from a real recorder's database; nothing else does."""

from datetime import timedelta

import pytest

from custom_components.voice_retention.places.recorder_states import RecorderStatesPlace
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from ..history import BEDROOM_WORDS, KITCHEN_WORDS, said, said_at
from ..talk import KITCHEN_REPLY, Talk, purge
from .history import History

CHAT = "sensor.chat"
HEARD = "sensor.last_transcript"


@pytest.fixture
def place(hass: HomeAssistant) -> RecorderStatesPlace:
    """Return the place."""
    return RecorderStatesPlace(hass)


async def test_a_sentence_goes_from_states_and_attributes(
    history: History, place: RecorderStatesPlace
) -> None:
    """Sensors of other integrations show what was heard last."""
    await history.show(HEARD, KITCHEN_WORDS)
    await history.show(HEARD, BEDROOM_WORDS)
    await history.show(CHAT, "1", log=[{"role": "user", "content": KITCHEN_WORDS}])
    await history.show(CHAT, "2", log=[])
    assert await purge(place, said(KITCHEN_WORDS)) == (2, 2, 0)
    assert history.states(HEARD) == [BEDROOM_WORDS]
    assert history.states(CHAT) == ["2"]
    assert history.dangling() == 0
    assert not history.holds("purple walrus")
    assert history.holds("orange giraffe")


async def test_the_state_that_comes_next_refers_to_nothing_that_is_gone(
    history: History, place: RecorderStatesPlace
) -> None:
    """The recorder keeps in memory which state and attributes it wrote last."""
    await history.show(CHAT, "1", answer=KITCHEN_WORDS)
    assert await purge(place, said(KITCHEN_WORDS)) == (1, 1, 0)
    await history.show(CHAT, "2", answer=KITCHEN_WORDS)
    assert history.dangling() == 0
    assert history.states(CHAT) == ["2"]
    assert await place.async_find(said(KITCHEN_WORDS)) == 1


async def test_shared_attributes_stay_for_the_states_that_stay(
    history: History, place: RecorderStatesPlace
) -> None:
    """The recorder stores equal attributes once."""
    await history.show(CHAT, "1", answer=KITCHEN_WORDS)
    await history.show(CHAT, "2", answer=KITCHEN_WORDS)
    history.move("states", "last_updated_ts", timedelta(days=-2), "state = '1'")
    start = dt_util.utcnow() - timedelta(hours=1)
    assert await purge(place, said(KITCHEN_WORDS, start=start)) == (1, 1, 0)
    assert history.states(CHAT) == ["1"]
    assert history.holds("purple walrus")
    assert history.dangling() == 0


@pytest.mark.parametrize("more", [0, 100], ids=["few sentences", "many sentences"])
async def test_a_short_sentence_goes_only_from_entities_of_speech(
    history: History, place: RecorderStatesPlace, more: int
) -> None:
    """A lamp is "on" without anybody saying so."""
    await history.show("light.lamp", "on", effect="on", friendly_name=KITCHEN_WORDS)
    await history.show("select.mode", "a", options=[KITCHEN_WORDS])
    await history.show(HEARD, "on")
    await history.show(CHAT, "3", message="on")
    others = [f"I said sentence number {number}" for number in range(more)]
    target = said("on", KITCHEN_WORDS, *others)
    assert await purge(place, target) == (2, 2, 0)
    assert history.states("light.lamp") == ["on"]
    assert history.states("select.mode") == ["a"]


async def test_an_entity_is_followed_until_it_shows_something_else(
    history: History, place: RecorderStatesPlace
) -> None:
    """A sensor keeps the last sentence in an attribute for hours, while its state changes."""
    for state in "abcd":
        await history.show(CHAT, state, answer=KITCHEN_WORDS)
    await history.show(CHAT, "e", answer="nothing")
    await history.show(CHAT, "f", answer=KITCHEN_WORDS)
    for state, hours in (("a", -9), ("b", -8), ("c", -7), ("d", -6), ("e", -5)):
        history.move(
            "states", "last_updated_ts", timedelta(hours=hours), f"state = '{state}'"
        )
    then = dt_util.utcnow() - timedelta(hours=8)
    target = said_at(then, words=[KITCHEN_WORDS])
    assert await purge(place, target) == (3, 3, 0)
    # One that never shows anything else is followed to its last state.
    await history.show(HEARD, KITCHEN_WORDS)
    now = said_at(dt_util.utcnow(), words=[KITCHEN_WORDS])
    assert await purge(place, now) == (2, 2, 0)
    assert await place.async_find(target) == 0
    await history.show(CHAT, "g", answer=KITCHEN_WORDS)
    assert history.states(CHAT) == ["a", "e", "g"]
    assert history.dangling() == 0


async def test_a_sentence_that_was_cut_to_fit_goes_too(
    history: History, place: RecorderStatesPlace
) -> None:
    """A state has room for 255 characters, an answer is often longer."""
    answer = "This is a long story about a walrus. " * 20
    await history.show(HEARD, answer[:250])
    assert await purge(place, said(responses=[answer])) == (1, 1, 0)


async def test_a_removed_entity_is_no_obstacle(
    history: History, place: RecorderStatesPlace
) -> None:
    """The recorder writes a row without a state then."""
    await history.show(HEARD, KITCHEN_WORDS)
    history.hass.states.async_remove(HEARD)
    await history.write()
    others = [f"I said sentence number {number}" for number in range(100)]
    assert await purge(place, said(KITCHEN_WORDS, *others)) == (1, 1, 0)


async def test_statistics_stay(history: History, place: RecorderStatesPlace) -> None:
    """They hold no words; losing them would be losing years."""
    before = history.count("statistics_meta"), history.count("recorder_runs")
    await history.show(HEARD, KITCHEN_WORDS)
    await place.async_purge(said(KITCHEN_WORDS))
    assert (history.count("statistics_meta"), history.count("recorder_runs")) == before


async def test_a_held_sentence_stays(
    history: History, talk: Talk, place: RecorderStatesPlace
) -> None:
    """Its recording is protected, and so is what Home Assistant wrote of it."""
    await talk.both_ask()
    (run,) = talk.runs(talk.house.kitchen)
    await history.show(HEARD, KITCHEN_WORDS)
    await history.show(CHAT, "1", answer=KITCHEN_REPLY)
    target = said(
        KITCHEN_WORDS, KITCHEN_REPLY, spared_runs=frozenset({run.run_id, "unknown"})
    )
    assert await purge(place, target) == (0, 0, 0)
    history.move("states", "last_updated_ts", timedelta(minutes=5), "1 = 1")
    assert await place.async_find(target) == 2
