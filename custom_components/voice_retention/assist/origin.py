"""Find out who is speaking, from inside the call of an engine.

A run hands its engine audio out of a generator of its own, and that generator knows the run:
nobody can forge this, and it needs no debug data, of which Home Assistant keeps ten runs
per pipeline. An agent is called by its run, and a voice when its run sets the text: there
the run, or the satellite that announces something, is among the callers. When something else
stands in between, the run's chat session is still in a
context variable; the active run whose ``run-start`` event carries that session's
conversation id is ours. Tried on 2026.6.0, 2026.10.4 and 2026.11.0.
"""

from collections.abc import AsyncIterable
from dataclasses import dataclass
import inspect
from typing import Final

from homeassistant.components.assist_pipeline import PipelineEvent, PipelineEventType
from homeassistant.components.assist_pipeline.pipeline import (
    KEY_ASSIST_PIPELINE,
    PipelineRun,
)
from homeassistant.components.assist_satellite import AssistSatelliteEntity
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import chat_session

from ..policy.models import UNKNOWN_ORIGIN, Origin, OriginKind
from .runs import active_runs
from .satellites import SatelliteDirectory


@dataclass(frozen=True, kw_only=True, slots=True)
class Speaker:
    """An origin, with the live run that it was read from."""

    origin: Origin
    run: PipelineRun | None


RUNNERS: Final = (
    "homeassistant.components.assist_pipeline.",
    "homeassistant.components.assist_satellite.",
)
"""Where the methods are that a run or a satellite calls us from."""

UNKNOWN_SPEAKER = Speaker(origin=UNKNOWN_ORIGIN, run=None)


@callback
def find_caller(hass: HomeAssistant, satellites: SatelliteDirectory) -> Speaker:
    """Return whose text this is; unknown unless exactly one run or satellite fits.

    To be called before anything is waited for, as long as the callers are there.
    """
    session = chat_session.current_session.get()
    conversation_id = None if session is None else session.conversation_id
    if (speaker := find_caller_on_stack(satellites)) is not None:
        return speaker
    run = (
        None if conversation_id is None else _run_of_conversation(hass, conversation_id)
    )
    if run is None:
        return UNKNOWN_SPEAKER
    return Speaker(origin=_origin(run, conversation_id, satellites), run=run)


@callback
def find_caller_on_stack(satellites: SatelliteDirectory) -> Speaker | None:
    """Return the run or satellite that is calling us right now, if one is.

    A client can name any satellite and any conversation, but it cannot get onto the stack.
    """
    session = chat_session.current_session.get()
    conversation_id = None if session is None else session.conversation_id
    caller = _caller()
    if isinstance(caller, AssistSatelliteEntity):
        satellite = satellites.by_entity_id(caller.entity_id)
        if satellite is None:
            return UNKNOWN_SPEAKER
        return Speaker(
            origin=Origin(
                kind=OriginKind.SATELLITE,
                satellite_key=satellite.key,
                satellite_id=satellite.entity_id,
                device_id=satellite.device_id,
            ),
            run=None,
        )
    if caller is None:
        return None
    return Speaker(origin=_origin(caller, conversation_id, satellites), run=caller)


def _caller() -> PipelineRun | AssistSatelliteEntity | None:
    """Return the nearest run or satellite among those that called us."""
    frame = inspect.currentframe()
    while frame is not None:
        module: str = frame.f_globals.get("__name__", "")
        if module.startswith(RUNNERS):
            owner = frame.f_locals.get("self")
            # From 2026.10 on a processor does the work, and the run is its host.
            owner = getattr(owner, "host", owner)
            if isinstance(owner, PipelineRun | AssistSatelliteEntity):
                return owner
        frame = frame.f_back
    return None


@callback
def find_speaker(
    hass: HomeAssistant, satellites: SatelliteDirectory, stream: AsyncIterable[bytes]
) -> Speaker:
    """Return who is speaking into ``stream``; unknown unless exactly one run fits."""
    session = chat_session.current_session.get()
    conversation_id = None if session is None else session.conversation_id
    run = _run_of_stream(stream)
    if run is None and conversation_id is not None:
        run = _run_of_conversation(hass, conversation_id)
    if run is None:
        return UNKNOWN_SPEAKER
    return Speaker(origin=_origin(run, conversation_id, satellites), run=run)


def _run_of_stream(stream: AsyncIterable[bytes]) -> PipelineRun | None:
    """Return the run that makes this audio, if it comes straight from one."""
    if not inspect.isasyncgen(stream):
        return None
    owner = inspect.getasyncgenlocals(stream).get("self")
    # From 2026.10 on a processor makes the audio, and the run is its host.
    run = getattr(owner, "host", owner)
    return run if isinstance(run, PipelineRun) else None


def _run_of_conversation(
    hass: HomeAssistant, conversation_id: str
) -> PipelineRun | None:
    """Return the only active run of this conversation."""
    fitting: list[PipelineRun] = []
    debug = hass.data[KEY_ASSIST_PIPELINE].pipeline_debug
    for run in active_runs(hass):
        if (record := debug[run.pipeline.id].get(run.id)) is None:
            # Its debug data has made room for newer runs: it may be the one or not, so
            # that another one fits proves nothing.
            return None
        if _conversation_id(record.events) == conversation_id:
            fitting.append(run)
    return fitting[0] if len(fitting) == 1 else None


def _conversation_id(events: list[PipelineEvent]) -> str | None:
    """Return the conversation that a run started with, if it has started."""
    if not events or events[0].type is not PipelineEventType.RUN_START:
        return None
    conversation_id: str | None = (events[0].data or {}).get("conversation_id")
    return conversation_id


def _origin(
    run: PipelineRun, conversation_id: str | None, satellites: SatelliteDirectory
) -> Origin:
    """Describe the speaker of a run."""
    # Public properties came with 2026.10; before that only the fields behind them.
    device_id: str | None = run._device_id
    satellite_id: str | None = run._satellite_id
    satellite = satellites.by_device_id(device_id) if device_id is not None else None
    if satellite_id is not None:
        # One that was renamed since its run began is found by its device. One that is not
        # found at all may be any, so no rule may be missed.
        satellite = satellites.by_entity_id(satellite_id) or satellite
        kind = OriginKind.UNKNOWN if satellite is None else OriginKind.SATELLITE
    elif device_id is not None:
        # Only Home Assistant sets a satellite id; a device id is what the client says.
        kind = OriginKind.CLAIMED_DEVICE
    else:
        kind = OriginKind.CLIENT
    return Origin(
        kind=kind,
        satellite_key=satellite.key if satellite else None,
        satellite_id=satellite_id,
        device_id=device_id,
        pipeline_id=run.pipeline.id,
        run_id=run.id,
        conversation_id=conversation_id,
    )
