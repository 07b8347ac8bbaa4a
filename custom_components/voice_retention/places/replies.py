"""Recognise spoken replies in what text-to-speech keeps.

Home Assistant names the audio of a text by its SHA-1, language, options and engine. Two
satellites that got the same reply word for word share it, so it goes for both; unless a
held recording got that reply.
"""

import hashlib
from typing import Final

from homeassistant.components import tts
from homeassistant.components.tts import SpeechManager, TTSCache
from homeassistant.core import HomeAssistant, callback

from ..policy.models import Content
from .debug_runs import spared_runs, trail_of
from .once import once_per_target
from .protocol import Target

DIGEST_LENGTH: Final = 40


@callback
def speech_manager(hass: HomeAssistant) -> SpeechManager:
    """Return what makes and keeps speech."""
    return hass.data[tts.DATA_TTS_MANAGER]


@callback
def reply_digests(hass: HomeAssistant, target: Target) -> frozenset[str]:
    """Return the names under which the replies of a target are kept."""
    if Content.RESPONSE not in target.contents:
        return frozenset()
    spared = trail_of(spared_runs(hass, target)).responses
    digests = _digests(target)
    return digests.difference(map(_digest, spared)) if spared else digests


@once_per_target
def _digests(target: Target) -> frozenset[str]:
    """Return the digests of what was answered."""
    return frozenset(map(_digest, target.trail.responses))


def is_reply(name: str, digests: frozenset[str]) -> bool:
    """Return whether a key or file name is that of one of the replies."""
    return name[DIGEST_LENGTH : DIGEST_LENGTH + 1] == "_" and (
        name[:DIGEST_LENGTH].lower() in digests
    )


def is_loading(cache: TTSCache) -> bool:
    """Return whether speech is still being made."""
    return cache._result_data is None and cache._loading_error is None  # noqa: SLF001


def _digest(text: str) -> str:
    """Return the digest that Home Assistant takes of a text; it protects nothing."""
    return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()
