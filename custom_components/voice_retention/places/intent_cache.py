"""Reach the sentences that the default conversation agent remembers having understood.

It keeps the last 128 in memory until its entities change, each with the satellite that
spoke it; from 2026.10 on also with the device. When they were said it does not keep, so of
the satellites that are meant all go: nothing is lost but some milliseconds. Tried on
2026.6.0, 2026.10.4 and 2026.11.0.
"""

from typing import Any, override

from homeassistant.components.conversation import agent_manager
from homeassistant.core import HomeAssistant, callback

from ..policy.models import Content
from .debug_runs import spared_runs, trail_of
from .phrases import Phrases
from .protocol import Place, Target
from .sought import Whose, speakers_of, transcripts_of


class IntentCachePlace(Place):
    """The sentences that the default agent need not think about again."""

    key = "intent_cache"

    def __init__(self, hass: HomeAssistant) -> None:
        """Look into this Home Assistant."""
        self._hass = hass

    @override
    async def async_find(self, target: Target) -> int:
        """Count the sentences."""
        return len(self._meant(target))

    @override
    async def async_purge(self, target: Target) -> int:
        """Forget the sentences."""
        meant, cache = self._meant(target), self._cache
        for key in meant:
            cache.pop(key, None)
        return len(meant)

    @override
    async def async_verify(self, target: Target) -> int:
        """Count the sentences that are left."""
        return await self.async_find(target)

    @property
    def _cache(self) -> dict[Any, Any]:
        """Return what the agent remembers; nothing before there is an agent."""
        agent = agent_manager.get_agent_manager(self._hass).default_agent
        return {} if agent is None else agent._intent_cache.cache  # noqa: SLF001

    @callback
    def _meant(self, target: Target) -> list[Any]:
        """List the keys of the sentences that are meant."""
        if Content.TRANSCRIPT not in target.contents:
            return []
        speakers = speakers_of(self._hass, target)
        transcripts = transcripts_of(target)
        spared = Phrases(trail_of(spared_runs(self._hass, target)).transcripts)
        meant = []
        # The agent thinks in a thread of its own, and adds to it from there.
        for key in list(self._cache):
            whose = speakers.whose(key.satellite_id, getattr(key, "device_id", None))
            if whose is Whose.SOMEBODY_ELSES or spared.has(key.text):
                continue
            is_all_meant = whose is Whose.MEANT and not target.is_exact
            if is_all_meant or transcripts.has(key.text):
                meant.append(key)
        return meant
