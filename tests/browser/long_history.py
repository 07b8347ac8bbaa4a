"""A vault with as many recordings as a test wants to look through."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import batched
from pathlib import Path
from typing import Final

from benchmarks.full_vault import BATCH, DECISION, FORMAT
from custom_components.voice_retention.policy.models import (
    Locality,
    LocalityReport,
    Origin,
    OriginKind,
    Outcome,
    Utterance,
    new_recording_id,
)
from custom_components.voice_retention.vault.vault import Vault
from homeassistant.util import dt as dt_util

AUDIO: Final = bytes(3200)
SPREAD: Final = timedelta(hours=20)
"""Less than the day that recordings are kept."""


def said(number: int) -> str:
    """Return what was said; every sentence is another one."""
    return f"what is the weather like in town number {number}"


async def fill(config_folder: Path, satellite_keys: Sequence[str], count: int) -> None:
    """Add recordings while Home Assistant is stopped; the last one is the newest."""
    vault = await Vault.open(config_folder / ".cache/voice_retention")
    began = dt_util.utcnow() - SPREAD - timedelta(minutes=5)
    try:
        for numbers in batched(range(count), BATCH, strict=False):
            await vault.recordings.store(
                [
                    _utterance(
                        number,
                        satellite_keys[number % len(satellite_keys)],
                        began + number * SPREAD / count,
                    )
                    for number in numbers
                ]
            )
    finally:
        await vault.close()


def _utterance(number: int, satellite_key: str, created: datetime) -> Utterance:
    """Return one sentence; every tenth was not understood."""
    is_understood = number % 10 != 0
    return Utterance(
        recording_id=new_recording_id(),
        created=created,
        origin=Origin(kind=OriginKind.SATELLITE, satellite_key=satellite_key),
        decision=DECISION,
        pipeline_engine_id="stt.cloud",
        engine_id="stt.cloud",
        report=LocalityReport(locality=Locality.CLOUD),
        language="en",
        audio_format=FORMAT,
        audio_seconds=len(AUDIO) / FORMAT.bytes_per_second,
        audio_bytes=len(AUDIO),
        audio=AUDIO,
        transcript=said(number) if is_understood else None,
        response=f"It is raining in town number {number}" if is_understood else None,
        outcome=Outcome.OK if is_understood else Outcome.UNRECOGNISED,
    )
