"""List the well-known Wyoming programs: what they call themselves, and what they do.

A Wyoming server on the home network may still forward what it hears, so being near is no
proof. Each row was read in the source of the program.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Nature(StrEnum):
    """What a program does with what it gets."""

    ON_DEVICE = "on_device"
    """It runs its model where it stands."""

    FORWARDS = "forwards"
    """It sends everything to a service on the internet."""

    DEPENDS = "depends"
    """It passes everything on to a server or plug-in of the household's choice, and does not
    say to which."""


@dataclass(frozen=True, kw_only=True, slots=True)
class KnownProgram:
    """A program as it describes itself, and where that was read."""

    name: str
    """How its name begins, in small letters; the empty name is any."""

    address: str
    """How the address that it is attributed to begins, without scheme, in small letters."""

    nature: Nature
    source: str


KNOWN_PROGRAMS: Final = (
    # Speech to text.
    KnownProgram(
        name="faster-whisper",
        address="github.com/guillaumekln/faster-whisper",
        nature=Nature.ON_DEVICE,
        source="https://github.com/OHF-Voice/wyoming-faster-whisper",
    ),
    KnownProgram(
        name="whisper.cpp",
        address="github.com/absadiki/pywhispercpp",
        nature=Nature.ON_DEVICE,
        source="https://github.com/debackerl/wyoming-whisper.cpp",
    ),
    KnownProgram(
        name="whisper.cpp",
        address="github.com/ggerganov/whisper.cpp",
        nature=Nature.ON_DEVICE,
        source="https://github.com/rhasspy/wyoming-whisper-cpp",
    ),
    KnownProgram(
        name="vosk",
        address="alphacephei.com/vosk",
        nature=Nature.ON_DEVICE,
        source="https://github.com/rhasspy/wyoming-vosk",
    ),
    KnownProgram(
        name="speech-to-phrase",
        address="github.com/ohf-voice/speech-to-phrase",
        nature=Nature.ON_DEVICE,
        source="https://github.com/OHF-Voice/speech-to-phrase",
    ),
    KnownProgram(
        # Named after the models that it was trained to.
        name="",
        address="github.com/synesthesiam/rhasspy-speech",
        nature=Nature.ON_DEVICE,
        source="https://github.com/rhasspy/wyoming-rhasspy-speech",
    ),
    KnownProgram(
        name="onnx-asr",
        address="github.com/istupakov/onnx-asr",
        nature=Nature.ON_DEVICE,
        source="https://github.com/tboby/wyoming-onnx-asr",
    ),
    KnownProgram(
        name="mlx-whisper",
        address="github.com/ml-explore/",
        nature=Nature.ON_DEVICE,
        source="https://github.com/basnijholt/wyoming-mlx-whisper",
    ),
    KnownProgram(
        name="pocketsphinx",
        address="github.com/cmusphinx/pocketsphinx",
        nature=Nature.ON_DEVICE,
        source="https://github.com/cmusphinx/pocketsphinx",
    ),
    KnownProgram(
        name="microsoft",
        address="github.com/hugobloem/wyoming-microsoft-stt",
        nature=Nature.FORWARDS,
        source="https://github.com/hugobloem/wyoming-microsoft-stt",
    ),
    KnownProgram(
        name="google",
        address="github.com/hugobloem/wyoming-google-stt",
        nature=Nature.FORWARDS,
        source="https://github.com/Cheerpipe/wyoming_google_stt",
    ),
    KnownProgram(
        name="google-streaming",
        address="github.com/sdetweil/wyominggoogle",
        nature=Nature.FORWARDS,
        source="https://github.com/sdetweil/wyoming-google",
    ),
    KnownProgram(
        name="whisper-cpp",
        address="github.com/synesthesiam",
        nature=Nature.DEPENDS,
        source="https://github.com/ser/wyoming-whisper-api-client",
    ),
    # Speech to text and text to speech.
    KnownProgram(
        name="azure ai speech",
        address="azure.microsoft.com",
        nature=Nature.FORWARDS,
        source="https://github.com/shmuelzon/wyoming-azure-speech",
    ),
    KnownProgram(
        name="wyoming-mlx",
        address="github.com/rnorth/wyoming-mlx",
        nature=Nature.ON_DEVICE,
        source="https://github.com/rnorth/wyoming-mlx",
    ),
    KnownProgram(
        name="palabra",
        address="palabra.ai",
        nature=Nature.FORWARDS,
        source="https://github.com/PalabraAI/integrations",
    ),
    KnownProgram(
        name="",
        address="github.com/openvoiceos/ovos-plugin-manager",
        nature=Nature.DEPENDS,
        source="https://github.com/OpenVoiceOS/wyoming-ovos-stt",
    ),
    # Text to speech.
    KnownProgram(
        name="piper",
        address="github.com/rhasspy/piper",
        nature=Nature.ON_DEVICE,
        source="https://github.com/OHF-Voice/wyoming-piper",
    ),
    KnownProgram(
        name="omnivoice",
        address="github.com/k2-fsa/omnivoice",
        nature=Nature.ON_DEVICE,
        source="https://github.com/OHF-Voice/wyoming-piper",
    ),
    KnownProgram(
        name="kokoro",
        address="github.com/hexgrad/kokoro",
        nature=Nature.ON_DEVICE,
        source="https://github.com/debackerl/wyoming-kokoro-torch",
    ),
    KnownProgram(
        name="opentts",
        address="github.com/synesthesiam/opentts",
        nature=Nature.ON_DEVICE,
        source="https://github.com/rhasspy/wyoming-opentts",
    ),
    KnownProgram(
        name="microsoft",
        address="github.com/hugobloem/wyoming-microsoft-tts",
        nature=Nature.FORWARDS,
        source="https://github.com/hugobloem/wyoming-microsoft-tts",
    ),
    KnownProgram(
        name="openai-tts",
        address="github.com/m0rdras/wyoming-openai-tts",
        nature=Nature.FORWARDS,
        source="https://github.com/m0rdras/wyoming-openai-tts",
    ),
    KnownProgram(
        # As a recogniser it gives the address that it forwards to; as a voice it does not.
        name="openai",
        address="github.com/roryeckel/wyoming_openai",
        nature=Nature.DEPENDS,
        source="https://github.com/roryeckel/wyoming_openai",
    ),
    # Wake words.
    KnownProgram(
        name="openwakeword",
        address="github.com/dscripka/openwakeword",
        nature=Nature.ON_DEVICE,
        source="https://github.com/rhasspy/wyoming-openwakeword",
    ),
    KnownProgram(
        name="microwakeword",
        address="github.com/kahrendt/microwakeword",
        nature=Nature.ON_DEVICE,
        source="https://github.com/rhasspy/wyoming-microwakeword",
    ),
    KnownProgram(
        name="porcupine1",
        address="github.com/picovoice/porcupine",
        nature=Nature.ON_DEVICE,
        source="https://github.com/rhasspy/wyoming-porcupine1",
    ),
    KnownProgram(
        name="snowboy",
        address="github.com/kitt-ai/snowboy",
        nature=Nature.ON_DEVICE,
        source="https://github.com/rhasspy/wyoming-snowboy",
    ),
    KnownProgram(
        name="bridge-to-",
        address="github.com/loque/wyoming-bridge",
        nature=Nature.DEPENDS,
        source="https://github.com/loque/wyoming-bridge",
    ),
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
    "palabra.ai",
    "rev.ai",
    "soniox.com",
    "speechmatics.com",
    "together.xyz",
    "x.ai",
    "yandex.com",
    "yandex.net",
)
"""Vendors of speech and language as a service; a program that speaks to any server of a
certain kind gives the address that it was told to use. Only the program's attribution is
looked at: many models that run on the spot are attributed to the same companies."""
