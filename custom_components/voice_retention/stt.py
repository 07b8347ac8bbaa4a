"""Stand in front of speech-to-text engines."""

from collections.abc import AsyncGenerator, AsyncIterable
from contextlib import aclosing
from typing import override

from homeassistant.components import stt
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .assist.engines import Capabilities, SttResult, find_engine
from .assist.pipelines import EngineKind
from .assist.sentence import guard_sentence
from .data import VoiceRetentionConfigEntry
from .guard_entity import GuardEntity, async_serve_guards

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant,
    entry: VoiceRetentionConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the guards."""
    async_serve_guards(hass, entry, EngineKind.STT, SttGuard, async_add_entities)


class SttGuard(GuardEntity, stt.SpeechToTextEntity):
    """Decide who may hear.

    While the engine is not loaded, it takes whatever the household's local engines take, so
    that speech that must stay at home still can be recognised.
    """

    _seen: Capabilities | None = None

    @property
    def capabilities(self) -> Capabilities:
        """Return what the engine takes, or what it took when it was last seen."""
        if (engine := find_engine(self.hass, self.engine_id)) is not None:
            self._seen = Capabilities.of(engine)
        return self._seen or self._local_capabilities()

    @property
    @override
    def supported_languages(self) -> list[str]:
        """Return the languages of the engine."""
        return self.capabilities.languages

    @property
    @override
    def supported_formats(self) -> list[stt.AudioFormats]:
        """Return the container formats of the engine."""
        return self.capabilities.formats

    @property
    @override
    def supported_codecs(self) -> list[stt.AudioCodecs]:
        """Return the codecs of the engine."""
        return self.capabilities.codecs

    @property
    @override
    def supported_bit_rates(self) -> list[stt.AudioBitRates]:
        """Return the sample widths of the engine."""
        return self.capabilities.bit_rates

    @property
    @override
    def supported_sample_rates(self) -> list[stt.AudioSampleRates]:
        """Return the sample rates of the engine."""
        return self.capabilities.sample_rates

    @property
    @override
    def supported_channels(self) -> list[stt.AudioChannels]:
        """Return the channel counts of the engine."""
        return self.capabilities.channels

    @property
    @override
    def audio_processing(self) -> stt.SpeechAudioProcessing:
        """Return how the engine wants its audio prepared."""
        return self.capabilities.audio_processing

    @callback
    @override
    def check_metadata(self, metadata: stt.SpeechMetadata) -> bool:
        """Return whether the engine takes this audio.

        While the engine is away nothing is turned down here: the decision looks for a local
        engine, and when it refuses the household is told why.
        """
        engine = find_engine(self.hass, self.engine_id)
        return engine is None or engine.check_metadata(metadata)

    @override
    async def async_process_audio_stream(
        self, metadata: stt.SpeechMetadata, stream: AsyncIterable[bytes]
    ) -> stt.SpeechResult:
        """Guard a sentence, returning only the final result."""
        async with aclosing(
            self.async_process_audio_stream_with_progress(metadata, stream)
        ) as results:
            async for result in results:
                if isinstance(result, stt.SpeechResult):
                    return result
        return stt.SpeechResult(None, stt.SpeechResultState.ERROR)

    # Releases before 2026.11 do not have this method; there it is only called from above.
    @override
    async def async_process_audio_stream_with_progress(  # type: ignore[misc, unused-ignore]
        self, metadata: stt.SpeechMetadata, stream: AsyncIterable[bytes]
    ) -> AsyncGenerator[SttResult]:
        """Guard a sentence, passing partial results on."""
        async with aclosing(
            guard_sentence(
                self.hass,
                self.rules,
                self.engine_id,
                metadata,
                stream,
                listen_removed=self.listen_removed,
            )
        ) as results:
            async for result in results:
                yield result

    def _local_capabilities(self) -> Capabilities:
        """Return what the household's first loaded local engine takes, if there is one."""
        for engine_id in self.rules.local_engines:
            if (engine := find_engine(self.hass, engine_id)) is not None:
                return Capabilities.of(engine)
        return NO_CAPABILITIES


NO_CAPABILITIES = Capabilities(
    languages=[],
    formats=[],
    codecs=[],
    bit_rates=[],
    sample_rates=[],
    channels=[],
    audio_processing=stt.SpeechAudioProcessing(
        requires_external_vad=True,
        prefers_auto_gain_enabled=True,
        prefers_noise_reduction_enabled=True,
    ),
)
