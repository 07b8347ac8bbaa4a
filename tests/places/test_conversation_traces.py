"""Conversation traces of real conversations."""

from datetime import timedelta

import pytest

from custom_components.voice_retention.places.conversation_traces import (
    ConversationTracesPlace,
)
from homeassistant.components.conversation import async_converse, trace
from homeassistant.components.conversation.trace import (
    ConversationTraceEvent,
    ConversationTraceEventType,
)
from homeassistant.core import Context, HomeAssistant
from homeassistant.util import dt as dt_util

from .talk import AUDIO, BEDROOM_WORDS, KITCHEN_WORDS, TEXT, Talk, purge


@pytest.fixture
def place(hass: HomeAssistant) -> ConversationTracesPlace:
    """Return the place."""
    return ConversationTracesPlace(hass)


def traced() -> list[str]:
    """Return the sentences that traces hold."""
    return [
        item.as_dict()["events"][0]["data"]["text"] for item in trace.async_get_traces()
    ]


async def ask_in_text(
    talk: Talk, text: str, conversation_id: str | None = None
) -> None:
    """Ask without a microphone, as an app or a script does."""
    await async_converse(
        talk.hass,
        text,
        conversation_id,
        Context(),
        agent_id="conversation.home_assistant",
    )


async def test_the_trace_of_a_satellite_goes_and_that_of_another_stays(
    talk: Talk, place: ConversationTracesPlace
) -> None:
    """A trace holds sentence and answer."""
    await talk.both_ask()
    assert traced() == [KITCHEN_WORDS, BEDROOM_WORDS]
    target = talk.target(talk.house.kitchen)
    assert await purge(place, target) == (1, 1, 0)
    assert traced() == [BEDROOM_WORDS]
    assert await purge(place, target) == (0, 0, 0)


async def test_the_satellite_in_the_trace_is_enough(
    talk: Talk, place: ConversationTracesPlace
) -> None:
    """The run may be forgotten by then, and nothing else lead to the trace."""
    await talk.both_ask()
    talk.forget_runs()
    assert await purge(place, talk.target(talk.house.bedroom)) == (1, 1, 0)
    assert traced() == [KITCHEN_WORDS]


async def test_the_same_words_at_another_satellite_stay(
    talk: Talk, place: ConversationTracesPlace
) -> None:
    """Everybody says "turn on the light"."""
    await talk.say(talk.house.bedroom, KITCHEN_WORDS)
    await talk.say(talk.house.kitchen, KITCHEN_WORDS)
    target = talk.exactly(talk.recording(talk.house.kitchen), contents=TEXT)
    assert await purge(place, target) == (1, 1, 0)
    (left,) = trace.async_get_traces()
    satellite_id = left.as_dict()["events"][0]["data"]["satellite_id"]
    assert satellite_id == talk.house.bedroom.entity_id


async def test_a_recording_leads_to_its_own_sentence_only(
    talk: Talk, place: ConversationTracesPlace
) -> None:
    """The satellite said something else in the same conversation."""
    kitchen = talk.house.kitchen
    await talk.say(kitchen, "tell me about the green zebra")
    await talk.say(kitchen, KITCHEN_WORDS)
    target = talk.exactly(talk.recording(kitchen))
    assert await purge(place, target) == (1, 1, 0)
    assert traced() == ["tell me about the green zebra"]


async def test_a_later_trace_that_quotes_the_conversation_goes_too(
    talk: Talk, place: ConversationTracesPlace
) -> None:
    """A language model is told everything that was said before."""
    kitchen = talk.house.kitchen
    await talk.say(kitchen, KITCHEN_WORDS)
    await talk.say(kitchen, "tell me about the green zebra")
    trace.async_get_traces()[-1].add_event(
        ConversationTraceEvent(
            ConversationTraceEventType.AGENT_DETAIL,
            {"messages": [{"content": f"User: {KITCHEN_WORDS}"}], "tools": [talk.hass]},
        )
    )
    target = talk.exactly(talk.recording(kitchen, 0))
    assert await purge(place, target) == (2, 2, 0)


async def test_a_recording_without_text_leads_to_its_conversation(
    talk: Talk, place: ConversationTracesPlace
) -> None:
    """Nobody knows any more which sentence of it was meant."""
    await talk.both_ask()
    recording = talk.recording(talk.house.kitchen)
    talk.forget_runs()
    assert await purge(place, talk.exactly(recording)) == (1, 1, 0)
    assert traced() == [BEDROOM_WORDS]


async def test_a_sentence_that_was_passed_on_as_text_is_found(
    talk: Talk, place: ConversationTracesPlace
) -> None:
    """An automation may hand it to another agent; no satellite is named there."""
    await talk.both_ask()
    await ask_in_text(talk, KITCHEN_WORDS)
    assert await purge(place, talk.target(talk.house.kitchen)) == (2, 2, 0)
    await ask_in_text(talk, "tell me about the green zebra")
    await ask_in_text(talk, BEDROOM_WORDS)
    assert await purge(place, talk.exactly(talk.recording(talk.house.bedroom))) == (
        2,
        2,
        0,
    )
    assert traced() == ["tell me about the green zebra"]


async def test_text_of_apps_belongs_to_the_other_clients(
    talk: Talk, place: ConversationTracesPlace
) -> None:
    """It names neither satellite nor device."""
    await talk.both_ask()
    await ask_in_text(talk, "tell me about the green zebra")
    assert await purge(place, talk.target(other_clients=True)) == (1, 1, 0)
    assert traced() == [KITCHEN_WORDS, BEDROOM_WORDS]
    assert await purge(place, talk.target(everybody=True)) == (2, 2, 0)


async def test_another_time_or_only_audio_leaves_the_traces(
    talk: Talk, place: ConversationTracesPlace
) -> None:
    """There is no audio in them."""
    await talk.both_ask()
    kitchen, hour = talk.house.kitchen, timedelta(hours=1)
    before = talk.target(kitchen, end=dt_util.utcnow() - hour)
    assert await purge(place, before) == (0, 0, 0)
    assert await purge(place, talk.target(kitchen, contents=AUDIO)) == (0, 0, 0)


async def test_the_trace_of_a_held_sentence_stays(
    talk: Talk, place: ConversationTracesPlace
) -> None:
    """Nothing of it may go."""
    kitchen = talk.house.kitchen
    await talk.say(kitchen, KITCHEN_WORDS)
    await talk.say(kitchen, "tell me about the green zebra")
    held = talk.runs(kitchen)[0].run_id
    target = talk.target(kitchen, spared_runs=[held])
    assert await purge(place, target) == (1, 1, 0)
    assert traced() == [KITCHEN_WORDS]


async def test_an_empty_trace_is_no_obstacle(
    talk: Talk, place: ConversationTracesPlace
) -> None:
    """It has told nothing yet, not even when."""
    await talk.both_ask()
    trace._recent_traces["empty"] = trace.ConversationTrace()
    assert await purge(place, talk.target(talk.house.kitchen)) == (1, 1, 0)
    assert await purge(place, talk.target(everybody=True)) == (2, 2, 0)


async def test_a_changed_home_assistant_is_noticed(
    talk: Talk, place: ConversationTracesPlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To find nothing where nothing can be found would be a lie in the receipt."""
    await talk.both_ask()
    monkeypatch.delattr(trace, "_recent_traces")
    with pytest.raises(AttributeError):
        await place.async_find(talk.target(talk.house.kitchen))
