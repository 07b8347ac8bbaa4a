"""What lies in the folder that Assist records into for debugging."""

from datetime import UTC, datetime
import os
from pathlib import Path
import time

from tests.house import Satellite

from .talk import Talk


def recorded(root: Path) -> list[Path]:
    """Return the recordings."""
    return sorted(root.rglob("*.wav"))


def of_device(talk: Talk, root: Path, satellite: Satellite) -> list[Path]:
    """Return the recordings of a satellite."""
    return recorded(root / talk.device_id(satellite))


def plant(root: Path, *parts: str, ended: datetime, seconds: float = 1.0) -> Path:
    """Write a recording that ended at a moment, before this boot if need be."""
    age = (datetime.now(UTC) - ended).total_seconds() + seconds
    number = max(time.monotonic_ns() - int(age * 1e9), 1)
    file = root.joinpath(*parts, str(number), "01_stt-stt.cloud_speech.wav")
    file.parent.mkdir(parents=True)
    file.write_bytes(bytes(int(seconds * 32000)))
    os.utime(file, (ended.timestamp(), ended.timestamp()))
    return file
