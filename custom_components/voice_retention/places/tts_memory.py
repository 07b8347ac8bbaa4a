"""Reach the spoken replies that text-to-speech keeps in memory.

They stay for five minutes after their last use; what was converted from a file, since
2026.11, until the next start. A reply that was streamed while it was made has no name that
tells its text: it is found by the debug data of its run, so this place is to be purged
before those, and what comes after the last ten runs of a pipeline stays its five minutes.
Tried on 2026.6.0, 2026.10.4 and 2026.11.0.
"""

from typing import Any, override

from homeassistant.components.tts import ResultStream
from homeassistant.core import HomeAssistant, callback

from ..policy.models import Content
from .debug_runs import meant_runs, ongoing_runs
from .protocol import Place, Target
from .replies import is_reply, reply_digests, speech_manager


class TtsMemoryPlace(Place):
    """Replies by text, replies by address, and replies in another format."""

    key = "tts_memory"

    def __init__(self, hass: HomeAssistant) -> None:
        """Look into this Home Assistant."""
        self._hass = hass

    @override
    async def async_find(self, target: Target) -> int:
        """Count the replies in each of the three."""
        streams, caches, converted = self._meant(target)
        return len(streams) + len(caches) + len(converted)

    @override
    async def async_purge(self, target: Target) -> int:
        """Drop the replies, but those that are just being spoken."""
        manager = speech_manager(self._hass)
        streams, caches, converted = self._meant(target)
        spoken = {run.reply_token for run in ongoing_runs(self._hass) if run}
        in_use = {
            _cache_key(manager.token_to_stream[token]) for token in streams & spoken
        }
        for token in streams - spoken:
            del manager.token_to_stream[token]
        for key in caches - in_use:
            del manager.mem_cache[key]
        for sound in converted:
            del manager.converted_override_cache[sound]
        return len(streams - spoken) + len(caches - in_use) + len(converted)

    @override
    async def async_verify(self, target: Target) -> int:
        """Count the replies that are left."""
        return await self.async_find(target)

    @callback
    def _meant(self, target: Target) -> tuple[set[str], set[str], set[Any]]:
        """Return the keys of the streams, of the audio, and of what was converted."""
        if Content.RESPONSE not in target.contents:
            return set(), set(), set()
        manager = speech_manager(self._hass)
        digests = reply_digests(self._hass, target)
        tokens = {run.reply_token for run in meant_runs(self._hass, target)}
        keys = {
            token: key
            for token, stream in manager.token_to_stream.items()
            if (key := _cache_key(stream)) is not None
        }
        streams = {
            token
            for token, key in keys.items()
            if token in tokens or is_reply(key, digests)
        }
        caches = {keys[token] for token in streams}
        caches |= {key for key in manager.mem_cache if is_reply(key, digests)}
        # Not there before 2026.11.
        converted = getattr(manager, "converted_override_cache", {})
        return (
            streams,
            caches & manager.mem_cache.keys(),
            {key for key in converted if is_reply(key[0].name, digests)},
        )


@callback
def _cache_key(stream: ResultStream) -> str | None:
    """Return the key of the audio of a stream, if it has begun to speak."""
    result = stream._result_cache  # noqa: SLF001
    if not result.done() or result.cancelled() or result.exception() is not None:
        return None
    key: str = result.result().cache_key
    return key
