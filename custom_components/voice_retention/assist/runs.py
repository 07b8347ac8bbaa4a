"""Know the pipeline runs that are going on, and watch one to its end."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from homeassistant.components.assist_pipeline import PipelineEvent, PipelineEventType
from homeassistant.components.assist_pipeline.pipeline import (
    KEY_ASSIST_PIPELINE,
    PipelineRun,
)
from homeassistant.core import HomeAssistant, callback

from ..const import LOGGER


@dataclass(kw_only=True, slots=True)
class RunOutcome:
    """What came out of a run, filled while it goes on."""

    response: str | None = None
    has_error: bool = False


@callback
def active_runs(hass: HomeAssistant) -> list[PipelineRun]:
    """List the runs that have not ended."""
    by_pipeline = hass.data[KEY_ASSIST_PIPELINE].pipeline_runs._pipeline_runs
    return [run for runs in by_pipeline.values() for run in runs.values()]


@callback
def ended_runs(hass: HomeAssistant) -> frozenset[str]:
    """Return the ids of the runs that have ended, as far as they are remembered."""
    remembered = hass.data[KEY_ASSIST_PIPELINE].pipeline_debug.values()
    return frozenset(run_id for runs in remembered for run_id in runs) - {
        run.id for run in active_runs(hass)
    }


@callback
def watch_run(
    hass: HomeAssistant,
    run: PipelineRun,
    on_end: Callable[[RunOutcome], None],
) -> None:
    """Call ``on_end`` once, when the run has ended; must be called in the run's task.

    The run's own listener is wrapped and always called first, so the satellite never
    waits for us and a fault of ours never reaches it.
    """
    outcome = RunOutcome()
    listener = run.event_callback
    task = asyncio.current_task()
    is_over = False

    @callback
    def end(_: object = None) -> None:
        """Tell of the end, the first time."""
        nonlocal is_over
        if is_over:
            return
        is_over = True
        if task is not None:
            task.remove_done_callback(end)
        on_end(outcome)

    @callback
    def event_callback(event: PipelineEvent) -> None:
        """Pass an event on, then note what matters of it."""
        try:
            listener(event)
        finally:
            _note(event, outcome)
            if event.type is PipelineEventType.RUN_END:
                # Next iteration: the run is still being taken down here.
                hass.loop.call_soon(end)

    run.event_callback = event_callback
    if task is not None:
        # A run that is cancelled while it is taken down has no last event.
        task.add_done_callback(end)


def _note(event: PipelineEvent, outcome: RunOutcome) -> None:
    """Take the response or the error from an event."""
    if event.type is PipelineEventType.ERROR:
        outcome.has_error = True
    elif event.type is PipelineEventType.INTENT_END:
        outcome.response = _response(event.data or {})


def _response(data: dict[str, Any]) -> str | None:
    """Return the text of the answer, or none when the event has another shape."""
    try:
        speech: str | None = data["intent_output"]["response"]["speech"]["plain"][
            "speech"
        ]
    except KeyError, TypeError:
        LOGGER.debug("A run ended without a plain response")
        return None
    return speech or None
