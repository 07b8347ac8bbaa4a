"""A sentence goes where it may, and stops the moment it may not go on."""

import asyncio
from collections.abc import AsyncIterable, Iterator
import gc
from pathlib import Path
from typing import override
from unittest.mock import patch

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.voice_retention.assist import engine_call
from custom_components.voice_retention.const import (
    CONF_LOCAL_ENGINES,
    CONF_MAX_SECONDS,
    DOMAIN,
)
from custom_components.voice_retention.policy.choices import Keep
from custom_components.voice_retention.policy.models import (
    Outcome,
    Reason,
    Route,
    Utterance,
)
from homeassistant.components import stt
from homeassistant.components.assist_pipeline import (
    PipelineEventType,
    PipelineStage,
    async_get_pipeline,
    async_update_pipeline,
)
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers import chat_session
from homeassistant.loader import async_get_loaded_integration
from tests.conftest import CLOUD, LOCAL
from tests.house import SPEECH, Engine, House, Microphone, add_entity_platform
from tests.lookup import satellite_key
from tests.speaking import METADATA, ScriptedEngine, guard_in, protect, set_up_entry

SENTENCE = b"".join(SPEECH)


@pytest.fixture(autouse=True)
def _no_complaint(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Fail when asyncio complains about what was left behind."""
    yield
    gc.collect()
    assert "never retrieved" not in caplog.text


@pytest.fixture
async def scripted(hass: HomeAssistant, house: House) -> ScriptedEngine:
    """Give the preferred pipeline a cloud engine whose way of listening a test writes."""
    engine = ScriptedEngine("scripted")
    await add_entity_platform(
        hass, "scripts", Platform.STT, [engine], iot_class="cloud_push"
    )
    await house.use_engine(engine.entity_id)
    return engine


async def make_cloud_of(hass: HomeAssistant, house: House, domain: str) -> None:
    """Let an integration turn out to be in the cloud, and Home Assistant tell of it."""
    integration = async_get_loaded_integration(hass, domain)
    integration.manifest["iot_class"] = "cloud_push"
    integration.__dict__.pop("iot_class", None)
    hass.config_entries.async_update_entry(house.entries[domain], title="In the cloud")


async def add_local_engine(
    hass: HomeAssistant, name: str, *, languages: list[str] | None = None
) -> Engine:
    """Add one more engine that is local."""
    engine = Engine(name, languages=languages)
    await add_entity_platform(
        hass, f"{name}_domain", Platform.STT, [engine], iot_class="local_push"
    )
    return engine


# Where it goes.


async def test_protected_speech_goes_to_the_local_engine_only(
    house: House, entry: MockConfigEntry, utterances: list[Utterance]
) -> None:
    """This is the promise."""
    await protect(house, house.kitchen)
    await house.kitchen.speak()
    assert house.cloud.calls == 0
    assert b"".join(house.local.heard) == SENTENCE
    assert utterances[0].engine_id == LOCAL
    assert utterances[0].pipeline_engine_id == CLOUD
    assert utterances[0].decision.route is Route.LOCAL_ENGINE
    await house.bedroom.speak()
    assert b"".join(house.cloud.heard) == SENTENCE


async def test_a_pipeline_with_a_local_engine_keeps_it_when_protected(
    house: House, entry: MockConfigEntry, utterances: list[Utterance]
) -> None:
    """The pipeline's own choice comes before the household's."""
    await house.use_engine(LOCAL)
    await protect(house, house.kitchen)
    await house.kitchen.speak()
    assert utterances[0].decision.route is Route.ENGINE
    assert b"".join(house.local.heard) == SENTENCE


async def test_the_first_local_engine_that_can_takes_the_sentence(
    hass: HomeAssistant,
    house: House,
    options: dict[str, object],
    utterances: list[Utterance],
) -> None:
    """One is gone, one is no longer local, one speaks another language."""
    german = await add_local_engine(hass, "german", languages=["de"])
    right = await add_local_engine(hass, "right")
    options[CONF_LOCAL_ENGINES] = [
        "stt.gone",
        CLOUD,
        german.entity_id,
        right.entity_id,
        LOCAL,
    ]
    await set_up_entry(house, options)
    await protect(house, house.kitchen)
    await house.kitchen.speak()
    assert b"".join(right.heard) == SENTENCE
    assert german.calls == house.local.calls == house.cloud.calls == 0


async def test_a_local_engine_that_names_its_language_otherwise_will_do(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """Of the same language, the engines of a house name different variants."""
    with patch.object(house.cloud, "_languages", ["en-US"]):
        await async_update_pipeline(
            hass, async_get_pipeline(hass), stt_language="en-US"
        )
        await protect(house, house.kitchen)
        await house.kitchen.speak()
        await protect(house, house.kitchen, on=False)
        await house.kitchen.speak()
    assert house.local.languages_asked == ["en"]
    assert house.cloud.languages_asked == ["en-US"]


async def test_another_language_is_refused_rather_than_sent(
    hass: HomeAssistant,
    house: House,
    entry: MockConfigEntry,
    utterances: list[Utterance],
) -> None:
    """An engine that does not know the language is no engine."""
    with patch.object(house.cloud, "_languages", ["de"]):
        await async_update_pipeline(hass, async_get_pipeline(hass), stt_language="de")
        await protect(house, house.kitchen)
        await house.kitchen.speak()
    assert house.kitchen.error_code == "stt-stream-failed"
    assert house.cloud.calls == house.local.calls == 0
    assert utterances[0].outcome is Outcome.BLOCKED
    assert utterances[0].decision.reasons == (Reason.DONT_SEND, Reason.NO_LOCAL_ENGINE)
    assert utterances[0].audio_bytes == 0


async def test_a_faulty_local_engine_does_not_silence_the_house(
    house: House, entry: MockConfigEntry, caplog: pytest.LogCaptureFixture
) -> None:
    """Assist is never worse for it, least of all for those who protect nothing."""
    with patch.object(house.local, "check_metadata", side_effect=KeyError("oops")):
        await house.kitchen.speak()
        assert b"".join(house.cloud.heard) == SENTENCE
        await protect(house, house.kitchen)
        await house.kitchen.speak()
    assert house.kitchen.error_code == "stt-stream-failed"
    assert house.local.calls == 0
    assert f"{LOCAL} does not say what it takes" in caplog.text


async def test_a_guard_is_never_taken_for_a_local_engine(
    house: House, options: dict[str, object], utterances: list[Utterance]
) -> None:
    """Our own manifest says local, but behind the guard is who knows what."""
    entry = await set_up_entry(house, options)
    assert house.engine_in_pipeline is not None
    options[CONF_LOCAL_ENGINES] = [house.engine_in_pipeline]
    house.hass.config_entries.async_update_entry(entry, options=options)
    await house.hass.config_entries.async_reload(entry.entry_id)
    await house.hass.async_block_till_done()
    await protect(house, house.kitchen)
    await house.kitchen.speak()
    assert house.kitchen.error_code == "stt-stream-failed"
    assert house.cloud.calls == 0
    assert Reason.NO_LOCAL_ENGINE in utterances[0].decision.reasons


async def test_guest_mode_protects_and_keeps_nothing(
    house: House, entry: MockConfigEntry, utterances: list[Utterance]
) -> None:
    """One switch for a house full of people."""
    await entry.runtime_data.settings.async_update(guest_mode=True)
    await house.kitchen.speak()
    assert house.cloud.calls == 0
    assert b"".join(house.local.heard) == SENTENCE
    assert utterances[0].audio is None
    assert utterances[0].transcript is None
    assert Reason.GUEST_MODE in utterances[0].decision.reasons


async def test_everybody_is_protected_while_the_settings_are_lost(
    hass: HomeAssistant,
    house: House,
    entry: MockConfigEntry,
    utterances: list[Utterance],
) -> None:
    """What a household had chosen is not known, so nothing may be sent."""
    await hass.config_entries.async_unload(entry.entry_id)
    Path(hass.config.path(".storage", DOMAIN)).unlink()
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    await house.kitchen.speak()
    assert house.cloud.calls == 0
    assert b"".join(house.local.heard) == SENTENCE
    assert Reason.SETTINGS_LOST in utterances[0].decision.reasons


# When protection is turned on.


async def test_protection_before_the_first_chunk_sends_nothing(
    hass: HomeAssistant,
    house: House,
    entry: MockConfigEntry,
    utterances: list[Utterance],
) -> None:
    """Between the wake word and the first word there is time for a switch."""
    microphone = Microphone()
    speaking = hass.async_create_task(house.kitchen.speak(microphone))
    async with asyncio.timeout(1):
        while house.cloud.calls == 0:  # noqa: ASYNC110
            await asyncio.sleep(0)
    await protect(house, house.kitchen)
    microphone.put(*SPEECH)
    microphone.end()
    await speaking
    await hass.async_block_till_done()
    assert house.cloud.heard == []
    assert house.kitchen.error_code == "stt-stream-failed"
    assert utterances[0].audio_bytes == 0
    assert utterances[0].outcome is Outcome.BLOCKED


@pytest.mark.parametrize("whose", ["its own", "guest mode"])
async def test_protection_in_mid_sentence_stops_the_stream_at_once(
    hass: HomeAssistant,
    house: House,
    entry: MockConfigEntry,
    utterances: list[Utterance],
    whose: str,
) -> None:
    """What is not sent yet stays at home, and what was sent is not kept either."""
    microphone = Microphone()
    speaking = hass.async_create_task(house.kitchen.speak(microphone))
    microphone.put(SPEECH[0])
    await house.cloud.got_chunk.wait()
    if whose == "its own":
        await protect(house, house.kitchen)
    else:
        await entry.runtime_data.settings.async_update(guest_mode=True)
    microphone.put(*SPEECH[1:])
    microphone.end()
    await speaking
    await hass.async_block_till_done()
    assert b"".join(house.cloud.heard) == SPEECH[0]
    assert house.kitchen.error_code == "stt-stream-failed"
    assert utterances[0].decision.route is Route.REFUSE
    assert utterances[0].decision.reasons[-1] is Reason.PROTECTION_TURNED_ON
    assert utterances[0].audio is None
    # What did leave the house is told.
    assert utterances[0].engine_id == CLOUD
    assert utterances[0].audio_bytes == len(SPEECH[0])


async def test_the_protection_of_another_satellite_stops_nothing(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """Settings change all the time in a house."""
    microphone = Microphone()
    speaking = hass.async_create_task(house.kitchen.speak(microphone))
    microphone.put(*SPEECH[:4])
    await house.cloud.got_chunk.wait()
    await protect(house, house.bedroom)
    microphone.put(*SPEECH[4:])
    microphone.end()
    await speaking
    assert b"".join(house.cloud.heard) == SENTENCE
    assert house.kitchen.error_code is None


async def test_protection_stops_an_engine_that_works_on_its_answer(
    hass: HomeAssistant,
    house: House,
    entry: MockConfigEntry,
    utterances: list[Utterance],
) -> None:
    """It has heard all, but a transcript got in breach of a switch is not used."""
    house.cloud.go_on = asyncio.Event()
    speaking = hass.async_create_task(house.kitchen.speak())
    async with asyncio.timeout(1):
        while house.cloud.heard_bytes < len(SENTENCE):  # noqa: ASYNC110
            await asyncio.sleep(0)
    await protect(house, house.kitchen)
    await speaking
    await hass.async_block_till_done()
    assert house.kitchen.error_code == "stt-stream-failed"
    assert utterances[0].transcript is None


async def test_ending_protection_counts_from_the_next_sentence(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """What one began to say under protection stays under it."""
    await protect(house, house.kitchen)
    microphone = Microphone()
    speaking = hass.async_create_task(house.kitchen.speak(microphone))
    microphone.put(SPEECH[0])
    await house.local.got_chunk.wait()
    await protect(house, house.kitchen, on=False)
    microphone.put(*SPEECH[1:])
    microphone.end()
    await speaking
    assert house.cloud.heard == []
    assert b"".join(house.local.heard) == SENTENCE
    await house.kitchen.speak()
    assert b"".join(house.cloud.heard) == SENTENCE


async def test_a_flick_of_the_switch_in_mid_sentence_stops_it_too(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """On is on, also for a moment, and on and off and on again does no harm."""
    microphone = Microphone()
    speaking = hass.async_create_task(house.kitchen.speak(microphone))
    microphone.put(SPEECH[0])
    await house.cloud.got_chunk.wait()
    for on in (True, False, True):
        await protect(house, house.kitchen, on=on)
    microphone.put(*SPEECH[1:])
    microphone.end()
    await speaking
    assert b"".join(house.cloud.heard) == SPEECH[0]


async def test_a_local_engine_that_turns_out_to_be_a_cloud_is_stopped(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """A Wyoming host may move to the internet while one speaks."""
    await protect(house, house.kitchen)
    microphone = Microphone()
    speaking = hass.async_create_task(house.kitchen.speak(microphone))
    microphone.put(SPEECH[0])
    await house.local.got_chunk.wait()
    await make_cloud_of(hass, house, "homely")
    microphone.put(*SPEECH[1:])
    microphone.end()
    await speaking
    assert b"".join(house.local.heard) == SPEECH[0]
    assert house.kitchen.error_code == "stt-stream-failed"


@pytest.mark.parametrize(
    ("engine_id", "heard"), [(CLOUD, SPEECH[0]), (LOCAL, SENTENCE)]
)
async def test_a_sentence_that_outlives_its_guard_goes_on_only_at_home(
    hass: HomeAssistant,
    house: House,
    entry: MockConfigEntry,
    engine_id: str,
    heard: bytes,
) -> None:
    """After a reload the switches are new ones, which the old guard would not see."""
    await house.use_engine(engine_id)
    engine = house.cloud if engine_id == CLOUD else house.local
    microphone = Microphone()
    speaking = hass.async_create_task(house.kitchen.speak(microphone))
    microphone.put(SPEECH[0])
    await engine.got_chunk.wait()
    await hass.config_entries.async_reload(entry.entry_id)
    await protect(house, house.kitchen)
    microphone.put(*SPEECH[1:])
    microphone.end()
    await speaking
    assert b"".join(engine.heard) == heard


# Engines that do not do as they are told.


async def test_an_engine_that_sends_all_at_the_end_sends_nothing_after_protection(
    hass: HomeAssistant,
    house: House,
    scripted: ScriptedEngine,
    entry: MockConfigEntry,
) -> None:
    """Many collect the sentence, and take an error for its end."""
    sent: list[bytes] = []
    got_all = asyncio.Event()

    async def listen(stream: AsyncIterable[bytes]) -> None:
        collected = []
        try:
            async for chunk in stream:
                collected.append(chunk)
                if b"".join(collected) == SENTENCE:
                    got_all.set()
        except Exception:  # noqa: BLE001
            collected.append(b"!")
        sent.extend(collected)

    scripted.listen = listen
    microphone = Microphone()
    speaking = hass.async_create_task(house.kitchen.speak(microphone))
    microphone.put(*SPEECH)
    await got_all.wait()
    await protect(house, house.kitchen)
    microphone.end()
    await speaking
    assert sent == []
    assert house.kitchen.error_code == "stt-stream-failed"


async def test_the_end_of_the_sentence_is_withheld_after_protection(
    hass: HomeAssistant,
    house: House,
    scripted: ScriptedEngine,
    entry: MockConfigEntry,
) -> None:
    """Also when protection comes with the last step, before the cancellation arrives."""
    sent: list[bytes] = []

    async def listen(stream: AsyncIterable[bytes]) -> None:
        collected = [chunk async for chunk in stream]
        sent.extend(collected)

    scripted.listen = listen

    class Last(Microphone):
        """A microphone at whose end the switch is turned on."""

        @override
        async def __anext__(self) -> bytes:
            try:
                return await super().__anext__()
            except StopAsyncIteration:
                hass.async_create_task(protect(house), eager_start=True)
                raise

    microphone = Last()
    microphone.put(*SPEECH)
    microphone.end()
    result = await guard_in(house).async_process_audio_stream(METADATA, microphone)
    assert result.result is stt.SpeechResultState.ERROR
    assert sent == []


async def test_a_reader_that_its_engine_left_behind_gets_nothing_more(
    hass: HomeAssistant,
    house: House,
    scripted: ScriptedEngine,
    entry: MockConfigEntry,
) -> None:
    """Nobody would watch over it once the sentence is over."""
    heard: list[bytes] = []
    readers: list[asyncio.Task[None]] = []
    got_chunk = asyncio.Event()

    async def read(stream: AsyncIterable[bytes]) -> None:
        async for chunk in stream:
            heard.append(chunk)
            got_chunk.set()

    async def listen(stream: AsyncIterable[bytes]) -> None:
        readers.append(asyncio.create_task(read(stream)))
        await got_chunk.wait()

    scripted.listen = listen
    microphone = Microphone()
    microphone.put(SPEECH[0])
    result = await guard_in(house).async_process_audio_stream(METADATA, microphone)
    assert result.result is stt.SpeechResultState.SUCCESS
    microphone.put(*SPEECH[1:])
    await asyncio.wait(readers)
    assert heard == [SPEECH[0]]
    assert microphone.is_closed
    assert readers[0].cancelled()


async def test_an_engine_that_ignores_its_cancellation_is_left_behind(
    hass: HomeAssistant,
    house: House,
    scripted: ScriptedEngine,
    entry: MockConfigEntry,
) -> None:
    """The household does not wait for it, no chunk reaches it, and its end is of no interest."""
    heard: list[bytes] = []
    got_chunk, may_end, has_ended = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def listen(stream: AsyncIterable[bytes]) -> None:
        chunks = aiter(stream)
        heard.append(await anext(chunks))
        got_chunk.set()
        while not may_end.is_set():
            try:
                await may_end.wait()
            except asyncio.CancelledError:
                continue
        has_ended.set()
        heard.append(await anext(chunks, b""))
        raise ValueError("too late")

    scripted.listen = listen
    microphone = Microphone()
    with patch.object(engine_call, "ENGINE_STOP_SECONDS", 0.01):
        speaking = hass.async_create_task(house.kitchen.speak(microphone))
        microphone.put(SPEECH[0])
        await got_chunk.wait()
        await protect(house, house.kitchen)
        microphone.put(*SPEECH[1:])
        async with asyncio.timeout(1):
            await speaking
    assert house.kitchen.error_code == "stt-stream-failed"
    may_end.set()
    await has_ended.wait()
    await asyncio.sleep(0)
    # The pipeline hands out half a chunk of ours at a time.
    assert heard == [SPEECH[0][:320], b""]


@pytest.mark.parametrize("first", [True, False])
async def test_a_stubborn_engine_is_asked_for_one_more_chunk_in_vain(
    hass: HomeAssistant,
    house: House,
    scripted: ScriptedEngine,
    entry: MockConfigEntry,
    first: bool,
) -> None:
    """Swallowing the cancellation and reading on leads nowhere."""
    heard: list[bytes] = []
    got_chunk = asyncio.Event()

    async def listen(stream: AsyncIterable[bytes]) -> None:
        chunks = aiter(stream)
        for _ in range(4):
            try:
                heard.append(await anext(chunks))
            except asyncio.CancelledError, StopAsyncIteration:
                continue
            finally:
                got_chunk.set()

    scripted.listen = listen
    microphone = Microphone()
    speaking = hass.async_create_task(house.kitchen.speak(microphone))
    if not first:
        microphone.put(SPEECH[0])
        await got_chunk.wait()
    else:
        await asyncio.sleep(0.01)
    await protect(house, house.kitchen)
    microphone.put(*SPEECH[1:])
    microphone.end()
    await speaking
    assert b"".join(heard) == (b"" if first else SPEECH[0])


async def test_an_engine_that_has_heard_enough_releases_the_microphone(
    house: House, entry: MockConfigEntry
) -> None:
    """Else a satellite would go on recording."""
    house.cloud.stops_after = 2
    microphone = Microphone()
    microphone.put(*SPEECH)
    result = await guard_in(house).async_process_audio_stream(METADATA, microphone)
    assert result.text == house.cloud.text
    assert microphone.is_closed
    assert len(house.cloud.heard) == 2


async def test_a_cancelled_run_takes_its_engine_along(
    hass: HomeAssistant,
    house: House,
    scripted: ScriptedEngine,
    entry: MockConfigEntry,
    utterances: list[Utterance],
) -> None:
    """Satellites restart and people interrupt; the engine must let go at once."""
    how_it_went: list[str] = []
    got_chunk = asyncio.Event()

    async def listen(stream: AsyncIterable[bytes]) -> None:
        try:
            async for _ in stream:
                got_chunk.set()
        except asyncio.CancelledError:
            how_it_went.append("cancelled")
            raise
        finally:
            how_it_went.append("closed")

    scripted.listen = listen
    microphone = Microphone()
    speaking = hass.async_create_task(house.kitchen.speak(microphone))
    microphone.put(SPEECH[0])
    await got_chunk.wait()
    await house.kitchen._cancel_running_pipeline()
    with pytest.raises(asyncio.CancelledError):
        await speaking
    await hass.async_block_till_done()
    assert how_it_went == ["cancelled", "closed"]
    assert utterances[0].outcome is Outcome.CANCELLED
    assert utterances[0].audio_bytes == len(SPEECH[0])
    assert not [task for task in asyncio.all_tasks() if "_pump" in repr(task)]


async def test_a_client_that_hangs_up_takes_the_engine_along(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """The web client's call is cancelled in the middle of a chunk."""
    microphone = Microphone()
    calling = asyncio.create_task(
        guard_in(house).async_process_audio_stream(METADATA, microphone)
    )
    microphone.put(SPEECH[0])
    await house.cloud.got_chunk.wait()
    calling.cancel()
    with pytest.raises(asyncio.CancelledError):
        await calling
    assert microphone.is_closed


async def test_an_engine_knows_the_conversation_it_works_for(
    house: House, scripted: ScriptedEngine, entry: MockConfigEntry
) -> None:
    """It runs in a task of its own, but engines look at the context of their caller."""
    seen: list[str | None] = []

    async def listen(stream: AsyncIterable[bytes]) -> None:
        session = chat_session.current_session.get()
        seen.append(None if session is None else session.conversation_id)
        async for _ in stream:
            pass

    scripted.listen = listen
    await house.kitchen.speak()
    start = house.kitchen.events[0].data
    assert start is not None
    assert seen == [start["conversation_id"]]


# What is collected meanwhile.


async def test_the_utterance_tells_all_that_may_be_kept(
    hass: HomeAssistant,
    house: House,
    entry: MockConfigEntry,
    utterances: list[Utterance],
) -> None:
    """Transcript and response come from the same run as the audio."""
    await house.kitchen.speak(end_stage=PipelineStage.INTENT)
    await hass.async_block_till_done()
    end = next(
        event
        for event in house.kitchen.events
        if event.type is PipelineEventType.INTENT_END
    )
    assert end.data is not None
    response = end.data["intent_output"]["response"]["speech"]["plain"]["speech"]
    (utterance,) = utterances
    assert utterance.audio == SENTENCE
    assert utterance.audio_seconds == pytest.approx(len(SPEECH) * 0.02)
    assert utterance.transcript == house.cloud.text
    assert utterance.response == response
    assert utterance.outcome is Outcome.OK
    assert utterance.language == "en"
    assert not utterance.is_truncated


async def test_only_the_beginning_of_a_long_sentence_is_collected(
    house: House, options: dict[str, object], utterances: list[Utterance]
) -> None:
    """A stream that never ends must not fill the memory; the engine gets all of it."""
    options[CONF_MAX_SECONDS] = 1
    await set_up_entry(house, options)
    microphone = Microphone()
    microphone.put(b"a" * 20_000, b"b" * 20_000, b"c" * 20_000)
    microphone.end()
    await guard_in(house).async_process_audio_stream(METADATA, microphone)
    assert house.cloud.heard_bytes == 60_000
    (utterance,) = utterances
    assert utterance.audio == b"a" * 20_000 + b"b" * 12_000
    assert utterance.is_truncated
    assert utterance.audio_bytes == 60_000


async def test_of_a_sentence_that_is_not_kept_there_is_never_a_copy(
    hass: HomeAssistant,
    house: House,
    entry: MockConfigEntry,
    utterances: list[Utterance],
) -> None:
    """Never means not in memory either."""
    await entry.runtime_data.settings.async_update_satellite(
        satellite_key(hass, house.kitchen), keep_recordings=Keep.NEVER
    )
    microphone = Microphone()
    speaking = hass.async_create_task(house.kitchen.speak(microphone))
    microphone.put(SPEECH[0])
    await house.cloud.got_chunk.wait()
    records = [
        item
        for item in gc.get_objects()
        if type(item).__name__ == "SentenceRecord" and not item._is_finished
    ]
    assert [record._chunks for record in records] == [[]]
    microphone.end()
    await speaking
    await hass.async_block_till_done()
    assert utterances[0].audio is None
    assert utterances[0].audio_bytes == len(SPEECH[0])


async def test_no_speech_in_our_log(
    hass: HomeAssistant,
    house: House,
    entry: MockConfigEntry,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Logs are shown to people who help."""
    house.cloud.text = "a very private sentence"
    await house.kitchen.speak()
    await hass.async_block_till_done()
    ours = [item for item in caplog.records if "voice_retention" in item.name]
    assert not [item for item in ours if "private" in item.getMessage()]
