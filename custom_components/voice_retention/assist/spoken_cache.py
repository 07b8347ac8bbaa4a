"""Keep out of Home Assistant's cache what a voice says only to one speaker.

The cache goes by text and voice. A reply that was spoken by another voice, or not at all,
because it must stay at home, would else be played to everybody who gets the same reply.
Who asked for the audio is among the callers. Tried on 2026.6.0, 2026.10.4 and 2026.11.0.
"""

import inspect
from types import FrameType
from typing import Final

from homeassistant.components.tts import TTSCache
from homeassistant.components.tts.const import DATA_TTS_MANAGER
from homeassistant.core import HomeAssistant, callback

LOADER: Final = "_load_data_into_cache"
"""The method that has the audio made, keeps it in memory, and writes it to a file."""

CACHE: Final = "cache"
STORE: Final = "store_to_disk"


class SpokenCache:
    """The cache entry for the audio that is being made."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Find the entry; there is none for who does not ask through Home Assistant."""
        self._memory = hass.data[DATA_TTS_MANAGER].mem_cache
        frame = _loader()
        self._cache: TTSCache | None = None if frame is None else frame.f_locals[CACHE]

    @callback
    def set_aside(self) -> None:
        """Let nobody else find the audio while it is not known who will speak."""
        if self._cache is not None:
            self._memory.pop(self._cache.cache_key, None)

    @callback
    def put_back(self) -> None:
        """Let others have the audio after all."""
        if self._cache is not None:
            self._memory[self._cache.cache_key] = self._cache

    @callback
    def forget(self) -> None:
        """Let no file be written either."""
        if (frame := _loader()) is not None:
            frame.f_locals[STORE] = False


def _loader() -> FrameType | None:
    """Return the call of Home Assistant that has the audio made."""
    frame = inspect.currentframe()
    while frame is not None:
        if frame.f_code.co_name == LOADER and {CACHE, STORE} <= {*frame.f_locals}:
            return frame
        frame = frame.f_back
    return None
