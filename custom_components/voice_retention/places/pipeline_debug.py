"""Reach the debug data of pipeline runs.

Home Assistant keeps the events of the last ten runs of each pipeline in memory, with
transcript and response. Tried on 2026.6.0, 2026.10.4 and 2026.11.0.
"""

from collections.abc import Iterator
from typing import Any, override

from homeassistant.components.assist_pipeline import PipelineEventType
from homeassistant.components.assist_pipeline.pipeline import (
    KEY_ASSIST_PIPELINE,
    PipelineRunDebug,
)
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from ..assist.runs import active_runs
from ..policy.models import Content
from .protocol import Place, Target

HELD_CONTENT = frozenset({Content.TRANSCRIPT, Content.RESPONSE})


class PipelineDebugPlace(Place):
    """The debug runs of all pipelines.

    A run holds transcript and response in one; it goes when either is to go.
    """

    key = "pipeline_debug"

    def __init__(self, hass: HomeAssistant) -> None:
        """Look into this Home Assistant."""
        self._hass = hass

    @override
    async def async_find(self, target: Target) -> int:
        """Count the runs."""
        return sum(1 for _ in self._matches(target))

    @override
    async def async_purge(self, target: Target) -> int:
        """Drop the runs, but those that are still going on: they are written to."""
        data = self._hass.data[KEY_ASSIST_PIPELINE]
        active = {run.id for run in active_runs(self._hass)}
        deleted = 0
        for pipeline_id, run_id in list(self._matches(target)):
            if run_id not in active:
                del data.pipeline_debug[pipeline_id][run_id]
                deleted += 1
        return deleted

    @override
    async def async_verify(self, target: Target) -> int:
        """Count the runs that are left."""
        return await self.async_find(target)

    def _matches(self, target: Target) -> Iterator[tuple[str, str]]:
        """Yield pipeline and run of everything that is meant."""
        if not target.contents & HELD_CONTENT:
            return
        exact = {recording.run_id for recording in target.recordings}
        for pipeline_id, runs in self._hass.data[
            KEY_ASSIST_PIPELINE
        ].pipeline_debug.items():
            for run_id, record in runs.items():
                if run_id in target.spared_runs:
                    continue
                if run_id in exact or (
                    not target.is_exact and _is_meant(record, target)
                ):
                    yield pipeline_id, run_id


def _is_meant(record: PipelineRunDebug, target: Target) -> bool:
    """Return whether a run that is in no recording belongs to the target."""
    moment = dt_util.parse_datetime(record.timestamp)
    if moment is not None and not target.covers(moment):
        return False
    if target.satellite_ids is None:
        return True
    satellite_id = _satellite_id(record)
    if satellite_id is None:
        return target.includes_other_clients
    return satellite_id in target.satellite_ids


def _satellite_id(record: PipelineRunDebug) -> str | None:
    """Return the satellite that started a run."""
    for event in record.events:
        if event.type is PipelineEventType.RUN_START:
            data: dict[str, Any] = event.data or {}
            satellite_id: str | None = data.get("satellite_id")
            return satellite_id
    return None
