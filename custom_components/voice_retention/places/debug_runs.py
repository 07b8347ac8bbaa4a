"""Read in the debug data of pipeline runs who spoke, and what leads to traces elsewhere.

Home Assistant keeps the last ten runs of each pipeline, also of sentences that the vault
never kept. Tried on 2026.6.0, 2026.10.4 and 2026.11.0.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from homeassistant.components.assist_pipeline import PipelineEvent, PipelineEventType
from homeassistant.components.assist_pipeline.pipeline import (
    KEY_ASSIST_PIPELINE,
    PipelineRunDebug,
)
from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util

from ..assist.runs import active_runs
from .once import once_per_target
from .protocol import Target
from .trail import Trail


@dataclass(frozen=True, kw_only=True, slots=True)
class DebugRun:
    """What the events of one run tell."""

    pipeline_id: str
    run_id: str
    started: datetime | None
    satellite_id: str | None
    device_id: str | None
    """Only known once a sentence was understood."""

    conversation_id: str | None
    reply_token: str | None
    """The name of the stream that speaks the reply."""

    transcripts: frozenset[str] = field(repr=False)
    responses: frozenset[str] = field(repr=False)


@callback
def meant_runs(hass: HomeAssistant, target: Target) -> list[DebugRun]:
    """List the runs that belong to a target, those of held recordings left out."""
    return [run for run in all_runs(hass) if _is_meant(run, target)]


@callback
def spared_runs(hass: HomeAssistant, target: Target) -> list[DebugRun]:
    """List the runs of held recordings, as far as they are still known."""
    return [run for run in all_runs(hass) if run.run_id in target.spared_runs]


@callback
def ongoing_runs(hass: HomeAssistant) -> list[DebugRun | None]:
    """List the runs that are going on; none for one of which nothing is known any more."""
    known = {run.run_id: run for run in all_runs(hass)}
    return [known.get(run.id) for run in active_runs(hass)]


def trail_of(runs: Iterable[DebugRun]) -> Trail:
    """Return what leads from runs to their traces elsewhere."""
    collected = list(runs)
    return Trail(
        run_ids=frozenset(run.run_id for run in collected),
        conversation_ids=frozenset(
            run.conversation_id for run in collected if run.conversation_id is not None
        ),
        transcripts=frozenset().union(*(run.transcripts for run in collected)),
        responses=frozenset().union(*(run.responses for run in collected)),
    )


@callback
def all_runs(hass: HomeAssistant) -> Iterator[DebugRun]:
    """Read all runs."""
    for pipeline_id, runs in hass.data[KEY_ASSIST_PIPELINE].pipeline_debug.items():
        for run_id, record in runs.items():
            yield _read(pipeline_id, run_id, record)


def _read(pipeline_id: str, run_id: str, record: PipelineRunDebug) -> DebugRun:
    """Read the events of a run."""
    start = _data(record.events, PipelineEventType.RUN_START)
    intent_start = _data(record.events, PipelineEventType.INTENT_START)
    heard = _data(record.events, PipelineEventType.STT_END).get("stt_output") or {}
    spoken = _data(record.events, PipelineEventType.TTS_START)
    answer = _data(record.events, PipelineEventType.INTENT_END).get("intent_output")
    return DebugRun(
        pipeline_id=pipeline_id,
        run_id=run_id,
        started=dt_util.parse_datetime(record.timestamp),
        satellite_id=start.get("satellite_id"),
        device_id=intent_start.get("device_id"),
        conversation_id=start.get("conversation_id"),
        reply_token=(start.get("tts_output") or {}).get("token"),
        transcripts=_texts(heard.get("text"), intent_start.get("intent_input")),
        responses=_texts(_speech(answer), spoken.get("tts_input")),
    )


def _data(events: list[PipelineEvent], kind: PipelineEventType) -> dict[str, Any]:
    """Return the data of the first event of a kind, empty if there is none."""
    return next((event.data or {} for event in events if event.type is kind), {})


def _speech(answer: dict[str, Any] | None) -> str | None:
    """Return the text of an answer, or none when it has another shape."""
    try:
        text: str | None = answer["response"]["speech"]["plain"]["speech"]  # type: ignore[index]
    except KeyError, TypeError:
        return None
    return text


def _texts(*texts: str | None) -> frozenset[str]:
    """Return the texts that there are."""
    return frozenset(text for text in texts if text)


@once_per_target
def _run_ids(target: Target) -> frozenset[str]:
    """Return the runs that are known to belong to a target."""
    return target.trail.run_ids | {
        item.run_id for item in target.recordings if item.run_id
    }


def _is_meant(run: DebugRun, target: Target) -> bool:
    """Return whether a run belongs to a target."""
    if run.run_id in target.spared_runs:
        return False
    if run.run_id in _run_ids(target):
        return True
    if target.is_exact or (run.started is not None and not target.covers(run.started)):
        return False
    if target.satellite_ids is None:
        return True
    if run.satellite_id is None:
        return target.includes_other_clients
    return run.satellite_id in target.satellite_ids
