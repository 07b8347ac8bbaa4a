"""Take one reply through the guard: decide, and let a voice speak that may get it."""

from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from dataclasses import replace
from typing import Any

from homeassistant.components import tts
from homeassistant.core import HomeAssistant, callback

from ..policy.decision import decide_text, may_read
from ..policy.models import Content, Handover, Route
from .handover import engine_view, must_stay, start_handover, stopped, text_origin
from .permission import watch_permission
from .record import SendingForbidden
from .rules import GuardRules, Listen
from .spoken_cache import SpokenCache
from .voices import WAV, Voice, find_voice, fitting_language, silence, stand_in_stream


class ReplyGuard:
    """Take one reply through the guard of a voice.

    A reply that may not be spoken is silence: the run goes on to its end, with the text.
    """

    def __init__(self, hass: HomeAssistant, rules: GuardRules, voice_id: str) -> None:
        """Stand before a voice; to be made before anything is waited for."""
        self._hass = hass
        self._rules = rules
        self._voice_id = voice_id
        self._origin = text_origin(hass, rules)
        self._cache = SpokenCache(hass)

    async def speak(
        self, message: str, language: str, options: dict[str, Any]
    ) -> tts.TtsAudioType:
        """Return the audio of a whole reply, and of what kind it is."""
        handover = await self._decide(language)
        voice = self._voice(handover)
        if voice is None:
            self._rules.on_handover(handover)
            return WAV, silence(options)
        self._rules.on_handover(replace(handover, characters=len(message)))
        if handover.decision.route is Route.ENGINE:
            return await voice.async_internal_get_tts_audio(message, language, options)
        stream = self._stand_in(handover, voice, language, options)
        stream.async_set_message(message)
        audio = b"".join([chunk async for chunk in stream.async_stream_result()])
        return stream.extension, audio

    async def stream(
        self, request: tts.TTSAudioRequest, listen_removed: Listen
    ) -> tts.TTSAudioResponse:
        """Return the audio of a reply while its text is still coming."""
        handover = await self._decide(request.language)
        voice = self._voice(handover)
        voice_id = handover.decision.engine_id
        if voice is None or voice_id is None:
            self._rules.on_handover(handover)
            return tts.TTSAudioResponse(WAV, _one(silence(request.options)))
        tap = _TextTap()
        stop_watching = watch_permission(
            self._rules,
            self._origin,
            voice_id,
            may_read,
            forbid=tap.stop,
            listen_removed=listen_removed,
        )

        @callback
        def end() -> None:
            """Note what the voice got."""
            stop_watching()
            noted = replace(handover, characters=tap.characters)
            self._rules.on_handover(stopped(noted) if tap.is_stopped else noted)

        text = tap.through(request.message_gen)
        try:
            response = await self._start(
                handover, voice, replace(request, message_gen=text)
            )
        except SendingForbidden:
            end()
            return tts.TTSAudioResponse(WAV, _one(silence(request.options)))
        except BaseException:
            end()
            raise
        return tts.TTSAudioResponse(
            response.extension, tap.audio(response.data_gen, end)
        )

    async def _decide(self, language: str) -> Handover:
        """Decide who speaks, and whether others may have the audio too."""
        rules = self._rules
        if must_stay(rules, self._origin):
            self._cache.set_aside()
            # Who gets this must be local at this moment, not when it was last looked at.
            await rules.localities.async_prove((self._voice_id, *rules.local_voices))

        def is_there(voice_id: str) -> bool:
            """Return whether a voice is there; it said itself that it knows the language."""
            return find_voice(self._hass, voice_id) is not None

        def can_stand_in(voice_id: str) -> bool:
            """Return whether a voice is there and knows the language."""
            voice = find_voice(self._hass, voice_id)
            return voice is not None and bool(
                fitting_language(self._hass, voice, language)
            )

        decision = decide_text(
            Content.RESPONSE,
            self._origin,
            rules.settings(),
            engine_view(rules, self._voice_id, is_there),
            [engine_view(rules, item, can_stand_in) for item in rules.local_voices],
        )
        if decision.route is Route.ENGINE:
            self._cache.put_back()
        else:
            self._cache.set_aside()
            self._cache.forget()
        return start_handover(rules, Content.RESPONSE, self._origin, decision)

    @callback
    def _voice(self, handover: Handover) -> Voice | None:
        """Return the voice that is to speak."""
        voice_id = handover.decision.engine_id
        return None if voice_id is None else find_voice(self._hass, voice_id)

    async def _start(
        self, handover: Handover, voice: Voice, request: tts.TTSAudioRequest
    ) -> tts.TTSAudioResponse:
        """Let a voice begin to speak while the text is coming."""
        is_engine = handover.decision.route is Route.ENGINE
        if is_engine and isinstance(voice, tts.TextToSpeechEntity):
            return await voice.internal_async_stream_tts_audio(request)
        stream = self._stand_in(handover, voice, request.language, request.options)
        if stream.supports_streaming_input:
            stream.async_set_message_stream(request.message_gen)
        else:
            stream.async_set_message(
                "".join([part async for part in request.message_gen])
            )
        return tts.TTSAudioResponse(stream.extension, stream.async_stream_result())

    @callback
    def _stand_in(
        self,
        handover: Handover,
        voice: Voice,
        language: str,
        options: Mapping[str, Any],
    ) -> tts.ResultStream:
        """Let another voice speak."""
        return stand_in_stream(
            self._hass,
            handover.decision.engine_id or self._voice_id,
            fitting_language(self._hass, voice, language) or language,
            options,
        )


class _TextTap:
    """Pass text on to a voice as long as it may have it, and count it."""

    def __init__(self) -> None:
        """Start open."""
        self.characters = 0
        self.is_stopped = False

    @callback
    def stop(self) -> None:
        """Let the voice have no more."""
        self.is_stopped = True

    async def through(self, text: AsyncGenerator[str]) -> AsyncGenerator[str]:
        """Yield text as it comes."""
        async for part in text:
            self._check_allowed()
            self.characters += len(part)
            yield part
        # A voice that sends everything at the end must not do so now.
        self._check_allowed()

    def _check_allowed(self) -> None:
        """Refuse to hand out text once that is forbidden."""
        if self.is_stopped:
            raise SendingForbidden

    async def audio(
        self, audio: AsyncGenerator[bytes], end: Callable[[], None]
    ) -> AsyncGenerator[bytes]:
        """Yield what the voice says, and nothing more once it was stopped."""
        try:
            async with aclosing(audio):
                async for chunk in audio:
                    yield chunk
        except SendingForbidden:
            return
        finally:
            end()


async def _one(audio: bytes) -> AsyncGenerator[bytes]:
    """Yield audio that is there already."""
    yield audio
