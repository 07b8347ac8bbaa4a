"""Ways to speak to the house other than with its satellites, and engines that behave oddly."""

import asyncio
from collections.abc import AsyncIterable, Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, override
from unittest.mock import patch

from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import (
    ClientSessionGenerator,
    MockHAClientWebSocket,
)

from custom_components.voice_retention.const import CONF_INITIAL, DOMAIN
from custom_components.voice_retention.keeper import Keeper
from custom_components.voice_retention.policy.models import Utterance
from custom_components.voice_retention.stt import SttGuard
from homeassistant.components import stt
from homeassistant.components.assist_pipeline import Pipeline, async_get_pipeline
from homeassistant.components.assist_pipeline.pipeline import KEY_ASSIST_PIPELINE
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from tests.house import SPEECH, Engine, House, Satellite
from tests.lookup import OTHER, satellite_key

METADATA = stt.SpeechMetadata(
    language="en",
    format=stt.AudioFormats.WAV,
    codec=stt.AudioCodecs.PCM,
    bit_rate=stt.AudioBitRates.BITRATE_16,
    sample_rate=stt.AudioSampleRates.SAMPLERATE_16000,
    channel=stt.AudioChannels.CHANNEL_MONO,
)


@contextmanager
def collected_utterances() -> Iterator[list[Utterance]]:
    """Collect the finished sentences on their way to the keeper of an entry set up in here."""
    collected: list[Utterance] = []
    keep = Keeper.async_keep

    def collect(keeper: Keeper, utterance: Utterance) -> None:
        collected.append(utterance)
        keep(keeper, utterance)

    with patch.object(Keeper, "async_keep", collect):
        yield collected


async def protect(
    house: House, satellite: Satellite | None = None, *, on: bool = True
) -> None:
    """Turn the switch of a satellite, or of the other voice clients."""
    assert house.entry is not None
    key = OTHER if satellite is None else satellite_key(house.hass, satellite)
    await house.entry.runtime_data.settings.async_update_satellite(
        key, dont_send_audio=on
    )


class WebsocketVoice:
    """A client that speaks over the websocket, as apps and browsers do."""

    def __init__(self, client: MockHAClientWebSocket) -> None:
        """Take a connection."""
        self._client = client
        self._handler = 0

    async def start(self, **fields: Any) -> None:
        """Start a run and wait until it wants audio."""
        await self._client.send_json_auto_id(
            {
                "type": "assist_pipeline/run",
                "start_stage": "stt",
                "end_stage": "stt",
                "input": {"sample_rate": 16000},
                **fields,
            }
        )
        assert (await self._client.receive_json())["success"]
        start = await self._event("run-start")
        self._handler = start["data"]["runner_data"]["stt_binary_handler_id"]
        await self._event("stt-start")

    async def say(self, *chunks: bytes) -> None:
        """Send audio."""
        for chunk in chunks:
            await self._client.send_bytes(bytes([self._handler]) + chunk)

    async def end(self) -> str | None:
        """Fall silent, wait for the end and return the error, if there was one."""
        await self.say(b"")
        return await self.error()

    async def error(self) -> str | None:
        """Wait for the end of the run and return its error."""
        error: str | None = None
        while (event := await self._next())["type"] != "run-end":
            if event["type"] == "error":
                error = event["data"]["code"]
        return error

    async def speak(self, **fields: Any) -> str | None:
        """Speak a sentence and return the error, if there was one."""
        await self.start(**fields)
        await self.say(*SPEECH)
        return await self.end()

    async def _event(self, kind: str) -> Any:
        while (event := await self._next())["type"] != kind:
            pass
        return event

    async def _next(self) -> Any:
        async with asyncio.timeout(5):
            return (await self._client.receive_json())["event"]


async def post_speech(client: ClientSessionGenerator, engine_id: str | None) -> Any:
    """Send a sentence to an engine as a web client does, and return the answer."""
    response = await (await client()).post(
        f"/api/stt/{engine_id}",
        data=b"".join(SPEECH),
        headers={
            "X-Speech-Content": "format=wav; codec=pcm; sample_rate=16000; bit_rate=16;"
            " channel=1; language=en"
        },
    )
    assert response.status == 200
    return await response.json()


class LegacyEngine(stt.Provider):
    """An engine of the old kind, without an entity."""

    def __init__(self) -> None:
        """Start with nothing heard."""
        self.heard: list[bytes] = []

    @property
    @override
    def supported_languages(self) -> list[str]:
        return ["en"]

    @property
    @override
    def supported_formats(self) -> list[stt.AudioFormats]:
        return [stt.AudioFormats.WAV]

    @property
    @override
    def supported_codecs(self) -> list[stt.AudioCodecs]:
        return [stt.AudioCodecs.PCM]

    @property
    @override
    def supported_bit_rates(self) -> list[stt.AudioBitRates]:
        return [stt.AudioBitRates.BITRATE_16]

    @property
    @override
    def supported_sample_rates(self) -> list[stt.AudioSampleRates]:
        return [stt.AudioSampleRates.SAMPLERATE_16000]

    @property
    @override
    def supported_channels(self) -> list[stt.AudioChannels]:
        return [stt.AudioChannels.CHANNEL_MONO]

    @override
    async def async_process_audio_stream(
        self, metadata: stt.SpeechMetadata, stream: AsyncIterable[bytes]
    ) -> stt.SpeechResult:
        self.heard.extend([chunk async for chunk in stream])
        return stt.SpeechResult("from a legacy engine", stt.SpeechResultState.SUCCESS)


type Listening = Callable[[AsyncIterable[bytes]], Awaitable[None]]


class ScriptedEngine(Engine):
    """An engine whose way of listening a test writes."""

    def __init__(self, name: str) -> None:
        """Take a name; the test sets ``listen``."""
        super().__init__(name)
        self.listen: Listening | None = None

    @override
    async def async_process_audio_stream(
        self, metadata: stt.SpeechMetadata, stream: AsyncIterable[bytes]
    ) -> stt.SpeechResult:
        if self.listen is None:
            return await super().async_process_audio_stream(metadata, stream)
        await self.listen(stream)
        return stt.SpeechResult(self.text, self.state_to_report)


async def set_up_entry(house: House, options: Mapping[str, object]) -> MockConfigEntry:
    """Set the integration up in the house, where the fixture would be too early."""
    entry = MockConfigEntry(
        domain=DOMAIN,
        data={CONF_INITIAL: {"keep_recordings": "1_day", "keep_transcripts": "same"}},
        options=options,
    )
    entry.add_to_hass(house.hass)
    assert await house.hass.config_entries.async_setup(entry.entry_id)
    await house.hass.async_block_till_done()
    house.entry = entry
    return entry


async def add_pipeline(hass: HomeAssistant, name: str, **changes: Any) -> Pipeline:
    """Add a pipeline like the preferred one, with these changes."""
    fields = async_get_pipeline(hass).to_json() | {"name": name} | changes
    fields.pop("id")
    store = hass.data[KEY_ASSIST_PIPELINE].pipeline_store
    pipeline: Pipeline = await store.async_create_item(fields)
    await hass.async_block_till_done()
    return pipeline


def device_of(hass: HomeAssistant, satellite: Satellite) -> str:
    """Return the device of a satellite."""
    entry = er.async_get(hass).async_get(satellite.entity_id)
    assert entry is not None
    assert entry.device_id is not None
    return entry.device_id


def guard_in(house: House) -> SttGuard:
    """Return the guard in the preferred pipeline."""
    assert house.engine_in_pipeline is not None
    guard = stt.async_get_speech_to_text_entity(house.hass, house.engine_in_pipeline)
    assert isinstance(guard, SttGuard)
    return guard
