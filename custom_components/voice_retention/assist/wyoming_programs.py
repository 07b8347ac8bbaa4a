"""Know well-known Wyoming programs by how they describe themselves.

A Wyoming server on the home network may still forward what it hears, so being near is no
proof. What a server says of itself is taken as evidence only when it names a program that
is known to run its model where it stands, or a service that is known to be on the internet.
"""

from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from ..policy.models import Evidence, Locality

if TYPE_CHECKING:
    # The package is there only where the Wyoming integration is used.
    from wyoming.info import AsrProgram

KIND: Final = "wyoming_program"

ON_DEVICE: Final = {
    # Program name to the part of its attribution address that must agree.
    "faster-whisper": "github.com/guillaumekln/faster-whisper",
    "mlx-whisper": "github.com/ml-explore",
    "pocketsphinx": "github.com/cmusphinx/pocketsphinx",
    "rhasspy-speech": "github.com/synesthesiam/rhasspy-speech",
    "sherpa-onnx": "github.com/k2-fsa/sherpa-onnx",
    "speech-to-phrase": "github.com/ohf-voice/speech-to-phrase",
    "vosk": "alphacephei.com",
    "whisper.cpp": "github.com/ggerganov/whisper.cpp",
}

CLOUD_HOSTS: Final = (
    "amazon.com",
    "assemblyai.com",
    "azure.com",
    "deepgram.com",
    "elevenlabs.io",
    "google.com",
    "groq.com",
    "ibm.com",
    "microsoft.com",
    "mistral.ai",
    "openai.com",
    "soniox.com",
    "speechmatics.com",
    "yandex.com",
)
"""Vendors of speech recognition as a service. Only the program's attribution is looked at:
many models that run on the spot are attributed to the same companies."""


def program_evidence(program: AsrProgram) -> Evidence:
    """Judge a speech-to-text program by its name and attribution."""
    url = program.attribution.url
    return Evidence(
        kind=KIND,
        verdict=_verdict(program.name.lower(), url.lower()),
        detail=f"{program.name} ({url})" if url else program.name,
    )


def _verdict(name: str, url: str) -> Locality:
    """Return what name and address say together."""
    host = urlsplit(url).hostname or ""
    if any(host == known or host.endswith(f".{known}") for known in CLOUD_HOSTS):
        return Locality.CLOUD
    if (known_url := ON_DEVICE.get(name)) is not None and known_url in url:
        return Locality.LOCAL
    return Locality.UNPROVEN
