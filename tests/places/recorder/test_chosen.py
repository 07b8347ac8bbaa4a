"""Entities that the household named as showing sentences lose what they showed."""

from dataclasses import replace
from datetime import timedelta

import pytest

from custom_components.voice_retention.places.protocol import Place, Target
from custom_components.voice_retention.places.recorder_states import RecorderStatesPlace
from custom_components.voice_retention.policy.models import Content
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util
from tests.house import House

from ..history import KITCHEN_WORDS, recording, said, said_at
from ..talk import Talk, purge
from .history import History

HOUSE = "sensor.house_heard"
KITCHEN = "sensor.kitchen_heard"
LAMP = "light.lamp"
SATELLITE = "assist_satellite.kitchen"
HOUR = timedelta(hours=1)


@pytest.fixture
def device_id(hass: HomeAssistant, house: House) -> str:
    """Give a satellite an entity that shows what it heard; return its device."""
    satellite = er.async_get(hass).async_get(SATELLITE)
    assert satellite is not None
    assert satellite.device_id is not None
    er.async_get(hass).async_get_or_create(
        "sensor",
        "house",
        "heard",
        suggested_object_id="kitchen_heard",
        device_id=satellite.device_id,
    )
    return satellite.device_id


@pytest.fixture
def place(hass: HomeAssistant, device_id: str) -> RecorderStatesPlace:
    """Return the place, with two entities chosen."""
    return RecorderStatesPlace(hass, [HOUSE, KITCHEN])


def in_kitchen(**changes: object) -> Target:
    """Return a target: the kitchen, of which nobody knows the words."""
    target = said(satellite_ids=frozenset({SATELLITE}))
    return replace(target, includes_other_clients=False, **changes)


async def show_all(history: History, text: str) -> None:
    """Let all entities show something."""
    for entity_id in (HOUSE, KITCHEN, LAMP):
        await history.show(entity_id, text, details={"heard": text})


async def test_everything_goes_that_they_showed_when_everybody_is_meant(
    history: History, place: Place
) -> None:
    """Also what nobody knows the words of; the lamp was not chosen."""
    await show_all(history, "on")
    await show_all(history, "something that the engine understood otherwise")
    assert await purge(place, said()) == (4, 4, 0)
    assert history.states(HOUSE) == history.states(KITCHEN) == []
    assert len(history.states(LAMP)) == 2
    assert history.dangling() == 0


async def test_of_a_satellite_everything_goes_that_its_own_device_showed(
    history: History, place: Place
) -> None:
    """Whose it is that another entity shows is not known."""
    await show_all(history, "on")
    assert await purge(place, in_kitchen()) == (1, 1, 0)
    assert history.states(HOUSE) == ["on"]
    assert history.states(KITCHEN) == []
    bedroom = said(satellite_ids=frozenset({"assist_satellite.bedroom"}))
    await history.show(KITCHEN, "off")
    assert await purge(place, bedroom) == (0, 0, 0)


async def test_only_the_time_that_is_meant_goes(history: History, place: Place) -> None:
    """A purge of today leaves yesterday."""
    await history.show(KITCHEN, "yesterday")
    history.move("states", "last_updated_ts", -24 * HOUR, "state = 'yesterday'")
    await history.show(KITCHEN, "today")
    target = in_kitchen(start=dt_util.utcnow() - HOUR)
    assert await purge(place, target) == (1, 1, 0)
    assert history.states(KITCHEN) == ["yesterday"]


async def test_with_one_sentence_goes_what_its_device_showed_meanwhile(
    history: History, place: Place, device_id: str
) -> None:
    """What it showed before and long after is of other sentences."""
    for state, minutes in (("before", -2), ("meant", 0), ("after", 2)):
        await history.show(KITCHEN, state)
        await history.show(HOUSE, state)
        history.move(
            "states",
            "last_updated_ts",
            timedelta(minutes=minutes),
            f"state = '{state}'",
        )
    spoken = replace(
        recording(dt_util.utcnow() - timedelta(seconds=2)), device_id=device_id
    )
    target = replace(said_at(words=()), recordings=(spoken,))
    assert await purge(place, target) == (1, 1, 0)
    assert history.states(KITCHEN) == ["before", "after"]
    assert history.states(HOUSE) == ["before", "meant", "after"]


async def test_from_the_others_a_sentence_goes_by_its_words_however_short(
    history: History, place: Place
) -> None:
    """It is known that they show sentences and nothing else."""
    await show_all(history, "on")
    await history.show(HOUSE, "1", heard="on")
    await history.show(HOUSE, "2", heard="off")
    target = replace(
        said("on", satellite_ids=frozenset({"assist_satellite.bedroom"})),
        includes_other_clients=False,
    )
    assert await purge(place, target) == (3, 3, 0)
    assert history.states(HOUSE) == ["2"]
    assert history.states(LAMP) == ["on"]
    now = said_at(dt_util.utcnow(), words=["off"])
    assert await purge(place, now) == (1, 1, 0)
    assert history.states(HOUSE) == []


async def test_a_purge_of_something_else_leaves_them(
    history: History, place: Place
) -> None:
    """They show transcripts: audio and replies are not in them."""
    await show_all(history, "on")
    for contents in ({Content.AUDIO}, {Content.RESPONSE}):
        target = said(contents=frozenset(contents))
        assert await purge(place, target) == (0, 0, 0)


async def test_what_shows_a_held_sentence_stays(
    history: History, talk: Talk, hass: HomeAssistant
) -> None:
    """Nothing of it may go."""
    place = RecorderStatesPlace(hass, [HOUSE])
    await talk.both_ask()
    (run,) = talk.runs(talk.house.kitchen)
    await history.show(HOUSE, KITCHEN_WORDS)
    await history.show(HOUSE, "something else")
    target = said(spared_runs=frozenset({run.run_id}))
    assert await purge(place, target) == (1, 1, 0)
    assert history.states(HOUSE) == [KITCHEN_WORDS]
