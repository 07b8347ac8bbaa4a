"""Names of the stand-in for a cloud speech provider."""

from enum import StrEnum

DOMAIN = "cloud_speech"
CONF_WAY = "way"


class Way(StrEnum):
    """How an engine sends what it hears."""

    STREAM = "stream"
    """Chunk by chunk while someone speaks."""

    BUFFER = "buffer"
    """In one piece after the end of speech."""

    CRASH = "crash"
    """As a stream, and fails with an exception in mid-sentence."""
