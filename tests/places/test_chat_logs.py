"""Chat logs and their sessions, of a real conversation with the default agent."""

from dataclasses import replace
from datetime import timedelta

import pytest

from custom_components.voice_retention.places.chat_logs import ChatLogsPlace
from custom_components.voice_retention.places.trail import Trail
from homeassistant.components.assist_pipeline import PipelineStage
from homeassistant.components.conversation import chat_log
from homeassistant.components.conversation.chat_log import DATA_CHAT_LOGS
from homeassistant.core import HomeAssistant
from homeassistant.helpers.chat_session import (
    DATA_CHAT_SESSION,
    DATA_CHAT_SESSION_CLEANUP,
)
from homeassistant.util import dt as dt_util
from tests.house import Microphone, Satellite

from .talk import AUDIO, KITCHEN_REPLY, KITCHEN_WORDS, TEXT, Talk, purge


@pytest.fixture
def place(hass: HomeAssistant) -> ChatLogsPlace:
    """Return the place."""
    return ChatLogsPlace(hass)


def conversation_of(satellite: Satellite) -> str:
    """Return the conversation that a satellite is in."""
    assert satellite._conversation_id is not None
    return satellite._conversation_id


def said(talk: Talk, conversation_id: str) -> list[str]:
    """Return what a chat log holds."""
    log = talk.hass.data[DATA_CHAT_LOGS][conversation_id]
    texts = [getattr(message, "content", None) for message in log.content]
    return [text for text in texts if text]


async def test_the_conversation_of_a_satellite_goes_and_that_of_another_stays(
    talk: Talk, place: ChatLogsPlace
) -> None:
    """A chat log holds every sentence of a conversation."""
    await talk.both_ask()
    kitchen = conversation_of(talk.house.kitchen)
    bedroom = conversation_of(talk.house.bedroom)
    assert said(talk, kitchen) == [KITCHEN_WORDS, KITCHEN_REPLY]
    target = talk.target(talk.house.kitchen)
    assert await purge(place, target) == (1, 1, 0)
    assert set(talk.hass.data[DATA_CHAT_LOGS]) == {bedroom}
    assert kitchen not in talk.hass.data[DATA_CHAT_SESSION]
    assert bedroom in talk.hass.data[DATA_CHAT_SESSION]
    assert await purge(place, target) == (0, 0, 0)


async def test_the_clean_up_of_home_assistant_finds_nothing_missing(
    talk: Talk, place: ChatLogsPlace, caplog: pytest.LogCaptureFixture
) -> None:
    """It fails for a log that is gone while its session is not."""
    await talk.both_ask()
    await purge(place, talk.target(talk.house.kitchen))
    cleanup = talk.hass.data[DATA_CHAT_SESSION_CLEANUP]
    assert cleanup.unsub is not None
    cleanup.unsub()
    cleanup._cleanup(dt_util.utcnow() + timedelta(minutes=10))
    assert not talk.hass.data[DATA_CHAT_LOGS]
    assert "Error" not in caplog.text


async def test_what_an_agent_remembers_of_the_conversation_goes_with_it(
    talk: Talk, place: ChatLogsPlace
) -> None:
    """Agents keep their own history until the session is cleaned up."""
    await talk.both_ask()
    memory = ["the walrus"]
    kitchen = conversation_of(talk.house.kitchen)
    talk.hass.data[DATA_CHAT_SESSION][kitchen].async_on_cleanup(memory.clear)
    await purge(place, talk.target(talk.house.kitchen))
    assert memory == []


async def test_a_log_goes_also_when_an_agent_cannot_forget(
    talk: Talk, place: ChatLogsPlace
) -> None:
    """Its fault must not keep the text, and not stay unknown."""
    await talk.both_ask()
    kitchen = conversation_of(talk.house.kitchen)
    session = talk.hass.data[DATA_CHAT_SESSION][kitchen]

    def fail() -> None:
        raise ValueError

    session._cleanup_callbacks.insert(0, fail)
    target = talk.target(talk.house.kitchen)
    with pytest.raises(ValueError):  # noqa: PT011
        await place.async_purge(target)
    assert await place.async_verify(target) == 0


async def test_a_satellite_can_talk_on_afterwards(
    talk: Talk, place: ChatLogsPlace
) -> None:
    """Its next sentence begins a new conversation."""
    await talk.both_ask()
    old = conversation_of(talk.house.kitchen)
    await purge(place, talk.target(talk.house.kitchen))
    await talk.say(talk.house.kitchen, "tell me about the green zebra")
    assert conversation_of(talk.house.kitchen) != old
    assert "walrus" not in str(talk.hass.data[DATA_CHAT_LOGS])


async def test_a_conversation_is_found_after_its_runs_are_forgotten(
    talk: Talk, place: ChatLogsPlace
) -> None:
    """Only ten runs of a pipeline are kept, and a conversation may be longer."""
    await talk.both_ask()
    talk.forget_runs()
    target = talk.target(talk.house.kitchen)
    assert not target.trail.conversation_ids
    assert await purge(place, target) == (1, 1, 0)
    assert await purge(place, talk.target(everybody=True)) == (1, 1, 0)


async def test_a_recording_leads_to_its_conversation(
    talk: Talk, place: ChatLogsPlace
) -> None:
    """An expiry means recordings, not satellites."""
    await talk.both_ask()
    assert await purge(
        place, talk.exactly(talk.recording(talk.house.kitchen), contents=TEXT)
    ) == (1, 1, 0)
    assert set(talk.hass.data[DATA_CHAT_LOGS]) == {conversation_of(talk.house.bedroom)}


async def test_a_conversation_of_nobody_with_the_same_words_goes(
    talk: Talk, place: ChatLogsPlace
) -> None:
    """A script that passes a sentence on to an agent has a conversation of its own."""
    await talk.both_ask()

    async def ask(text: str) -> str:
        answer = await talk.hass.services.async_call(
            "conversation",
            "process",
            {"text": text},
            blocking=True,
            return_response=True,
        )
        return str(answer["conversation_id"])

    passed_on, another = await ask(KITCHEN_WORDS), await ask("turn on the fountain")
    talk.forget_runs()
    bedroom = talk.target(talk.house.bedroom)
    assert await purge(place, bedroom) == (1, 1, 0)
    assert passed_on in talk.hass.data[DATA_CHAT_LOGS]
    target = replace(
        talk.target(talk.house.kitchen),
        trail=Trail(transcripts=frozenset({KITCHEN_WORDS})),
    )
    assert await purge(place, target) == (2, 2, 0)
    assert set(talk.hass.data[DATA_CHAT_LOGS]) == {another}


async def test_another_time_or_only_audio_leaves_the_conversation(
    talk: Talk, place: ChatLogsPlace
) -> None:
    """There is no audio in it."""
    await talk.both_ask()
    kitchen, hour = talk.house.kitchen, timedelta(hours=1)
    before = talk.target(kitchen, end=dt_util.utcnow() - hour)
    assert await purge(place, before) == (0, 0, 0)
    assert await purge(place, talk.target(kitchen, contents=AUDIO)) == (0, 0, 0)
    assert await purge(place, talk.target(other_clients=True)) == (0, 0, 0)


async def test_a_conversation_in_use_is_left_until_its_turn_is_over(
    talk: Talk, place: ChatLogsPlace
) -> None:
    """Its log would come back with the answer, and stay for ever."""
    await talk.both_ask()
    microphone = Microphone()
    kitchen = talk.house.kitchen
    target = talk.target(kitchen)
    talk.house.cloud.got_chunk.clear()
    speaking = talk.hass.async_create_task(
        kitchen.speak(microphone, end_stage=PipelineStage.TTS)
    )
    microphone.put(b"\x01" * 640)
    await talk.house.cloud.got_chunk.wait()
    assert await purge(place, target) == (1, 0, 1)
    # A run of which nothing is known any more may be of any conversation.
    talk.forget_runs()
    assert await purge(place, target) == (1, 0, 1)
    microphone.end()
    await speaking
    assert await purge(place, target) == (1, 1, 0)


@pytest.mark.parametrize("mark", ["in_use", "turn_active"])
async def test_home_assistants_own_marks_of_use_are_respected(
    talk: Talk, place: ChatLogsPlace, mark: str
) -> None:
    """From 2026.11 on they tell of text conversations too."""
    await talk.both_ask()
    kitchen = conversation_of(talk.house.kitchen)
    marked = {
        "in_use": talk.hass.data[DATA_CHAT_SESSION][kitchen],
        "turn_active": talk.hass.data[DATA_CHAT_LOGS][kitchen],
    }[mark]
    setattr(marked, mark, 1)
    assert await purge(place, talk.target(talk.house.kitchen)) == (1, 0, 1)


async def test_a_turn_keeps_only_itself(talk: Talk, place: ChatLogsPlace) -> None:
    """From 2026.11 on a turn works on the log itself, and remembers where in it it began."""
    await talk.both_ask()
    kitchen = conversation_of(talk.house.kitchen)
    log = talk.hass.data[DATA_CHAT_LOGS][kitchen]
    vars(log)["turn_active"] = True
    vars(log)["turn_start"] = len(log.content)
    log.async_add_user_content(chat_log.UserContent(content="delete that"))
    assert await purge(place, talk.target(talk.house.kitchen)) == (1, 0, 1)
    assert said(talk, kitchen) == ["delete that"]
    begun = log.content[vars(log)["turn_start"] :]
    assert [message.role for message in begun] == ["user"]


async def test_a_held_sentence_stays_in_its_conversation(
    talk: Talk, place: ChatLogsPlace
) -> None:
    """The others of the same conversation go."""
    kitchen = talk.house.kitchen
    await talk.say(kitchen, "tell me about the green zebra")
    await talk.both_ask()
    held = talk.runs(kitchen)[0].run_id
    target = talk.target(kitchen, spared_runs=[held])
    assert await purge(place, target) == (1, 1, 0)
    assert said(talk, conversation_of(kitchen)) == [
        "tell me about the green zebra",
        "You asked about the green zebra",
    ]
    assert await purge(place, target) == (0, 0, 0)


async def test_a_house_in_which_nobody_spoke_holds_nothing(
    talk: Talk, place: ChatLogsPlace
) -> None:
    """Home Assistant makes its lists at the first conversation."""
    everybody = talk.target(everybody=True)
    assert await purge(place, everybody) == (0, 0, 0)
    assert await purge(place, talk.target(talk.house.kitchen)) == (0, 0, 0)


async def test_a_removed_satellite_is_in_no_conversation(
    talk: Talk, place: ChatLogsPlace
) -> None:
    """Its entity is gone, but a purge may still name it."""
    await talk.both_ask()
    await talk.hass.config_entries.async_unload(talk.house.entries["house"].entry_id)
    talk.forget_runs()
    assert await purge(place, talk.target(talk.house.kitchen)) == (0, 0, 0)


async def test_a_changed_home_assistant_is_noticed(
    talk: Talk, place: ChatLogsPlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To find nothing where nothing can be found would be a lie in the receipt."""
    await talk.both_ask()
    monkeypatch.delattr(chat_log, "DATA_CHAT_LOGS")
    with pytest.raises(AttributeError):
        await place.async_find(talk.target(talk.house.kitchen))
