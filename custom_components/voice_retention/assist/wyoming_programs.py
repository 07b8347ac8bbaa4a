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

ON_DEVICE: Final = (
    # How the program's name begins, and how its attribution address does.
    ("faster-whisper", "github.com/guillaumekln/faster-whisper"),
    ("mlx-whisper", "github.com/ml-explore/"),
    ("onnx-asr", "github.com/istupakov/onnx-asr"),
    ("pocketsphinx", "github.com/cmusphinx/pocketsphinx"),
    # Named after the models that it was trained to.
    ("", "github.com/synesthesiam/rhasspy-speech"),
    ("speech-to-phrase", "github.com/ohf-voice/speech-to-phrase"),
    ("vosk", "alphacephei.com/vosk"),
    ("whisper.cpp", "github.com/absadiki/pywhispercpp"),
    ("whisper.cpp", "github.com/ggerganov/whisper.cpp"),
)

FORWARDERS: Final = (
    # Programs that send what they hear to a vendor, attributed to where they are developed.
    "github.com/hugobloem/wyoming-microsoft-stt",
)

CLOUD_HOSTS: Final = (
    "aliyuncs.com",
    "amazon.com",
    "amazonaws.com",
    "assemblyai.com",
    "azure.com",
    "cloudflare.com",
    "deepgram.com",
    "deepinfra.com",
    "elevenlabs.io",
    "fireworks.ai",
    "gladia.io",
    "google.com",
    "googleapis.com",
    "groq.com",
    "ibm.com",
    "microsoft.com",
    "mistral.ai",
    "nabucasa.com",
    "openai.com",
    "openrouter.ai",
    "rev.ai",
    "soniox.com",
    "speechmatics.com",
    "together.xyz",
    "yandex.com",
    "yandex.net",
)
"""Vendors of speech recognition as a service; a program that speaks to any server of a
certain kind gives the address that it was told to use. Only the program's attribution is
looked at: many models that run on the spot are attributed to the same companies."""


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
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return Locality.UNPROVEN
    address = f"{host}{parts.path}"
    if address.startswith(FORWARDERS) or any(
        host == known or host.endswith(f".{known}") for known in CLOUD_HOSTS
    ):
        return Locality.CLOUD
    if any(
        name.startswith(known_name) and address.startswith(known_address)
        for known_name, known_address in ON_DEVICE
    ):
        return Locality.LOCAL
    return Locality.UNPROVEN
