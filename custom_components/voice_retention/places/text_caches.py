"""Reach the caches that make templates and the web interface faster, keyed by text.

Home Assistant remembers the last 128 different results of templates, so a sentence that an
automation passed on is among them; the last events that it sent to browsers; and templates
that were tried out. They are in memory, until newer ones take their place. Nothing can be
taken out of them but everything, which costs nobody more than some milliseconds. Tried on
2026.6.0, 2026.10.4 and 2026.11.0.
"""

import asyncio
from collections import Counter
from collections.abc import Iterator
import gc
from typing import Any, Final, Protocol, override

from homeassistant.components.websocket_api import commands, messages
from homeassistant.core import HomeAssistant
from homeassistant.helpers import template

from .phrases import strings_in
from .protocol import Place, Target
from .recorder_wanted import Wanted


class Cache(Protocol):
    """A function that remembers its results."""

    def cache_clear(self) -> None:
        """Forget them."""


CACHES: Final[tuple[Cache, ...]] = (
    template._cached_parse_result,  # noqa: SLF001
    commands._cached_template,  # noqa: SLF001
    messages._partial_cached_event_message,  # noqa: SLF001
    messages._partial_cached_state_diff_message,  # noqa: SLF001
)


class TextCachesPlace(Place):
    """Results that are remembered together with the text that they came from."""

    key = "text_caches"

    def __init__(self, hass: HomeAssistant) -> None:
        """Look into this Home Assistant."""
        self._hass = hass

    @override
    async def async_find(self, target: Target) -> int:
        """Count what is remembered of the target."""
        return (await self._async_counts(target)).total()

    @override
    async def async_purge(self, target: Target) -> int:
        """Empty the caches that hold something of the target."""
        counts = await self._async_counts(target)
        for number in counts:
            CACHES[number].cache_clear()
        return counts.total()

    @override
    async def async_verify(self, target: Target) -> int:
        """Look into the caches again."""
        return await self.async_find(target)

    async def _async_counts(self, target: Target) -> Counter[int]:
        """Return how much of the target each cache holds, of those that hold any."""
        if not (wanted := await Wanted.async_of(self._hass, target)):
            return Counter()
        counts: Counter[int] = Counter()
        for number, cache in enumerate(CACHES):
            for key in _keys(cache):
                counts[number] += any(map(wanted.is_message, strings_in(key)))
                # All that runs has its turn in between.
                await asyncio.sleep(0)
        return +counts


def _keys(cache: Cache) -> Iterator[Any]:
    """Yield what a cache was asked; only the garbage collector can look inside."""
    for inner in gc.get_referents(cache):
        # Beside the results there are the attributes of the function.
        if isinstance(inner, dict) and "__wrapped__" not in inner:
            yield from list(inner)
