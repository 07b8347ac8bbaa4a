"""Spoken replies: the files and the memory of the real text-to-speech."""

from collections.abc import AsyncGenerator
from datetime import timedelta
import hashlib
from pathlib import Path
import time
from typing import Any

import pytest

from custom_components.voice_retention.places.tts_cache import TtsCachePlace
from custom_components.voice_retention.places.tts_memory import TtsMemoryPlace
from custom_components.voice_retention.policy.models import Content
from homeassistant.components import tts
from homeassistant.components.assist_pipeline import PipelineStage
from homeassistant.components.tts import ResultStream, SpeechManager
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
from tests.house import Microphone

from .talk import BEDROOM_REPLY, KITCHEN_REPLY, KITCHEN_WORDS, Talk, purge


@pytest.fixture
def files(hass: HomeAssistant) -> TtsCachePlace:
    """Return the place of the files."""
    return TtsCachePlace(hass)


@pytest.fixture
def memory(hass: HomeAssistant) -> TtsMemoryPlace:
    """Return the place in memory."""
    return TtsMemoryPlace(hass)


@pytest.fixture
def manager(talk: Talk) -> SpeechManager:
    """Return what keeps the replies."""
    return talk.hass.data[tts.DATA_TTS_MANAGER]


def digest(text: str) -> str:
    """Return the beginning of the name of a reply."""
    return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()


def on_disk(manager: SpeechManager) -> set[str]:
    """Return what the files say."""
    return {file.read_text() for file in Path(manager.cache_dir).iterdir()}


async def stream_reply(talk: Talk, text: str) -> ResultStream:
    """Let the voice speak text as it is made, and let the last run's stream be that."""
    stream = tts.async_create_stream(talk.hass, "tts.voice")

    async def words() -> AsyncGenerator[str]:
        yield text

    stream.async_set_message_stream(words())
    await talk.hass.async_block_till_done(wait_background_tasks=True)
    return stream


async def test_the_files_of_a_satellite_go_and_those_of_another_stay(
    talk: Talk, files: TtsCachePlace, manager: SpeechManager
) -> None:
    """They lie there for ever."""
    await talk.both_ask()
    assert on_disk(manager) == {
        f"audio of {KITCHEN_REPLY}",
        f"audio of {BEDROOM_REPLY}",
    }
    target = talk.target(talk.house.kitchen)
    assert await purge(files, target) == (1, 1, 0)
    assert on_disk(manager) == {f"audio of {BEDROOM_REPLY}"}
    assert not any(key.startswith(digest(KITCHEN_REPLY)) for key in manager.file_cache)
    assert await purge(files, target) == (0, 0, 0)


async def test_a_file_that_the_manager_does_not_know_goes_too(
    talk: Talk, files: TtsCachePlace, manager: SpeechManager
) -> None:
    """It comes back with the next start."""
    await talk.both_ask()
    other_voice = f"{digest(KITCHEN_REPLY)}_en_0123456789_tts.gone.wav"
    Path(manager.cache_dir, other_voice).write_text("the same in another voice")
    assert await purge(files, talk.target(talk.house.kitchen)) == (2, 2, 0)
    assert on_disk(manager) == {f"audio of {BEDROOM_REPLY}"}


async def test_a_file_that_is_gone_already_is_forgotten(
    talk: Talk, files: TtsCachePlace, manager: SpeechManager
) -> None:
    """The manager would still have its name, which is a digest of the reply."""
    await talk.both_ask()
    for file in Path(manager.cache_dir).iterdir():
        file.unlink()
    assert await purge(files, talk.target(talk.house.kitchen)) == (1, 1, 0)
    assert [key[:40] for key in manager.file_cache] == [digest(BEDROOM_REPLY)]


async def test_one_bad_file_does_not_keep_the_others_nor_tell_what_was_said(
    talk: Talk,
    files: TtsCachePlace,
    manager: SpeechManager,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Its name is a digest of a short reply, which can be guessed."""
    await talk.both_ask()
    Path(manager.cache_dir, f"{digest(KITCHEN_REPLY)}_en_-_tts.odd.wav").mkdir()
    assert await purge(files, talk.target(talk.house.kitchen)) == (2, 1, 1)
    assert isinstance(files.obstacle, IsADirectoryError)
    assert "could not be deleted" in caplog.text
    assert digest(KITCHEN_REPLY) not in caplog.text


async def test_a_file_that_is_just_being_written_is_waited_for(
    talk: Talk, files: TtsCachePlace, manager: SpeechManager
) -> None:
    """It is in no list before it is on disk, and would outlive the purge."""
    talk.voice.go_on.clear()
    talk.house.cloud.text = KITCHEN_WORDS
    await talk.house.kitchen.speak(end_stage=PipelineStage.TTS)
    purging = talk.hass.async_create_task(purge(files, talk.target(talk.house.kitchen)))
    await talk.hass.async_add_executor_job(time.sleep, 0.1)
    talk.voice.go_on.set()
    assert await purging == (1, 1, 0)
    assert not list(Path(manager.cache_dir).iterdir())


async def test_speech_that_is_still_being_made_is_left_for_later(
    talk: Talk, files: TtsCachePlace, manager: SpeechManager
) -> None:
    """Its file is written when it is complete, after the purge."""
    await talk.both_ask()
    target = talk.target(talk.house.kitchen)
    await purge(files, target)
    (cache,) = (
        cache
        for key, cache in manager.mem_cache.items()
        if key.startswith(digest(KITCHEN_REPLY))
    )
    data, cache._result_data = cache._result_data, None
    assert await purge(files, target) == (1, 0, 1)
    cache._result_data = data
    assert await purge(files, target) == (0, 0, 0)


@pytest.mark.parametrize("kind", ["files", "memory"])
async def test_only_replies_are_in_it(
    talk: Talk, files: TtsCachePlace, memory: TtsMemoryPlace, kind: str
) -> None:
    """A purge of audio and transcripts has nothing to do here."""
    await talk.both_ask()
    place = {"files": files, "memory": memory}[kind]
    without = talk.target(everybody=True, contents=[Content.AUDIO, Content.TRANSCRIPT])
    assert await purge(place, without) == (0, 0, 0)
    before = talk.target(everybody=True, end=dt_util.utcnow() - timedelta(hours=1))
    assert await purge(place, before) == (0, 0, 0)


@pytest.mark.parametrize("kind", ["files", "memory"])
async def test_a_reply_that_a_held_recording_got_stays(
    talk: Talk, files: TtsCachePlace, memory: TtsMemoryPlace, kind: str
) -> None:
    """It is one file for both."""
    await talk.say(talk.house.bedroom, KITCHEN_WORDS)
    await talk.say(talk.house.kitchen, KITCHEN_WORDS)
    held = talk.runs(talk.house.bedroom)[0].run_id
    target = talk.target(talk.house.kitchen, spared_runs=[held])
    found, deleted, left = await purge({"files": files, "memory": memory}[kind], target)
    # In memory, each of the two had its own address.
    assert (found, deleted, left) == ((0, 0, 0) if kind == "files" else (2, 2, 0))


async def test_the_memory_of_a_satellite_goes_and_that_of_another_stays(
    talk: Talk, memory: TtsMemoryPlace, manager: SpeechManager
) -> None:
    """Whoever has the address can fetch the reply without signing in."""
    await talk.both_ask()
    assert len(manager.token_to_stream) == len(manager.mem_cache) == 2
    target = talk.target(talk.house.kitchen)
    assert await purge(memory, target) == (2, 2, 0)
    (bedroom,) = talk.runs(talk.house.bedroom)
    assert set(manager.token_to_stream) == {bedroom.reply_token}
    assert [key[:40] for key in manager.mem_cache] == [digest(BEDROOM_REPLY)]
    assert await purge(memory, target) == (0, 0, 0)


async def test_a_reply_is_found_in_memory_by_its_text_alone(
    talk: Talk, memory: TtsMemoryPlace
) -> None:
    """The run may be forgotten, while the vault still knows the text."""
    await talk.both_ask()
    target = talk.target(talk.house.kitchen)
    talk.forget_runs()
    assert await purge(memory, target) == (2, 2, 0)


async def test_a_streamed_reply_is_found_by_its_run(
    talk: Talk, memory: TtsMemoryPlace, manager: SpeechManager
) -> None:
    """Its name tells nothing of its text."""
    await talk.both_ask()
    streamed = await stream_reply(talk, "a long story")
    (run,) = talk.runs(talk.house.kitchen)
    assert run.reply_token is not None
    manager.token_to_stream[run.reply_token] = manager.token_to_stream.pop(
        streamed.token
    )
    key = streamed._result_cache.result().cache_key
    assert await purge(memory, talk.target(talk.house.kitchen)) == (3, 3, 0)
    assert key not in manager.mem_cache
    assert run.reply_token not in manager.token_to_stream


async def test_a_stream_that_never_spoke_holds_nothing(
    talk: Talk, memory: TtsMemoryPlace, manager: SpeechManager
) -> None:
    """Each run makes its stream at the start, and some never reply."""
    await talk.both_ask()
    silent = tts.async_create_stream(talk.hass, "tts.voice")
    failed = tts.async_create_stream(talk.hass, "tts.voice")
    failed._result_cache.set_exception(ValueError())
    assert await purge(memory, talk.target(everybody=True)) == (4, 4, 0)
    assert set(manager.token_to_stream) == {silent.token, failed.token}


async def test_a_reply_that_is_being_spoken_is_left_for_later(
    talk: Talk, memory: TtsMemoryPlace, manager: SpeechManager
) -> None:
    """Its satellite has yet to fetch it."""
    await talk.both_ask()
    microphone = Microphone()
    talk.house.cloud.got_chunk.clear()
    speaking = talk.hass.async_create_task(
        talk.house.kitchen.speak(microphone, end_stage=PipelineStage.TTS)
    )
    microphone.put(b"\x01" * 640)
    await talk.house.cloud.got_chunk.wait()
    run = talk.runs(talk.house.kitchen)[-1]
    assert run.reply_token is not None
    manager.token_to_stream[run.reply_token].async_set_message(KITCHEN_REPLY)
    assert await purge(memory, talk.target(talk.house.kitchen)) == (3, 1, 2)
    microphone.end()
    await speaking
    await talk.hass.async_block_till_done(wait_background_tasks=True)
    found, deleted, left = await purge(memory, talk.target(talk.house.kitchen))
    assert found == deleted > 0
    assert left == 0


async def test_a_converted_reply_goes(
    talk: Talk, memory: TtsMemoryPlace, manager: SpeechManager
) -> None:
    """From 2026.11 on these stay until the next start."""
    await talk.both_ask()
    converted: dict[Any, bytes] = {
        (
            Path("tts") / f"{digest(KITCHEN_REPLY)}_en_-_tts.voice.mp3",
            frozenset(),
        ): b"1",
        (Path("acknowledge.mp3"), frozenset()): b"2",
    }
    setattr(manager, "converted_override_cache", converted)  # noqa: B010
    assert await purge(memory, talk.target(talk.house.kitchen)) == (3, 3, 0)
    assert list(converted.values()) == [b"2"]


async def test_a_changed_home_assistant_is_noticed(
    talk: Talk, files: TtsCachePlace, memory: TtsMemoryPlace, manager: SpeechManager
) -> None:
    """To find nothing where nothing can be found would be a lie in the receipt."""
    await talk.both_ask()
    del manager.mem_cache
    for place in (files, memory):
        with pytest.raises(AttributeError):
            await place.async_find(talk.target(talk.house.kitchen))
