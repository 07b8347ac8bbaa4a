"""What was said, and is to be deleted from history and logs."""

from collections.abc import Iterable
from datetime import datetime

from custom_components.voice_retention.places.protocol import Target
from custom_components.voice_retention.places.trail import Trail
from custom_components.voice_retention.policy.models import (
    ALL_CONTENT,
    AudioFormat,
    Content,
    OriginKind,
    Outcome,
    Route,
)
from custom_components.voice_retention.vault.models import StoredRecording
from homeassistant.util import dt as dt_util

KITCHEN_WORDS = "tell me about the purple walrus"
KITCHEN_REPLY = "The purple walrus says hello to you"
BEDROOM_WORDS = "tell me about the orange giraffe"


def said(
    *transcripts: str,
    responses: Iterable[str] = (),
    contents: frozenset[Content] = ALL_CONTENT,
    satellite_ids: frozenset[str] | None = None,
    start: datetime | None = None,
    end: datetime | None = None,
    spared_runs: frozenset[str] = frozenset(),
) -> Target:
    """Return a target: what was said in a time."""
    return Target(
        recordings=(),
        contents=contents,
        satellite_ids=satellite_ids,
        includes_other_clients=satellite_ids is None,
        start=start,
        end=end,
        is_exact=False,
        spared_runs=spared_runs,
        trail=Trail(transcripts=frozenset(transcripts), responses=frozenset(responses)),
    )


def said_at(*moments: datetime, words: Iterable[str]) -> Target:
    """Return a target: recordings of certain moments."""
    return Target(
        recordings=tuple(map(recording, moments)),
        contents=ALL_CONTENT,
        satellite_ids=None,
        includes_other_clients=True,
        start=None,
        end=None,
        is_exact=True,
        spared_runs=frozenset(),
        trail=Trail(transcripts=frozenset(words)),
    )


def recording(created: datetime | None = None) -> StoredRecording:
    """Return a recording of a moment."""
    return StoredRecording(
        recording_id="recording",
        created=created or dt_util.utcnow(),
        satellite_key="kitchen",
        origin_kind=OriginKind.SATELLITE,
        origin_key="kitchen",
        satellite_id="assist_satellite.kitchen",
        device_id="kitchen",
        pipeline_id="pipeline",
        run_id="run",
        conversation_id="conversation",
        pipeline_engine_id="stt.cloud_speech",
        engine_id="stt.cloud_speech",
        locality=None,
        route=Route.ENGINE,
        reasons=(),
        language="en",
        audio_format=AudioFormat(
            format="wav", codec="pcm", bit_rate=16, sample_rate=16000, channels=1
        ),
        audio_seconds=0.16,
        audio_bytes=5120,
        is_truncated=False,
        outcome=Outcome.OK,
        audio_expires=None,
        text_expires=None,
        held_until=None,
        contents=ALL_CONTENT,
        size=0,
    )
