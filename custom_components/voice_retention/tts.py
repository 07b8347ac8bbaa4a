"""Stand in front of voices."""

from collections.abc import Mapping
from typing import Any, override

from homeassistant.components import tts
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .assist.pipelines import EngineKind
from .assist.reply import ReplyGuard
from .assist.voices import NO_CAPABILITIES, VoiceCapabilities, find_voice
from .data import VoiceRetentionConfigEntry
from .guard_entity import GuardEntity, async_serve_guards

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant,
    entry: VoiceRetentionConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the guards."""
    async_serve_guards(hass, entry, EngineKind.TTS, TtsGuard, async_add_entities)


class TtsGuard(GuardEntity, tts.TextToSpeechEntity):
    """Decide who may speak a reply.

    While its voice is not loaded, it offers what the household's local voices offer, so that
    a reply that must stay at home can be spoken all the same.
    """

    _seen: VoiceCapabilities | None = None

    @property
    def capabilities(self) -> VoiceCapabilities:
        """Return what the voice offers, or what it offered when it was last seen."""
        if (voice := find_voice(self.hass, self.engine_id)) is not None:
            self._seen = VoiceCapabilities.of(voice)
        return self._seen or self._local_capabilities()

    @property
    @override
    def supported_languages(self) -> list[str]:
        """Return the languages of the voice."""
        return self.capabilities.languages

    @property
    @override
    def default_language(self) -> str:
        """Return the language of the voice."""
        return self.capabilities.default_language

    @property
    @override
    def supported_options(self) -> list[str] | None:
        """Return the options of the voice, among them the formats that it can make itself."""
        return self.capabilities.options

    @property
    @override
    def default_options(self) -> Mapping[str, Any] | None:
        """Return what the voice takes where nothing is chosen."""
        return self.capabilities.default_options

    @override
    def async_supports_streaming_input(self) -> bool:
        """Return whether the voice begins to speak before it knows the whole text."""
        return self.capabilities.supports_streaming

    @callback
    @override
    def async_get_supported_voices(self, language: str) -> list[tts.Voice] | None:
        """Return the voices that the engine has for a language."""
        voice = find_voice(self.hass, self.engine_id)
        return None if voice is None else voice.async_get_supported_voices(language)

    @override
    async def async_get_tts_audio(
        self, message: str, language: str, options: dict[str, Any]
    ) -> tts.TtsAudioType:
        """Let a voice speak that may get this reply."""
        guard = ReplyGuard(self.hass, self.rules, self.engine_id)
        return await guard.speak(message, language, options)

    @override
    async def async_stream_tts_audio(
        self, request: tts.TTSAudioRequest
    ) -> tts.TTSAudioResponse:
        """Let a voice speak that may get this reply, while its text is still coming."""
        guard = ReplyGuard(self.hass, self.rules, self.engine_id)
        return await guard.stream(request, self.listen_removed)

    def _local_capabilities(self) -> VoiceCapabilities:
        """Return what the household's first loaded local voice offers, if there is one."""
        for voice_id in self.rules.local_voices:
            if (voice := find_voice(self.hass, voice_id)) is not None:
                return VoiceCapabilities.of(voice)
        return NO_CAPABILITIES
