"""A house to test in: real Assist and registries, and an engine that only listens."""

import asyncio
from collections.abc import AsyncIterable, AsyncIterator
from dataclasses import dataclass, field
from typing import Any, override

from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    MockModule,
    mock_config_flow,
    mock_integration,
    mock_platform,
)

from homeassistant.components import stt
from homeassistant.components.assist_pipeline import (
    PipelineEvent,
    PipelineEventType,
    PipelineStage,
    async_get_pipeline,
    async_update_pipeline,
)
from homeassistant.components.assist_satellite import (
    AssistSatelliteAnnouncement,
    AssistSatelliteConfiguration,
    AssistSatelliteEntity,
)
from homeassistant.config_entries import ConfigEntry, ConfigFlow
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

SPEECH = [bytes([number]) * 640 for number in range(1, 9)]
"""Eight chunks of 20 ms, each unlike the others."""


class Engine(stt.SpeechToTextEntity):
    """An engine that hears everything and answers what it is told to."""

    _attr_has_entity_name = False

    def __init__(self, name: str, *, languages: list[str] | None = None) -> None:
        """Take a name, which also makes the entity id."""
        self._attr_name = name
        self._attr_unique_id = name
        self._languages = languages or ["en"]
        self.heard: list[bytes] = []
        self.calls = 0
        self.languages_asked: list[str] = []
        self.text: str | None = "turn on the light"
        self.understands = False
        """Whether the audio itself is the text."""

        self.error: Exception | None = None
        self.state_to_report = stt.SpeechResultState.SUCCESS
        self.got_chunk = asyncio.Event()
        self.go_on: asyncio.Event | None = None
        """When set, the engine waits for it after all audio."""

        self.stops_after: int | None = None
        """When set, the engine has heard enough after so many chunks."""

    @property
    @override
    def supported_languages(self) -> list[str]:
        return self._languages

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

    @property
    def heard_bytes(self) -> int:
        """Return how much audio reached this engine."""
        return sum(len(chunk) for chunk in self.heard)

    @override
    async def async_process_audio_stream(
        self, metadata: stt.SpeechMetadata, stream: AsyncIterable[bytes]
    ) -> stt.SpeechResult:
        """Listen."""
        self.calls += 1
        self.languages_asked.append(metadata.language)
        heard = b""
        async for chunk in stream:
            self.heard.append(chunk)
            heard += chunk
            self.got_chunk.set()
            if self.error is not None:
                raise self.error
            if self.stops_after is not None and len(self.heard) >= self.stops_after:
                break
        if self.go_on is not None:
            await self.go_on.wait()
        text = heard.strip(b"\0").decode() if self.understands else self.text
        return stt.SpeechResult(text, self.state_to_report)


class Satellite(AssistSatelliteEntity):
    """A satellite with a microphone that a test speaks into."""

    _attr_has_entity_name = False

    def __init__(self, name: str) -> None:
        """Take a name, which also makes the entity id and the device."""
        self._attr_name = name
        self._attr_unique_id = f"{name}-satellite"
        self._attr_device_info = DeviceInfo(
            identifiers={("house", name)}, name=name.title()
        )
        self.events: list[PipelineEvent] = []
        self.tts_format: str | None = None
        """What it plays; Home Assistant's own choice if none."""

    @property
    @override
    def tts_options(self) -> dict[str, Any] | None:
        """Return what it plays."""
        return (
            None if self.tts_format is None else {"preferred_format": self.tts_format}
        )

    @callback
    @override
    def async_get_configuration(self) -> AssistSatelliteConfiguration:
        return AssistSatelliteConfiguration([], [], 1)

    @override
    async def async_set_configuration(
        self, config: AssistSatelliteConfiguration
    ) -> None:
        """Do nothing."""

    @override
    async def async_announce(self, announcement: AssistSatelliteAnnouncement) -> None:
        """Do nothing: a test fetches what is to be spoken."""

    @override
    async def async_start_conversation(
        self, start_announcement: AssistSatelliteAnnouncement
    ) -> None:
        """Do nothing: a test answers when it likes."""

    @callback
    @override
    def on_pipeline_event(self, event: PipelineEvent) -> None:
        self.events.append(event)

    @property
    def error_code(self) -> str | None:
        """Return the code of the error that the last run ended with."""
        for event in reversed(self.events):
            if event.type is PipelineEventType.ERROR and event.data:
                return str(event.data["code"])
            if event.type is PipelineEventType.RUN_START:
                return None
        return None

    async def speak(
        self,
        chunks: list[bytes] | AsyncIterator[bytes] | None = None,
        *,
        end_stage: PipelineStage = PipelineStage.STT,
    ) -> None:
        """Speak a sentence and wait until its run is over."""
        stream = chunks if isinstance(chunks, AsyncIterator) else say(chunks or SPEECH)
        await self.async_accept_pipeline_from_satellite(stream, end_stage=end_stage)


class Microphone(AsyncIterator[bytes]):
    """Audio that comes when the test says so."""

    def __init__(self) -> None:
        """Start silent."""
        self._queue: asyncio.Queue[bytes | None] = asyncio.Queue()
        self.is_closed = False

    def put(self, *chunks: bytes) -> None:
        """Speak."""
        for chunk in chunks:
            self._queue.put_nowait(chunk)

    def end(self) -> None:
        """Fall silent."""
        self._queue.put_nowait(None)

    @override
    async def __anext__(self) -> bytes:
        """Wait for the next chunk."""
        if (chunk := await self._queue.get()) is None:
            raise StopAsyncIteration
        return chunk

    async def aclose(self) -> None:
        """Note that nobody listens any more."""
        self.is_closed = True


async def say(chunks: list[bytes]) -> AsyncIterator[bytes]:
    """Speak chunks one after the other."""
    for chunk in chunks:
        await asyncio.sleep(0)
        yield chunk


@dataclass
class House:
    """The engines and satellites of the house, and the integration in it."""

    hass: HomeAssistant
    cloud: Engine
    local: Engine
    kitchen: Satellite
    bedroom: Satellite
    entry: MockConfigEntry | None = None
    entries: dict[str, ConfigEntry[Any]] = field(default_factory=dict)

    async def use_engine(self, engine_id: str | None) -> None:
        """Give the preferred pipeline another engine."""
        await async_update_pipeline(
            self.hass,
            async_get_pipeline(self.hass),
            stt_engine=engine_id,
            stt_language="en" if engine_id else None,
        )
        await self.hass.async_block_till_done()

    @property
    def engine_in_pipeline(self) -> str | None:
        """Return the engine of the preferred pipeline."""
        return async_get_pipeline(self.hass).stt_engine


async def add_entity_platform(
    hass: HomeAssistant,
    domain: str,
    platform: Platform,
    entities: list[Any],
    *,
    iot_class: str,
) -> MockConfigEntry:
    """Set up an integration that has these entities."""

    async def setup_entry(hass: HomeAssistant, entry: ConfigEntry[Any]) -> bool:
        await hass.config_entries.async_forward_entry_setups(entry, [platform])
        return True

    async def unload_entry(hass: HomeAssistant, entry: ConfigEntry[Any]) -> bool:
        return await hass.config_entries.async_unload_platforms(entry, [platform])

    async def setup_platform(
        hass: HomeAssistant,
        entry: ConfigEntry[Any],
        async_add_entities: AddConfigEntryEntitiesCallback,
    ) -> None:
        async_add_entities(entities)

    mock_integration(
        hass,
        MockModule(
            domain,
            async_setup_entry=setup_entry,
            async_unload_entry=unload_entry,
            partial_manifest={"iot_class": iot_class},
        ),
    )
    mock_platform(hass, f"{domain}.config_flow")
    mock_platform(
        hass,
        f"{domain}.{platform}",
        type("Platform", (), {"async_setup_entry": staticmethod(setup_platform)}),
    )
    entry = MockConfigEntry(domain=domain, title=domain)
    entry.add_to_hass(hass)
    with mock_config_flow(domain, ConfigFlow):
        assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    return entry
