"""Find voices, learn what they can do, and let them speak."""

from collections.abc import Mapping
from dataclasses import dataclass
import io
from typing import Any, Final, Self
import wave

from homeassistant.components import tts
from homeassistant.components.tts.const import DATA_COMPONENT, DATA_TTS_MANAGER
from homeassistant.core import HomeAssistant, callback
from homeassistant.util import language as language_util

from .engines import is_guard

type Voice = tts.TextToSpeechEntity | tts.Provider

FORMAT_OPTIONS: Final = frozenset(
    {
        tts.ATTR_PREFERRED_FORMAT,
        tts.ATTR_PREFERRED_SAMPLE_RATE,
        tts.ATTR_PREFERRED_SAMPLE_CHANNELS,
        tts.ATTR_PREFERRED_SAMPLE_BYTES,
    }
)
"""What a satellite can play; the other options mean something to one voice only."""

WAV: Final = "wav"
SILENCE_SECONDS: Final = 0.1


@dataclass(frozen=True, kw_only=True, slots=True)
class VoiceCapabilities:
    """What a voice offers, as Home Assistant asks for it."""

    languages: list[str]
    default_language: str
    options: list[str] | None
    default_options: Mapping[str, Any] | None
    supports_streaming: bool

    @classmethod
    def of(cls, voice: Voice) -> Self:
        """Read the capabilities of a live voice."""
        return cls(
            languages=voice.supported_languages,
            default_language=voice.default_language or "",
            options=voice.supported_options,
            default_options=voice.default_options,
            supports_streaming=isinstance(voice, tts.TextToSpeechEntity)
            and voice.async_supports_streaming_input(),
        )


NO_CAPABILITIES: Final = VoiceCapabilities(
    languages=[],
    default_language="",
    options=None,
    default_options=None,
    supports_streaming=False,
)


@callback
def find_voice(hass: HomeAssistant, voice_id: str) -> Voice | None:
    """Return the voice, or none while it is not loaded."""
    return tts.get_engine_instance(hass, voice_id)


@callback
def voice_ids(hass: HomeAssistant) -> list[str]:
    """List the loaded voices, guards left out."""
    entities = (entity.entity_id for entity in hass.data[DATA_COMPONENT].entities)
    return [
        *(voice_id for voice_id in entities if not is_guard(hass, voice_id)),
        *hass.data[DATA_TTS_MANAGER].providers,
    ]


@callback
def fitting_language(hass: HomeAssistant, voice: Voice, language: str) -> str | None:
    """Return what a voice calls a language, or one that is near enough."""
    if language in voice.supported_languages:
        return language
    matches = language_util.matches(
        language, voice.supported_languages, hass.config.country
    )
    return matches[0] if matches else None


@callback
def stand_in_stream(
    hass: HomeAssistant, voice_id: str, language: str, options: Mapping[str, Any]
) -> tts.ResultStream:
    """Return a stream in which a voice speaks in place of another one.

    Home Assistant makes it, converts its audio to what the satellite can play, and keeps
    it under the name of the voice that really speaks.
    """
    wanted = {key: value for key, value in options.items() if key in FORMAT_OPTIONS}
    # Not asked for a format, it may choose; this one needs no encoding.
    wanted.setdefault(tts.ATTR_PREFERRED_FORMAT, WAV)
    stream = tts.async_create_stream(
        hass, engine=voice_id, language=language, options=wanted
    )
    # Nobody fetches it by its address.
    hass.data[DATA_TTS_MANAGER].token_to_stream.pop(stream.token, None)
    return stream


def silence(options: Mapping[str, Any]) -> bytes:
    """Return a moment of silence as a WAV file that the satellite can play."""

    def wanted(option: str, default: int) -> int:
        """Return what was asked for."""
        return int(options.get(option) or default)

    rate = wanted(tts.ATTR_PREFERRED_SAMPLE_RATE, 16000)
    width = wanted(tts.ATTR_PREFERRED_SAMPLE_BYTES, 2)
    channels = wanted(tts.ATTR_PREFERRED_SAMPLE_CHANNELS, 1)
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setframerate(rate)
        writer.setsampwidth(width)
        writer.setnchannels(channels)
        # Samples of one byte are unsigned in WAV files.
        quiet = b"\x80" if width == 1 else bytes(width)
        writer.writeframes(quiet * int(rate * SILENCE_SECONDS) * channels)
    return file.getvalue()
