"""Say how stored audio becomes a file that others can play."""

import re
import struct
from typing import Final

from .policy.models import AudioFormat

PCM: Final = "pcm"


def media_type(audio: AudioFormat) -> str:
    """Return the media type of the file."""
    return "audio/wav" if audio.codec == PCM else f"audio/{audio.format}"


def file_suffix(audio: AudioFormat) -> str:
    """Return how the name of the file ends; the format is somebody else's word."""
    if audio.codec == PCM:
        return ".wav"
    return f".{re.sub(r'[^a-z0-9]', '', audio.format.lower()) or 'audio'}"


def file_header(audio: AudioFormat, size: int) -> bytes:
    """Return what comes before so many bytes of audio; only raw samples need anything."""
    if audio.codec != PCM:
        return b""
    return struct.pack(
        "<4sI4s4sIHHIIHH4sI",
        b"RIFF",
        size + 36,
        b"WAVE",
        b"fmt ",
        16,
        1,
        audio.channels,
        audio.sample_rate,
        audio.bytes_per_second,
        audio.channels * audio.bit_rate // 8,
        audio.bit_rate,
        b"data",
        size,
    )
