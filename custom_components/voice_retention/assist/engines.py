"""Find speech-to-text engines, learn what they can do, and call them."""

from collections.abc import AsyncGenerator, AsyncIterable
from dataclasses import dataclass, replace
from typing import Any, Self

from homeassistant.components import stt
from homeassistant.components.stt.const import DATA_COMPONENT, DATA_PROVIDERS
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.util import language as language_util

from ..const import DOMAIN

type SttEngine = stt.SpeechToTextEntity | stt.Provider
type SttResult = Any
"""``stt.SpeechResult``, or from 2026.11 also ``stt.PartialSpeechResult``."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Capabilities:
    """What an engine takes, as the pipeline asks for it."""

    languages: list[str]
    formats: list[stt.AudioFormats]
    codecs: list[stt.AudioCodecs]
    bit_rates: list[stt.AudioBitRates]
    sample_rates: list[stt.AudioSampleRates]
    channels: list[stt.AudioChannels]
    audio_processing: stt.SpeechAudioProcessing

    @classmethod
    def of(cls, engine: SttEngine) -> Self:
        """Read the capabilities of a live engine."""
        return cls(
            languages=engine.supported_languages,
            formats=engine.supported_formats,
            codecs=engine.supported_codecs,
            bit_rates=engine.supported_bit_rates,
            sample_rates=engine.supported_sample_rates,
            channels=engine.supported_channels,
            audio_processing=engine.audio_processing,
        )


@callback
def find_engine(hass: HomeAssistant, engine_id: str) -> SttEngine | None:
    """Return the engine, or none while it is not loaded."""
    return stt.async_get_speech_to_text_engine(hass, engine_id)


@callback
def is_guard(hass: HomeAssistant, engine_id: str) -> bool:
    """Return whether this engine is a guard of ours."""
    entry = er.async_get(hass).async_get(engine_id)
    return entry is not None and entry.platform == DOMAIN


@callback
def engine_ids(hass: HomeAssistant) -> list[str]:
    """List the loaded engines, guards left out."""
    entities = (entity.entity_id for entity in hass.data[DATA_COMPONENT].entities)
    return [
        *(engine_id for engine_id in entities if not is_guard(hass, engine_id)),
        *hass.data[DATA_PROVIDERS],
    ]


@callback
def engine_name(hass: HomeAssistant, engine_id: str) -> str:
    """Return what people call an engine."""
    if state := hass.states.get(engine_id):
        return state.name
    if (entry := er.async_get(hass).async_get(engine_id)) is not None:
        return er.async_get_full_entity_name(hass, entry)
    return engine_id


@callback
def engine_key(hass: HomeAssistant, engine_id: str) -> str:
    """Return what stays the same when the engine is renamed."""
    entry = er.async_get(hass).async_get(engine_id)
    return engine_id if entry is None else entry.id


@callback
def fit_metadata(
    hass: HomeAssistant, engine: SttEngine, metadata: stt.SpeechMetadata
) -> stt.SpeechMetadata | None:
    """Return the metadata in the engine's own words, or none if it cannot take the audio.

    Engines name languages differently ("en", "en-US"); the nearest one is taken, as
    Home Assistant does when it makes a pipeline.
    """
    if metadata.language in engine.supported_languages:
        fitted = metadata
    else:
        matches = language_util.matches(
            metadata.language, engine.supported_languages, hass.config.country
        )
        if not matches:
            return None
        fitted = replace(metadata, language=matches[0])
    return fitted if engine.check_metadata(fitted) else None


async def recognise(
    engine: SttEngine, metadata: stt.SpeechMetadata, stream: AsyncIterable[bytes]
) -> AsyncGenerator[SttResult]:
    """Call an engine as the pipeline would, yielding partial results where there are any."""
    if isinstance(engine, stt.Provider):
        yield await engine.async_process_audio_stream(metadata, stream)
        return
    # Through Home Assistant's own entry points, so that the engine's entity shows that
    # it was used. Releases before 2026.11 have no partial results.
    with_progress = getattr(
        engine, "internal_async_process_audio_stream_with_progress", None
    )
    if with_progress is None:
        yield await engine.internal_async_process_audio_stream(metadata, stream)
        return
    results = with_progress(metadata=metadata, stream=stream)
    try:
        async for result in results:
            yield result
    finally:
        await results.aclose()
