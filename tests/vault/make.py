"""Make sentences to store."""

from datetime import UTC, datetime, timedelta
import os
from typing import Any

from custom_components.voice_retention.policy.choices import Rule
from custom_components.voice_retention.policy.models import (
    AudioFormat,
    Decision,
    Evidence,
    Locality,
    LocalityReport,
    Origin,
    OriginKind,
    Outcome,
    Reason,
    Route,
    Utterance,
    new_recording_id,
)
from custom_components.voice_retention.vault.books import LedgerEntry

NOW = datetime(2076, 11, 24, 12, 30, 15, 123456, tzinfo=UTC)
"""Late enough that what was said then is not over its time where the clock is the real one."""

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
WEEK = timedelta(weeks=1)

TRANSCRIPT = "schalte das Licht im Schlafzimmer aus, Zoë"
RESPONSE = "Ich habe das Licht in „Schlafzimmer“ ausgeschaltet"

PCM = AudioFormat(format="wav", codec="pcm", bit_rate=16, sample_rate=16000, channels=1)


def satellite(key: str = "kitchen") -> Origin:
    """Return a run of a satellite that Home Assistant itself named."""
    return Origin(
        kind=OriginKind.SATELLITE,
        satellite_key=key,
        satellite_id=f"assist_satellite.{key}",
        device_id=f"device of {key}",
        pipeline_id="pipeline",
        run_id="run",
        conversation_id="conversation",
    )


def rule(keep_audio: timedelta = DAY, keep_transcript: timedelta | None = None) -> Rule:
    """Return a rule; transcripts are kept as long as audio if nothing else is said."""
    return Rule(
        dont_send_audio=False,
        dont_send_text=False,
        keep_audio=keep_audio,
        keep_transcript=keep_audio if keep_transcript is None else keep_transcript,
    )


def utterance(
    *,
    created: datetime = NOW,
    origin: Origin | None = None,
    keep_audio: timedelta = DAY,
    keep_transcript: timedelta = DAY,
    **changes: Any,
) -> Utterance:
    """Return a sentence from the kitchen, kept for a day, with any changes."""
    values: dict[str, Any] = {
        "recording_id": new_recording_id(),
        "created": created,
        "origin": origin or satellite(),
        "decision": Decision(
            route=Route.ENGINE,
            engine_id="stt.cloud_speech",
            keep_audio=keep_audio,
            keep_transcript=keep_transcript,
            reasons=(Reason.ALLOWED, Reason.UNKNOWN_ORIGIN),
        ),
        "pipeline_engine_id": "stt.cloud_speech",
        "engine_id": "stt.cloud_speech",
        "report": LocalityReport(locality=Locality.CLOUD),
        "language": "de",
        "audio_format": PCM,
        "audio_seconds": 0.1,
        "audio_bytes": 3200,
        "audio": os.urandom(3200),
        "transcript": TRANSCRIPT,
        "response": RESPONSE,
        "outcome": Outcome.OK,
    }
    return Utterance(**values | changes)


def ledger_entry(**changes: Any) -> LedgerEntry:
    """Return the entry of a sentence that the cloud heard, with any changes."""
    values: dict[str, Any] = {
        "at": NOW,
        "satellite_key": "kitchen",
        "satellite_id": "assist_satellite.kitchen",
        "device_id": "device",
        "run_id": "run",
        "engine_id": "stt.cloud_speech",
        "locality": Locality.CLOUD,
        "evidence": (
            Evidence(kind="iot_class", verdict=Locality.CLOUD, detail="cloud_push"),
            Evidence(kind="wyoming_host", verdict=Locality.LOCAL, detail="„lan“"),
        ),
        "route": Route.ENGINE,
        "reasons": (Reason.ALLOWED,),
        "audio_bytes": 32_000,
        "audio_seconds": 1.0,
    }
    return LedgerEntry(**values | changes)
