"""The guard of a voice looks like it, and lets only those speak a reply that may."""

import asyncio
import io
from pathlib import Path
from typing import Any
import wave

import pytest
from pytest_homeassistant_custom_component.common import async_capture_events

from custom_components.voice_retention.const import CONF_LOCAL_VOICES
from custom_components.voice_retention.policy.models import Content
from homeassistant.components import tts
from homeassistant.components.assist_pipeline import (
    PipelineEventType,
    PipelineStage,
    async_get_pipeline,
)
from homeassistant.const import EVENT_STATE_CHANGED
from homeassistant.core import HomeAssistant
from tests.house import House
from tests.lookup import settle
from tests.speaking import set_up_entry
from tests.talking import (
    CLOUD_VOICE,
    LOCAL_VOICE,
    LegacyVoice,
    StreamingVoice,
    TalkingHouse,
    furnish,
)

WORDS = "tell me about the purple walrus"
LONG = [
    "The purple walrus lives ",
    "in the cold sea, far away from here, ",
    "where nobody ever ",
    "has seen it, ",
    "they say.",
]


@pytest.fixture
async def home(house: House, options: dict[str, object]) -> TalkingHouse:
    """Furnish the house, and set the integration up in it with a local voice."""
    home = await furnish(house)
    await set_up_entry(house, options | {CONF_LOCAL_VOICES: [LOCAL_VOICE]})
    return home


@pytest.fixture
async def streaming(house: House, options: dict[str, object]) -> TalkingHouse:
    """Furnish the house with voices that speak while the text is coming."""
    home = await furnish(house, voices=StreamingVoice, stands_in=StreamingVoice)
    await set_up_entry(house, options | {CONF_LOCAL_VOICES: [LOCAL_VOICE]})
    home.cloud.answer = home.local.answer = LONG
    return home


def voice_of(home: TalkingHouse) -> str:
    """Return the voice of the preferred pipeline."""
    return str(async_get_pipeline(home.hass).tts_engine)


def guard_of(home: TalkingHouse) -> tts.TextToSpeechEntity:
    """Return the guard in the preferred pipeline."""
    guard = tts.get_engine_instance(home.hass, voice_of(home))
    assert isinstance(guard, tts.TextToSpeechEntity)
    assert guard.entity_id != CLOUD_VOICE
    return guard


async def ledger_of(home: TalkingHouse) -> list[Any]:
    """Return the last thing that the ledger says of each speaker's replies."""
    await settle(home.hass)
    assert home.house.entry is not None
    async with home.house.entry.runtime_data.storage.async_use() as vault:
        return list((await vault.ledger.last_runs(Content.RESPONSE)).values())


def is_silence(audio: bytes, *, rate: int = 16000) -> bool:
    """Return whether a WAV file is silent."""
    with wave.open(io.BytesIO(audio)) as reader:
        assert reader.getframerate() == rate
        frames = reader.readframes(reader.getnframes())
    return bool(frames) and not any(frames)


def spoken_files(hass: HomeAssistant) -> list[str]:
    """List the files of spoken replies."""
    folder = Path(hass.data[tts.DATA_TTS_MANAGER].cache_dir)
    return sorted(item.name.partition("_")[2] for item in folder.iterdir())


async def test_the_guard_looks_like_its_voice(home: TalkingHouse) -> None:
    """Home Assistant checks languages and options before anything is spoken."""
    guard = guard_of(home)
    assert home.hass.states.get(guard.entity_id).name == (
        "Voice Retention cloud_voice (guarded)"
    )
    assert guard.supported_languages == ["en", "de"]
    assert guard.default_language == "en"
    assert guard.supported_options == [tts.ATTR_VOICE]
    assert guard.default_options is None
    assert not guard.async_supports_streaming_input()
    assert guard.async_get_supported_voices("en") == [tts.Voice("nova", "Nova")]


async def test_while_its_voice_is_away_the_guard_offers_what_it_saw_or_what_is_local(
    home: TalkingHouse,
) -> None:
    """A reply that must stay at home can be spoken all the same."""
    guard = guard_of(home)
    assert guard.supported_languages == ["en", "de"]
    home.local_voice._attr_supported_languages = ["en"]
    cloudy = home.house.entries["cloudy_voice"]
    await home.hass.config_entries.async_unload(cloudy.entry_id)
    assert guard.supported_languages == ["en", "de"]
    assert guard.async_get_supported_voices("en") is None
    assert home.house.entry is not None
    await home.hass.config_entries.async_reload(home.house.entry.entry_id)
    await home.hass.async_block_till_done()
    await home.edit(tts_voice=None)
    await home.close(home.house.kitchen)
    assert guard_of(home).supported_languages == ["en"]
    assert b"local_voice: " in await home.ask(home.house.kitchen, WORDS)
    # Nobody forbade it to the other satellite: there it is just not there.
    assert is_silence(await home.ask(home.house.bedroom, WORDS))
    await home.hass.config_entries.async_unload(
        home.house.entries["homely_voice"].entry_id
    )
    assert guard_of(home).supported_languages == []


async def test_an_open_satellite_hears_its_voice_as_ever(home: TalkingHouse) -> None:
    """Nothing but the name of the voice is different."""
    assert await home.ask(home.house.kitchen, WORDS) == b"cloud_voice: All right"
    assert home.cloud_voice.options == [{tts.ATTR_VOICE: "nova"}]
    (entry,) = await ledger_of(home)
    assert (entry.engine_id, entry.characters) == (CLOUD_VOICE, len("All right"))
    assert (entry.locality, entry.route) == ("cloud", "engine")
    assert entry.satellite_id == home.house.kitchen.entity_id
    assert entry.run_id
    # Said again, it comes from the cache, which goes by the name of the guard.
    await home.ask(home.house.bedroom, WORDS)
    assert len(home.cloud_voice.said) == 1
    assert [name for name in spoken_files(home.hass) if voice_of(home) in name]


async def test_a_closed_satellite_hears_a_voice_at_home(home: TalkingHouse) -> None:
    """The next one who gets the same reply hears the usual voice again."""
    await home.close(home.house.kitchen)
    home.local.answer = home.cloud.answer
    reply = await home.ask(home.house.kitchen, WORDS)
    assert reply.startswith(b"local_voice: ")
    assert home.cloud_voice.said == []
    assert home.local_voice.options == [{}]
    (entry,) = await ledger_of(home)
    assert (entry.engine_id, entry.locality) == (LOCAL_VOICE, "local")
    assert (entry.route, entry.reasons) == ("local_engine", ("dont_send",))
    # Home Assistant keeps it under the name of who really spoke.
    assert [name.rpartition("_tts.")[2] for name in spoken_files(home.hass)] == [
        "local_voice.wav"
    ]
    home.cloud.answer = [reply.decode().removeprefix("local_voice: ")]
    assert (await home.ask(home.house.bedroom, WORDS)).startswith(b"cloud_voice: ")


async def test_a_voice_at_home_in_the_pipeline_stays(home: TalkingHouse) -> None:
    """What it said is kept for the next one, too."""
    await home.edit(tts_engine=LOCAL_VOICE)
    await home.close(home.house.kitchen)
    for _ in range(2):
        assert (await home.ask(home.house.kitchen, WORDS)).startswith(b"local_voice: ")
    assert len(home.local_voice.said) == 1
    assert home.local_voice.options == [{tts.ATTR_VOICE: "nova"}]


@pytest.mark.parametrize("voices", [[], [LOCAL_VOICE]])
async def test_without_a_voice_that_may_get_it_a_reply_is_silence(
    house: House, options: dict[str, object], voices: list[str]
) -> None:
    """The run ends with its text all the same, and nobody else gets the silence."""
    home = await furnish(house)
    home.local_voice._attr_supported_languages = ["fi"]
    await set_up_entry(house, options | {CONF_LOCAL_VOICES: voices})
    await home.close(house.kitchen)
    events = async_capture_events(home.hass, EVENT_STATE_CHANGED)
    assert is_silence(await home.ask(house.kitchen, WORDS))
    assert house.kitchen.events[-1].type is PipelineEventType.RUN_END
    assert house.kitchen.error_code is None
    assert home.cloud_voice.said == []
    await settle(home.hass)
    (blocked,) = [
        state
        for event in events
        if (state := event.data["new_state"]).domain == "event"
        and state.attributes.get("event_type") == "blocked"
    ]
    assert blocked.attributes["content"] == "response"
    assert blocked.attributes["reason"] == "dont_send, no_local_voice"
    assert spoken_files(home.hass) == []
    reply = house.kitchen.events[-3].data["tts_input"]
    home.cloud.answer = [reply]
    assert await home.ask(house.bedroom, WORDS) == f"cloud_voice: {reply}".encode()


async def test_an_announcement_goes_by_its_satellite(
    home: TalkingHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No run is going on then, and the same words may go to several rooms at once."""
    await home.close(home.house.kitchen)

    async def announce(*satellites: Any) -> list[bytes]:
        """Announce something, and fetch what each satellite is to play."""
        announced = [
            await satellite._resolve_announcement_media_id("Dinner", None)
            for satellite in satellites
        ]
        streams = [
            tts.async_get_stream(home.hass, item.tts_token) for item in announced
        ]
        return [
            b"".join([chunk async for chunk in stream.async_stream_result()])
            for stream in streams
        ]

    assert await announce(home.house.kitchen, home.house.bedroom) == [
        b"local_voice: Dinner",
        b"cloud_voice: Dinner",
    ]
    assert home.cloud_voice.said == ["Dinner"]
    (entry,) = [
        item
        for item in await ledger_of(home)
        if item.satellite_id == home.house.bedroom.entity_id
    ]
    assert entry.run_id is None
    # A satellite that is in no registry may be any.
    assert home.house.entry is not None
    directory = home.house.entry.runtime_data.satellites
    monkeypatch.setattr(directory, "by_entity_id", lambda entity_id: None)
    home.cloud_voice.said.clear()
    await home.house.bedroom._resolve_announcement_media_id("Supper", None)
    await home.hass.async_block_till_done()
    assert home.cloud_voice.said == []


async def test_an_unknown_speaker_gets_the_strictest_rule(home: TalkingHouse) -> None:
    """Any automation may have something spoken."""

    async def speak(message: str) -> bytes:
        stream = tts.async_create_stream(
            home.hass, voice_of(home), "en", {"preferred_format": "wav"}
        )
        stream.async_set_message(message)
        return b"".join([chunk async for chunk in stream.async_stream_result()])

    assert await speak("one") == b"cloud_voice: one"
    await home.close(home.house.bedroom)
    assert await speak("two") == b"local_voice: two"
    assert home.cloud_voice.said == ["one"]
    # Without Home Assistant's cache in between, there is nothing to keep out of it.
    extension, audio = await guard_of(home).async_get_tts_audio("three", "en", {})
    assert (extension, audio) == ("wav", b"local_voice: three")


async def test_a_streamed_reply_is_spoken_while_it_comes(
    streaming: TalkingHouse,
) -> None:
    """That is what streaming is for, with the usual voice and with another one."""
    home = streaming
    assert guard_of(home).async_supports_streaming_input()
    assert await home.ask(home.house.kitchen, WORDS) == (
        f"cloud_voice: {''.join(LONG)}".encode()
    )
    assert len(home.cloud_voice.said) > 1
    (entry,) = await ledger_of(home)
    assert entry.characters == len("".join(LONG))
    await home.close(home.house.bedroom)
    await home.edit(conversation_engine="conversation.local_agent")
    assert await home.ask(home.house.bedroom, WORDS) == (
        f"local_voice: {''.join(LONG)}".encode()
    )
    assert len(home.local_voice.said) > 1
    assert spoken_files(home.hass) == []


async def test_a_streamed_reply_may_be_spoken_by_a_voice_that_wants_it_whole(
    house: House, options: dict[str, object]
) -> None:
    """Not every local voice streams; and without any there is silence."""
    home = await furnish(house, voices=StreamingVoice)
    await set_up_entry(house, options | {CONF_LOCAL_VOICES: [LOCAL_VOICE]})
    home.local.answer = LONG
    await home.close(house.kitchen)
    await home.edit(conversation_engine="conversation.local_agent")
    assert await home.ask(house.kitchen, WORDS) == (
        f"local_voice: {''.join(LONG)}".encode()
    )
    home.local_voice._attr_supported_languages = ["fi"]
    assert is_silence(await home.ask(house.kitchen, WORDS))
    assert home.cloud_voice.said == []


async def test_a_voice_gets_no_more_text_once_it_may_not(
    streaming: TalkingHouse,
) -> None:
    """The switch is turned on in the middle of a reply."""
    home = streaming
    home.cloud_voice.go_on.clear()
    await home.say(home.house.kitchen, WORDS, end_stage=PipelineStage.TTS)
    said = list(home.cloud_voice.said)
    assert said
    await home.close(home.house.kitchen)
    home.cloud_voice.go_on.set()
    audio = await home.hear(home.house.kitchen)
    assert home.cloud_voice.said == said
    assert audio == f"cloud_voice: {''.join(said)}".encode()
    (entry,) = await ledger_of(home)
    assert entry.reasons == ("allowed", "protection_turned_on")
    assert entry.characters == len("".join(said))


async def test_a_voice_that_wants_the_whole_text_gets_none_once_it_may_not(
    streaming: TalkingHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would send everything at the end."""
    home = streaming
    sent: list[str] = []
    is_waiting, go_on = asyncio.Event(), asyncio.Event()

    async def collect(
        self: StreamingVoice, request: tts.TTSAudioRequest
    ) -> tts.TTSAudioResponse:
        text = ""
        async for part in request.message_gen:
            text += part
            is_waiting.set()
            await go_on.wait()
        sent.append(text)
        raise ValueError("out of order")

    monkeypatch.setattr(StreamingVoice, "async_stream_tts_audio", collect)
    await home.say(home.house.kitchen, WORDS, end_stage=PipelineStage.TTS)
    await is_waiting.wait()
    await home.close(home.house.kitchen)
    go_on.set()
    assert is_silence(await home.hear(home.house.kitchen))
    assert sent == []
    # A voice that fails of its own accord fails as ever.
    await home.close(home.house.kitchen, on=False)
    await home.say(home.house.kitchen, WORDS, end_stage=PipelineStage.TTS)
    with pytest.raises(ValueError, match="out of order"):
        await home.hear(home.house.kitchen)
    assert sent


async def test_a_voice_of_the_old_kind_is_guarded(home: TalkingHouse) -> None:
    """It has no entity, only a name."""
    legacy = LegacyVoice()
    home.hass.data[tts.DATA_TTS_MANAGER].async_register_legacy_engine(
        "oldie", legacy, {}
    )
    await home.edit(tts_engine="oldie", tts_voice=None)
    assert guard_of(home).default_language == "en"
    assert await home.ask(home.house.kitchen, WORDS) == b"Oldie: All right"
    await home.close(home.house.bedroom)
    assert (await home.ask(home.house.bedroom, WORDS)).startswith(b"local_voice: ")
    assert legacy.said == ["All right"]


async def test_silence_is_in_the_format_that_the_satellite_plays(
    house: House, options: dict[str, object]
) -> None:
    """A voice that makes the format itself is not helped by Home Assistant."""
    home = await furnish(house)
    home.cloud_voice._attr_supported_options = [
        tts.ATTR_PREFERRED_FORMAT,
        tts.ATTR_PREFERRED_SAMPLE_RATE,
        tts.ATTR_PREFERRED_SAMPLE_BYTES,
    ]
    await home.edit(tts_voice=None)
    await set_up_entry(house, options)
    guard = guard_of(home)
    await home.close(None)
    _, audio = await guard.async_get_tts_audio(
        "x", "en", {"preferred_format": "wav", "preferred_sample_rate": 8000}
    )
    assert audio is not None
    assert is_silence(audio, rate=8000)
    _, audio = await guard.async_get_tts_audio("x", "en", {"preferred_sample_bytes": 1})
    assert audio is not None
    assert set(audio[44:]) == {0x80}


async def test_a_faulty_voice_is_passed_over(
    home: TalkingHouse,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """One faulty engine must not silence the others."""
    await home.close(home.house.kitchen)

    def fail(*args: object) -> None:
        raise AttributeError("changed")

    monkeypatch.setattr(
        "custom_components.voice_retention.assist.reply.fitting_language", fail
    )
    assert is_silence(await home.ask(home.house.kitchen, WORDS))
    assert f"{LOCAL_VOICE} does not say what it takes" in caplog.text
