"""Find out who is speaking, from inside a speech-to-text call.

The run's chat session is in a context variable; the active run whose ``run-start`` event
carries that session's conversation id is ours. Tried on 2026.6.0, 2026.10.4 and 2026.11.0.
"""

from dataclasses import dataclass

from homeassistant.components.assist_pipeline import PipelineEventType
from homeassistant.components.assist_pipeline.pipeline import (
    KEY_ASSIST_PIPELINE,
    PipelineRun,
)
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


UNKNOWN_SPEAKER = Speaker(origin=UNKNOWN_ORIGIN, run=None)


@callback
def find_speaker(hass: HomeAssistant, satellites: SatelliteDirectory) -> Speaker:
    """Return who is speaking in the current task; unknown unless exactly one run fits."""
    if (session := chat_session.current_session.get()) is None:
        return UNKNOWN_SPEAKER
    runs = [
        run
        for run in active_runs(hass)
        if _conversation_id(hass, run) == session.conversation_id
    ]
    if len(runs) != 1:
        return UNKNOWN_SPEAKER
    return Speaker(
        origin=_origin(runs[0], session.conversation_id, satellites), run=runs[0]
    )


def _conversation_id(hass: HomeAssistant, run: PipelineRun) -> str | None:
    """Return the conversation that a run started with, if its debug data is still there."""
    debug = hass.data[KEY_ASSIST_PIPELINE].pipeline_debug.get(run.pipeline.id)
    record = debug.get(run.id) if debug is not None else None
    if record is None or not record.events:
        return None
    start = record.events[0]
    if start.type is not PipelineEventType.RUN_START or start.data is None:
        return None
    conversation_id: str | None = start.data.get("conversation_id")
    return conversation_id


def _origin(
    run: PipelineRun, conversation_id: str, satellites: SatelliteDirectory
) -> Origin:
    """Describe the speaker of a run."""
    # Public properties came with 2026.10; before that only the fields behind them.
    device_id: str | None = run._device_id
    satellite_id: str | None = run._satellite_id
    if satellite_id is not None:
        kind = OriginKind.SATELLITE
        satellite = satellites.by_entity_id(satellite_id)
    elif device_id is not None:
        # Only Home Assistant sets a satellite id; a device id is what the client says.
        kind = OriginKind.CLAIMED_DEVICE
        satellite = satellites.by_device_id(device_id)
    else:
        kind = OriginKind.CLIENT
        satellite = None
    return Origin(
        kind=kind,
        satellite_key=satellite.key if satellite else None,
        satellite_id=satellite_id,
        device_id=device_id,
        pipeline_id=run.pipeline.id,
        run_id=run.id,
        conversation_id=conversation_id,
    )
