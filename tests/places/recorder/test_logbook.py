"""What the logbook tells of others stays, though states in between are gone."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from custom_components.voice_retention.places import recorder_states
from custom_components.voice_retention.places.recorder_states import RecorderStatesPlace
from homeassistant.components.logbook.processor import EventProcessor
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util

from ..history import BEDROOM_WORDS, KITCHEN_WORDS, said
from ..talk import purge
from .history import History

HEARD = "input_text.last_heard"
CHAT = "sensor.chat"
LAMP = "light.lamp"
ENTITIES = (HEARD, CHAT, LAMP)

type Entry = tuple[str, str]
type Logbook = Callable[[], Awaitable[list[Entry]]]


@pytest.fixture
def place(hass: HomeAssistant) -> RecorderStatesPlace:
    """Return the place."""
    return RecorderStatesPlace(hass)


@pytest.fixture
async def logbook(hass: HomeAssistant, history: History) -> Logbook:
    """Set the logbook up, with entities that were there before; return how to read it."""
    assert await async_setup_component(hass, "logbook", {})
    begin = dt_util.utcnow()
    for entity_id in ENTITIES:
        await history.show(entity_id, "unknown")

    async def read() -> list[Entry]:
        entries = await history.recorder.async_add_executor_job(
            EventProcessor(hass, ()).get_events, begin, begin + timedelta(hours=1)
        )
        return [
            (entry["entity_id"], entry["state"])
            for entry in entries
            if entry["entity_id"] in ENTITIES
        ]

    return read


async def show(history: History, *texts: str) -> None:
    """Let entities show sentences, as a state and in an attribute; the lamp shows none."""
    for text in texts:
        number = history.count("states")
        await history.show(HEARD, text)
        await history.show(CHAT, f"answer {number}", log=text)
        await history.show(LAMP, f"{number}")


def links(history: History) -> dict[int, int | None]:
    """Return which state followed which."""
    rows = history.rows("SELECT state_id, old_state_id FROM states")
    return {int(state_id): before for state_id, before in rows}


async def test_with_the_sentences_of_one_satellite_none_of_another_goes(
    history: History,
    logbook: Logbook,
    place: RecorderStatesPlace,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Also when both say the same again and again, and however the work is cut."""
    monkeypatch.setattr(recorder_states, "DELETED_AT_ONCE", 2)
    await show(history, *(KITCHEN_WORDS, BEDROOM_WORDS) * 2)
    await show(history, KITCHEN_WORDS, "tell me more", KITCHEN_WORDS, BEDROOM_WORDS)
    # Only an attribute changes, so the logbook does not show it.
    await history.show(CHAT, history.states(CHAT)[-1], log="nothing")
    before, linked = await logbook(), links(history)
    assert len(before) == 8 * len(ENTITIES)
    assert before.count((HEARD, BEDROOM_WORDS)) == 3

    assert await purge(place, said(KITCHEN_WORDS)) == (8, 8, 0)
    left = {
        (entity_id, state)
        for entity_id in ENTITIES
        for state in history.states(entity_id)
    }
    assert await logbook() == [entry for entry in before if entry in left]
    assert history.dangling() == 0
    now = links(history)
    assert all(now[one] == linked[one] for one in now if linked[one] in now)


async def test_what_is_shown_next_is_a_change_too(
    history: History, logbook: Logbook, place: RecorderStatesPlace
) -> None:
    """The recorder remembers which state an entity has, and that one is gone."""
    await show(history, BEDROOM_WORDS, KITCHEN_WORDS)
    assert await purge(place, said(KITCHEN_WORDS)) == (2, 2, 0)
    assert await purge(place, said(BEDROOM_WORDS)) == (2, 2, 0)
    await show(history, BEDROOM_WORDS)
    assert (HEARD, BEDROOM_WORDS) in await logbook()
    assert len(await logbook()) == 2 + len(ENTITIES)
    assert history.dangling() == 0


async def test_a_first_state_stays_one(
    history: History, logbook: Logbook, place: RecorderStatesPlace
) -> None:
    """Nothing is before it, so it is no change, and nothing is made up."""
    await history.show("sensor.new", KITCHEN_WORDS)
    await history.show("sensor.new", BEDROOM_WORDS)
    assert await purge(place, said(KITCHEN_WORDS)) == (1, 1, 0)
    assert await purge(place, said(BEDROOM_WORDS)) == (1, 1, 0)
    await history.show("sensor.new", "on")
    assert history.states("sensor.new") == ["on"]
    assert history.dangling() == 0
    assert await logbook() == []
