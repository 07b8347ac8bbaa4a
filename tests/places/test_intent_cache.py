"""The intent cache of the real default agent."""

from typing import Any

import pytest

from custom_components.voice_retention.places.intent_cache import IntentCachePlace
from homeassistant.components.conversation import agent_manager
from homeassistant.core import HomeAssistant

from .talk import AUDIO, Talk, purge

TIME = "what time is it"
DATE = "what is the date today"


@pytest.fixture
def place(hass: HomeAssistant) -> IntentCachePlace:
    """Return the place."""
    return IntentCachePlace(hass)


def cached(talk: Talk) -> set[tuple[str, str | None]]:
    """Return the sentences that the agent remembers, with their satellites."""
    agent: Any = agent_manager.get_agent_manager(talk.hass).default_agent
    return {(key.text, key.satellite_id) for key in agent._intent_cache.cache}


async def test_the_sentences_of_a_satellite_go_and_those_of_another_stay(
    talk: Talk, place: IntentCachePlace
) -> None:
    """The same words of both are two entries."""
    kitchen, bedroom = talk.house.kitchen, talk.house.bedroom
    await talk.say(kitchen, TIME)
    await talk.say(bedroom, TIME)
    assert cached(talk) == {(TIME, kitchen.entity_id), (TIME, bedroom.entity_id)}
    target = talk.target(kitchen)
    assert await purge(place, target) == (1, 1, 0)
    assert cached(talk) == {(TIME, bedroom.entity_id)}
    assert await purge(place, target) == (0, 0, 0)


async def test_a_sentence_is_found_after_its_run_is_forgotten(
    talk: Talk, place: IntentCachePlace
) -> None:
    """The agent remembers 128 sentences, the pipeline ten runs."""
    await talk.say(talk.house.kitchen, TIME)
    talk.forget_runs()
    assert await purge(place, talk.target(talk.house.kitchen)) == (1, 1, 0)


async def test_a_recording_leads_to_its_own_sentence_only(
    talk: Talk, place: IntentCachePlace
) -> None:
    """The satellite has said something else before."""
    kitchen = talk.house.kitchen
    await talk.say(kitchen, DATE)
    await talk.say(kitchen, TIME)
    assert await purge(place, talk.exactly(talk.recording(kitchen))) == (1, 1, 0)
    assert cached(talk) == {(DATE, kitchen.entity_id)}


async def test_only_the_transcript_is_in_it(
    talk: Talk, place: IntentCachePlace
) -> None:
    """A purge of audio alone has nothing to do here."""
    await talk.say(talk.house.kitchen, TIME)
    assert await purge(place, talk.target(talk.house.kitchen, contents=AUDIO)) == (
        0,
        0,
        0,
    )
    assert cached(talk)


async def test_a_held_sentence_stays(talk: Talk, place: IntentCachePlace) -> None:
    """Nothing of it may go."""
    kitchen = talk.house.kitchen
    await talk.say(kitchen, DATE)
    await talk.say(kitchen, TIME)
    held = talk.runs(kitchen)[0].run_id
    target = talk.target(kitchen, spared_runs=[held])
    assert await purge(place, target) == (1, 1, 0)
    assert cached(talk) == {(DATE, kitchen.entity_id)}


async def test_no_agent_remembers_nothing(
    talk: Talk, place: IntentCachePlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is made while Home Assistant starts."""
    monkeypatch.setattr(
        agent_manager.get_agent_manager(talk.hass), "default_agent", None
    )
    assert await purge(place, talk.target(everybody=True)) == (0, 0, 0)


async def test_a_changed_home_assistant_is_noticed(
    talk: Talk, place: IntentCachePlace
) -> None:
    """To find nothing where nothing can be found would be a lie in the receipt."""
    agent: Any = agent_manager.get_agent_manager(talk.hass).default_agent
    del agent._intent_cache
    with pytest.raises(AttributeError):
        await place.async_find(talk.target(talk.house.kitchen))
