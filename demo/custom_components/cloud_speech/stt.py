"""The speech-to-text engine of the stand-in."""

from collections.abc import AsyncIterable, AsyncIterator
from contextlib import suppress
from typing import override
from urllib.parse import quote

from aiohttp import ClientError

from homeassistant.components import stt
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_NAME, CONF_URL
from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import CONF_WAY, Way

CHUNKS_BEFORE_CRASH = 30


async def async_setup_entry(
    hass: HomeAssistant,
    entry: ConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the one engine of an entry."""
    async_add_entities([CloudSpeechEntity(entry)])


class CloudSpeechEntity(stt.SpeechToTextEntity):
    """Sends what it hears to an address outside of Home Assistant."""

    def __init__(self, entry: ConfigEntry) -> None:
        """Take name, address and way from the entry."""
        self._attr_name = entry.data[CONF_NAME]
        self._attr_unique_id = entry.entry_id
        self._way = Way(entry.data[CONF_WAY])
        self._url = f"{entry.data[CONF_URL]}/speech/{quote(entry.data[CONF_NAME])}"

    @property
    @override
    def supported_languages(self) -> list[str]:
        return ["en", "en-US", "en-GB", "de"]

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
        """Send the audio and return the provider's transcript."""
        with suppress(ClientError, OSError):
            async with async_get_clientsession(self.hass).post(
                self._url, data=self._body(stream)
            ) as response:
                response.raise_for_status()
                text = (await response.json())["text"]
                return stt.SpeechResult(text, stt.SpeechResultState.SUCCESS)
        return stt.SpeechResult(None, stt.SpeechResultState.ERROR)

    async def _body(self, stream: AsyncIterable[bytes]) -> AsyncIterator[bytes]:
        """Yield the audio in the engine's way."""
        if self._way is Way.BUFFER:
            yield b"".join([chunk async for chunk in stream])
            return
        count = 0
        async for chunk in stream:
            yield chunk
            count += 1
            if self._way is Way.CRASH and count == CHUNKS_BEFORE_CRASH:
                raise RuntimeError("crashed as told")
