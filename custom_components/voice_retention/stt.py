"""Stand in front of speech-to-text engines."""

from collections.abc import AsyncGenerator, AsyncIterable, Callable
from contextlib import aclosing
from typing import override

from homeassistant.components import stt
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .assist.engines import (
    Capabilities,
    SttResult,
    engine_key,
    engine_name,
    find_engine,
)
from .assist.pipelines import EngineKind
from .assist.sentence import GuardRules, guard_sentence
from .data import VoiceRetentionConfigEntry
from .entity import service_device_info

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant,
    entry: VoiceRetentionConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the guards, now and whenever a pipeline takes a new engine."""

    @callback
    def add_guards(engine_ids: list[str]) -> None:
        """Add a guard for each of these engines."""
        async_add_entities(SttGuard(hass, entry, engine_id) for engine_id in engine_ids)

    entry.runtime_data.guards.async_serve(EngineKind.STT, add_guards)


class SttGuard(stt.SpeechToTextEntity):
    """Take the place of one engine in the pipelines, and decide who may hear.

    To the pipeline it looks just like its engine. While the engine is not loaded, it takes
    whatever the household's local engines take, so that speech that must stay at home
    still can be recognised.
    """

    _attr_has_entity_name = True
    _attr_translation_key = "guard"

    def __init__(
        self, hass: HomeAssistant, entry: VoiceRetentionConfigEntry, engine_id: str
    ) -> None:
        """Stand before an engine, loaded or not."""
        self.hass = hass
        self._entry = entry
        self._engine_id = engine_id
        self._attr_unique_id = engine_key(hass, engine_id)
        self._attr_device_info = service_device_info()
        self._attr_translation_placeholders = {"engine": engine_name(hass, engine_id)}
        self._seen: Capabilities | None = None
        self._removal_listeners: list[Callable[[], None]] = []

    @property
    def engine_id(self) -> str:
        """Return the engine behind this guard, under its present name."""
        guards = self._entry.runtime_data.guards.guards
        return guards.get(self.entity_id, self._engine_id)

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
    async def async_added_to_hass(self) -> None:
        """Tell that pipelines can use this guard now."""
        await super().async_added_to_hass()
        self._entry.runtime_data.guards.async_guard_added(
            self.entity_id, self.engine_id
        )

    @override
    async def async_will_remove_from_hass(self) -> None:
        """Tell that this guard is going, also to the sentences that are being spoken."""
        for listener in list(self._removal_listeners):
            listener()
        self._entry.runtime_data.guards.async_guard_removed(self.entity_id)

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
                self._rules,
                self.engine_id,
                metadata,
                stream,
                listen_removed=self._listen_removed,
            )
        ) as results:
            async for result in results:
                yield result

    @callback
    def _listen_removed(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call ``listener`` when this guard is removed; the result stops that."""
        self._removal_listeners.append(listener)
        return lambda: self._removal_listeners.remove(listener)

    @property
    def _rules(self) -> GuardRules:
        """Return what the guards of this entry share."""
        return self._entry.runtime_data.rules

    def _local_capabilities(self) -> Capabilities:
        """Return what the household's first loaded local engine takes, if there is one."""
        for engine_id in self._rules.local_engines:
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
