"""To the pipeline, a guard is its engine."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterable, Iterator
import gc
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from hass_nabucasa.auth import Unauthenticated
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.voice_retention.const import CONF_LOCAL_ENGINES
from custom_components.voice_retention.policy.models import (
    Outcome,
    Reason,
    Route,
    Utterance,
)
from homeassistant.components import stt
from homeassistant.components.assist_pipeline import PipelineStage
from homeassistant.components.stt.const import DATA_PROVIDERS
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from tests.conftest import CLOUD, LOCAL
from tests.house import (
    SPEECH,
    Engine,
    House,
    Microphone,
    Satellite,
    add_entity_platform,
)
from tests.speaking import (
    METADATA,
    LegacyEngine,
    collected_utterances,
    guard_in,
    protect,
    set_up_entry,
)

SENTENCE = b"".join(SPEECH)


@pytest.fixture(autouse=True)
def utterances() -> Iterator[list[Utterance]]:
    """Return the finished sentences, in the order of their ends."""
    with collected_utterances() as collected:
        yield collected


@pytest.fixture(autouse=True)
def _no_complaint(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Fail when asyncio complains about what was left behind."""
    yield
    gc.collect()
    assert "never retrieved" not in caplog.text


MIRRORED = {
    "supported_languages": ["de", "fr"],
    "supported_formats": [stt.AudioFormats.OGG],
    "supported_codecs": [stt.AudioCodecs.OPUS],
    "supported_bit_rates": [stt.AudioBitRates.BITRATE_24],
    "supported_sample_rates": [stt.AudioSampleRates.SAMPLERATE_48000],
    "supported_channels": [stt.AudioChannels.CHANNEL_STEREO],
    "audio_processing": stt.SpeechAudioProcessing(
        requires_external_vad=False,
        prefers_auto_gain_enabled=False,
        prefers_noise_reduction_enabled=False,
    ),
}


async def test_the_guard_takes_the_place_of_the_engine(
    house: House, entry: MockConfigEntry
) -> None:
    """Without that, nothing else of the integration would ever be asked."""
    assert house.engine_in_pipeline != CLOUD
    assert entry.runtime_data.guards.guards == {house.engine_in_pipeline: CLOUD}


async def test_speech_reaches_the_engine_byte_for_byte(
    house: House, entry: MockConfigEntry
) -> None:
    """A guard that changes the audio would make recognition worse."""
    await house.kitchen.speak()
    assert b"".join(house.cloud.heard) == SENTENCE
    assert house.kitchen.error_code is None


@pytest.mark.parametrize("name", MIRRORED)
async def test_the_guard_takes_what_its_engine_takes(
    house: House, entry: MockConfigEntry, name: str
) -> None:
    """Else the pipeline would prepare the audio differently than for the engine."""
    guard = guard_in(house)
    assert getattr(guard, name) == getattr(house.cloud, name)
    with patch.object(Engine, name, MIRRORED[name]):
        assert getattr(guard, name) == MIRRORED[name]


async def test_the_guard_asks_its_engine_whether_it_takes_audio(
    house: House, entry: MockConfigEntry
) -> None:
    """An engine may have reasons that its lists do not show."""
    guard = guard_in(house)
    assert guard.check_metadata(METADATA)
    with patch.object(Engine, "check_metadata", return_value=False):
        assert not guard.check_metadata(METADATA)


async def test_a_guard_remembers_what_its_engine_took(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """A pipeline dialog that is open just then must not lose its language."""
    guard = guard_in(house)
    assert guard.supported_languages == ["en"]
    await hass.config_entries.async_unload(house.entries["cloudy"].entry_id)
    with patch.object(Engine, "supported_languages", ["de"]):
        assert guard.supported_languages == ["en"]


async def test_a_guard_whose_engine_was_never_seen_takes_what_a_local_one_takes(
    hass: HomeAssistant, house: House, options: dict[str, object]
) -> None:
    """After a restart without internet, protected speech is still recognised."""
    await hass.config_entries.async_unload(house.entries["cloudy"].entry_id)
    options[CONF_LOCAL_ENGINES] = ["stt.gone", LOCAL]
    await set_up_entry(house, options)
    assert guard_in(house).supported_languages == ["en"]
    await protect(house, house.kitchen)
    await house.kitchen.speak()
    assert b"".join(house.local.heard) == SENTENCE


async def test_a_guard_that_knows_no_engine_takes_nothing_by_name(
    hass: HomeAssistant, house: House, options: dict[str, object]
) -> None:
    """It has nothing to mirror, and must not fall over."""
    await hass.config_entries.async_unload(house.entries["cloudy"].entry_id)
    options[CONF_LOCAL_ENGINES] = []
    await set_up_entry(house, options)
    guard = guard_in(house)
    assert all(getattr(guard, name) == [] for name in MIRRORED if name[0] == "s")
    assert guard.audio_processing == stt.SpeechAudioProcessing(
        requires_external_vad=True,
        prefers_auto_gain_enabled=True,
        prefers_noise_reduction_enabled=True,
    )


async def test_a_renamed_engine_keeps_its_guard(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """Entity ids are the user's to change, also across a restart."""
    guard_id = house.engine_in_pipeline
    er.async_get(hass).async_update_entity(CLOUD, new_entity_id="stt.nimbus")
    await hass.async_block_till_done()
    assert guard_in(house).engine_id == "stt.nimbus"
    await house.kitchen.speak()
    assert b"".join(house.cloud.heard) == SENTENCE
    assert entry.runtime_data.settings.guard_memory.guards == {guard_id: "stt.nimbus"}
    assert await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert house.engine_in_pipeline == guard_id
    assert guard_in(house).engine_id == "stt.nimbus"


async def test_a_renamed_guard_stays_in_the_pipelines(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """A pipeline with the old name would have no engine at all."""
    assert house.engine_in_pipeline is not None
    er.async_get(hass).async_update_entity(
        house.engine_in_pipeline, new_entity_id="stt.butler"
    )
    await hass.async_block_till_done()
    assert house.engine_in_pipeline == "stt.butler"
    await house.kitchen.speak()
    assert b"".join(house.cloud.heard) == SENTENCE
    assert entry.runtime_data.settings.guard_memory.guards == {"stt.butler": CLOUD}


async def test_an_engine_that_goes_and_comes_back(
    hass: HomeAssistant,
    house: House,
    entry: MockConfigEntry,
    utterances: list[Utterance],
) -> None:
    """Integrations are reloaded; Assist alone refuses meanwhile too."""
    cloudy = house.entries["cloudy"]
    await hass.config_entries.async_unload(cloudy.entry_id)
    await house.kitchen.speak()
    assert house.kitchen.error_code == "stt-stream-failed"
    assert house.local.heard == []
    assert utterances[0].decision.reasons == (Reason.ENGINE_MISSING,)
    assert utterances[0].decision.route is Route.REFUSE
    assert utterances[0].outcome is Outcome.BLOCKED

    again = Engine("cloud_speech")
    await add_entity_platform(
        hass, "cloudy", Platform.STT, [again], iot_class="cloud_push"
    )
    await house.kitchen.speak()
    assert again.entity_id == CLOUD
    assert b"".join(again.heard) == SENTENCE


async def test_protected_speech_is_recognised_while_the_engine_is_gone(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """The local engine does not need the other one."""
    await protect(house, house.kitchen)
    await hass.config_entries.async_unload(house.entries["cloudy"].entry_id)
    await house.kitchen.speak()
    assert house.kitchen.error_code is None
    assert b"".join(house.local.heard) == SENTENCE


async def test_a_legacy_engine_is_guarded_too(
    hass: HomeAssistant,
    house: House,
    entry: MockConfigEntry,
    utterances: list[Utterance],
) -> None:
    """Engines of the old kind have no entity, but hear as well as others."""
    oldie = LegacyEngine()
    oldie.name = "oldie"
    hass.data[DATA_PROVIDERS]["oldie"] = oldie
    await house.use_engine("oldie")
    assert entry.runtime_data.guards.guards == {house.engine_in_pipeline: "oldie"}
    await house.kitchen.speak()
    assert b"".join(oldie.heard) == SENTENCE
    assert utterances[0].transcript == "from a legacy engine"
    await protect(house, house.kitchen)
    oldie.heard.clear()
    await house.kitchen.speak()
    assert oldie.heard == []
    assert b"".join(house.local.heard) == SENTENCE


async def test_each_chunk_reaches_the_engine_before_the_next_is_spoken(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """A guard that waited for the end of the sentence would double the delay."""
    microphone = Microphone()
    speaking = hass.async_create_task(house.kitchen.speak(microphone))
    for number, chunk in enumerate(SPEECH, 1):
        house.cloud.got_chunk.clear()
        microphone.put(chunk)
        async with asyncio.timeout(1):
            while house.cloud.heard_bytes < number * len(chunk):
                house.cloud.got_chunk.clear()
                await house.cloud.got_chunk.wait()
    microphone.end()
    await speaking


async def _how_it_ends(satellite: Satellite) -> list[tuple[object, ...]]:
    """Let a satellite speak; return its events, error codes and what it raised."""
    satellite.events.clear()
    raised = ""
    try:
        await satellite.speak(end_stage=PipelineStage.INTENT)
    except Exception as error:  # noqa: BLE001
        raised = repr(error)
    return [
        *(
            (
                event.type,
                (event.data or {}).get("code"),
                (event.data or {}).get("message"),
            )
            for event in satellite.events
        ),
        (raised,),
    ]


FAILURES: dict[str, dict[str, Any]] = {
    "nothing wrong": {},
    "an exception": {"error": ValueError("broken")},
    "a network error": {"error": OSError("no route")},
    "a refused cloud account": {"error": Unauthenticated("signed out")},
    "a timeout": {"error": TimeoutError("slow")},
    "a failed result": {"state_to_report": stt.SpeechResultState.ERROR},
    "no text": {"text": ""},
    "no text at all": {"text": None},
}


@pytest.mark.parametrize("failure", FAILURES.values(), ids=FAILURES.keys())
async def test_an_engine_fails_just_as_without_a_guard(
    house: House, options: dict[str, object], failure: dict[str, Any]
) -> None:
    """Satellites, automations and people know the old errors."""
    for name, value in failure.items():
        setattr(house.cloud, name, value)
    alone = await _how_it_ends(house.kitchen)
    await set_up_entry(house, options)
    assert await _how_it_ends(house.kitchen) == alone
    assert house.cloud.calls == 2


async def test_an_engine_that_gives_up_by_itself_is_as_if_the_run_were_cancelled(
    house: House, options: dict[str, object]
) -> None:
    """So it is without a guard."""
    house.cloud.error = asyncio.CancelledError()  # type: ignore[assignment]
    with pytest.raises(asyncio.CancelledError):
        await house.kitchen.speak()
    await set_up_entry(house, options)
    with pytest.raises(asyncio.CancelledError):
        await house.kitchen.speak()


async def test_an_engine_is_seen_to_be_used(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """Its entity shows when it was last used, as it does without a guard."""
    await house.kitchen.speak()
    state = hass.states.get(CLOUD)
    assert state is not None
    assert state.state not in ("unknown", "unavailable")


class Progress:
    """Stand in for how releases from 2026.11 call an engine."""

    def __init__(self, *results: object) -> None:
        """Take what the engine yields."""
        self.results = results
        self.is_closed = False

    async def __call__(
        self, *, metadata: stt.SpeechMetadata, stream: AsyncIterable[bytes]
    ) -> AsyncGenerator[object]:
        """Yield one result for each chunk."""
        try:
            chunks = aiter(stream)
            for result in self.results:
                await anext(chunks)
                if isinstance(result, Exception):
                    raise result
                yield result
        finally:
            self.is_closed = True


def _partial(text: str) -> SimpleNamespace:
    """Return a partial result; releases before 2026.11 have no class for it."""
    return SimpleNamespace(text=text)


FINAL = stt.SpeechResult("turn on the light", stt.SpeechResultState.SUCCESS)


def _with_progress(house: House, *results: object) -> Progress:
    """Let the engine of the pipeline yield these results."""
    progress = Progress(*results)
    house.cloud.internal_async_process_audio_stream_with_progress = progress  # type: ignore[method-assign, attr-defined, unused-ignore]
    return progress


async def test_partial_results_are_passed_on_at_once(
    house: House, entry: MockConfigEntry, utterances: list[Utterance]
) -> None:
    """Displays show them while one speaks; they are not what is kept."""
    first, second = _partial("turn"), _partial("turn on")
    progress = _with_progress(house, first, second, FINAL)
    microphone = Microphone()
    results = guard_in(house).async_process_audio_stream_with_progress(
        METADATA, microphone
    )
    for expected, chunk in zip((first, second, FINAL), SPEECH, strict=False):
        microphone.put(chunk)
        assert await anext(results) is expected
    with pytest.raises(StopAsyncIteration):
        await anext(results)
    assert progress.is_closed
    assert microphone.is_closed
    assert utterances[0].transcript == FINAL.text


async def test_who_wants_no_partial_results_gets_the_final_one(
    house: House, entry: MockConfigEntry
) -> None:
    """This is how the pipeline calls a guard up to 2026.10."""
    _with_progress(house, _partial("turn"), FINAL)
    await house.kitchen.speak()
    assert house.kitchen.error_code is None


async def test_an_engine_without_a_final_result_has_failed(
    house: House, entry: MockConfigEntry, utterances: list[Utterance]
) -> None:
    """A run must not hang or take a partial result for the whole."""
    _with_progress(house, _partial("turn"))
    await house.kitchen.speak()
    assert house.kitchen.error_code == "stt-stream-failed"
    assert utterances[0].outcome is Outcome.ERROR
    assert utterances[0].transcript is None


async def test_an_engine_that_fails_after_partial_results(
    house: House, entry: MockConfigEntry
) -> None:
    """What it raised is raised."""
    _with_progress(house, _partial("turn"), ValueError("broken"))
    microphone = Microphone()
    microphone.put(*SPEECH)
    results = guard_in(house).async_process_audio_stream_with_progress(
        METADATA, microphone
    )
    await anext(results)
    with pytest.raises(ValueError, match="broken"):
        await anext(results)


async def test_who_stops_asking_closes_the_engine(
    house: House, entry: MockConfigEntry
) -> None:
    """An engine that nobody listens to must not go on listening."""
    progress = _with_progress(house, _partial("turn"), _partial("turn on"), FINAL)
    microphone = Microphone()
    results = guard_in(house).async_process_audio_stream_with_progress(
        METADATA, microphone
    )
    microphone.put(SPEECH[0])
    await anext(results)
    await results.aclose()
    assert progress.is_closed
    assert microphone.is_closed


async def test_results_that_come_after_protection_are_not_passed_on(
    house: House, entry: MockConfigEntry, utterances: list[Utterance]
) -> None:
    """Some wait already while the one before is shown."""
    _with_progress(house, _partial("turn"), _partial("turn on"), FINAL)
    microphone = Microphone()
    microphone.put(*SPEECH)
    results = guard_in(house).async_process_audio_stream_with_progress(
        METADATA, microphone
    )
    assert (await anext(results)).text == "turn"
    await protect(house)
    rest = [result async for result in results]
    assert [result.result for result in rest] == [stt.SpeechResultState.ERROR]
    assert utterances[0].outcome is Outcome.BLOCKED
    assert utterances[0].transcript is None


async def test_a_refusal_is_one_failed_result(
    house: House, options: dict[str, object]
) -> None:
    """As from an engine that fails."""
    options[CONF_LOCAL_ENGINES] = []
    await set_up_entry(house, options)
    await protect(house)
    results = guard_in(house).async_process_audio_stream_with_progress(
        METADATA, Microphone()
    )
    assert [result.result async for result in results] == [stt.SpeechResultState.ERROR]
