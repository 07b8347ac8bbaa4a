"""Reach the debug data of pipeline runs.

Home Assistant keeps the events of the last ten runs of each pipeline in memory, with
transcript and response. Tried on 2026.6.0, 2026.10.4 and 2026.11.0.
"""

from typing import override

from homeassistant.components.assist_pipeline.pipeline import KEY_ASSIST_PIPELINE
from homeassistant.core import HomeAssistant

from ..assist.runs import active_runs
from ..policy.models import Content
from .debug_runs import DebugRun, meant_runs, trail_of
from .protocol import Place, Target
from .trail import Trail

HELD_CONTENT = frozenset({Content.TRANSCRIPT, Content.RESPONSE})


class PipelineDebugPlace(Place):
    """The debug runs of all pipelines.

    A run holds transcript and response in one; it goes when either is to go. Other places
    learn from the runs whose traces they hold, so this one is purged last.
    """

    key = "pipeline_debug"
    names_speaker = True

    def __init__(self, hass: HomeAssistant) -> None:
        """Look into this Home Assistant."""
        self._hass = hass

    @override
    async def async_trail(self, target: Target) -> Trail:
        """Return what the runs tell, also those of sentences that were never kept."""
        return trail_of(meant_runs(self._hass, target))

    @override
    async def async_find(self, target: Target) -> int:
        """Count the runs."""
        return len(self._meant(target))

    @override
    async def async_purge(self, target: Target) -> int:
        """Drop the runs, but those that are still going on: they are written to."""
        debug = self._hass.data[KEY_ASSIST_PIPELINE].pipeline_debug
        active = {run.id for run in active_runs(self._hass)}
        ended = [run for run in self._meant(target) if run.run_id not in active]
        for run in ended:
            del debug[run.pipeline_id][run.run_id]
        return len(ended)

    @override
    async def async_verify(self, target: Target) -> int:
        """Count the runs that are left."""
        return await self.async_find(target)

    def _meant(self, target: Target) -> list[DebugRun]:
        """Return the runs that are to go."""
        if not target.contents & HELD_CONTENT:
            return []
        return meant_runs(self._hass, target)
