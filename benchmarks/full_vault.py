"""Fill a vault with a long life's recordings."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import batched
from pathlib import Path
from typing import Final

from custom_components.voice_retention.policy.models import (
    AudioFormat,
    Decision,
    Origin,
    OriginKind,
    Outcome,
    Reason,
    Route,
    Utterance,
    new_recording_id,
)
from custom_components.voice_retention.vault.vault import Vault
from homeassistant.util import dt as dt_util

BATCH: Final = 2000
AUDIO: Final = bytes(320)
"""Short, since rows and keys make a vault slow, if anything does, and not the length of what they hold."""

FORMAT: Final = AudioFormat(
    format="wav", codec="pcm", bit_rate=16, sample_rate=16000, channels=1
)
DECISION: Final = Decision(
    route=Route.ENGINE,
    engine_id="stt.instant",
    keep_audio=timedelta(days=1),
    keep_transcript=timedelta(days=1),
    reasons=(Reason.ALLOWED,),
)


async def fill(folder: Path, satellite_keys: Sequence[str], count: int) -> None:
    """Add recordings to a vault that nobody has open, spread over the last half day."""
    vault = await Vault.open(folder)
    try:
        began = dt_util.utcnow() - timedelta(hours=12)
        step = timedelta(hours=12) / count
        for numbers in batched(range(count), BATCH, strict=False):
            await vault.recordings.store(
                [
                    _utterance(
                        satellite_keys[number % len(satellite_keys)],
                        began + number * step,
                    )
                    for number in numbers
                ]
            )
    finally:
        await vault.close()


def _utterance(satellite_key: str, created: datetime) -> Utterance:
    """Return a recording of a satellite."""
    return Utterance(
        recording_id=new_recording_id(),
        created=created,
        origin=Origin(
            kind=OriginKind.SATELLITE,
            satellite_key=satellite_key,
            satellite_id="assist_satellite.room",
        ),
        decision=DECISION,
        pipeline_engine_id="stt.instant",
        engine_id="stt.instant",
        report=None,
        language="en",
        audio_format=FORMAT,
        audio_seconds=len(AUDIO) / FORMAT.bytes_per_second,
        audio_bytes=len(AUDIO),
        audio=AUDIO,
        transcript="what time is it",
        outcome=Outcome.OK,
    )
