"""What published servers say of themselves is read as it is meant."""

from typing import Any

import pytest
from wyoming.info import Attribution, HandleProgram, Info, IntentProgram, TtsProgram

from custom_components.voice_retention.assist.evidence.known_programs import (
    KNOWN_PROGRAMS,
)
from custom_components.voice_retention.assist.evidence.wyoming_programs import (
    program_evidence,
    programs_evidence,
)
from custom_components.voice_retention.policy.models import Locality
from tests.assist.wyoming_house import describe

PUBLISHED = [
    # As they stand in the sources of the servers, upper and lower case included.
    ("faster-whisper", "https://github.com/guillaumekln/faster-whisper/", "local"),
    ("mlx-whisper", "https://github.com/ml-explore/mlx-examples", "local"),
    ("onnx-asr", "https://github.com/istupakov/onnx-asr", "local"),
    ("pocketsphinx", "https://github.com/cmusphinx/pocketsphinx", "local"),
    ("rhasspy", "https://github.com/synesthesiam/rhasspy-speech", "local"),
    ("coqui-my_house", "https://github.com/synesthesiam/rhasspy-speech", "local"),
    ("speech-to-phrase", "http://github.com/OHF-voice/speech-to-phrase", "local"),
    ("vosk", "https://alphacephei.com/vosk/", "local"),
    ("whisper.cpp", "https://github.com/absadiki/pywhispercpp/", "local"),
    ("openai", "https://api.openai.com/v1", "cloud"),
    ("openai-streaming", "https://api.groq.com/openai/v1", "cloud"),
    ("openai", "https://generativelanguage.googleapis.com/v1beta/openai", "cloud"),
    ("Microsoft", "https://github.com/hugobloem/wyoming-microsoft-stt/", "cloud"),
    (
        "google-streaming",
        "https://github.com/sdetweil/wyominggoogle",
        "cloud",
    ),
    (
        "Google Speech Recognition",
        "https://github.com/hugobloem/wyoming-google-stt/",
        "cloud",
    ),
    (
        "Azure AI Speech",
        "https://azure.microsoft.com/en-us/products/ai-services/ai-speech",
        "cloud",
    ),
    ("palabra", "https://palabra.ai", "cloud"),
    ("grok-stt", "https://x.ai", "cloud"),
    ("microsoft", "https://github.com/hugobloem/wyoming-microsoft-tts", "cloud"),
    ("openai-tts", "https://github.com/m0rdras/wyoming-openai-tts", "cloud"),
    ("google-tts", "https://cloud.google.com/text-to-speech", "cloud"),
    ("deepgram", "https://deepgram.com", "cloud"),
    ("whisper.cpp", "https://github.com/ggerganov/whisper.cpp", "local"),
    ("wyoming-mlx", "https://github.com/rnorth/wyoming-mlx", "local"),
    ("piper", "https://github.com/rhasspy/piper", "local"),
    ("omnivoice", "https://github.com/k2-fsa/OmniVoice", "local"),
    ("kokoro", "https://github.com/hexgrad/kokoro", "local"),
    ("openTTS", "https://github.com/synesthesiam/opentts", "local"),
    ("openwakeword", "https://github.com/dscripka/openWakeWord", "local"),
    ("microWakeWord", "https://github.com/kahrendt/microWakeWord/", "local"),
    ("porcupine1", "https://github.com/Picovoice/porcupine", "local"),
    ("snowboy", "https://github.com/Kitt-AI/snowboy", "local"),
    # They pass everything on, and do not say to whom.
    ("whisper-cpp", "https://github.com/synesthesiam", "unproven"),
    ("openai", "https://github.com/roryeckel/wyoming_openai", "unproven"),
    ("bridge-to-", "https://github.com/loque/wyoming-bridge", "unproven"),
    (
        "ovos-stt-plugin-server",
        "https://github.com/OpenVoiceOS/ovos-plugin-manager",
        "unproven",
    ),
    # It forwards, but perhaps only to the next room: for the user to say.
    ("openai", "http://localhost:8000/v1", "unproven"),
    ("openai", "http://192.168.1.5:8000/v1", "unproven"),
]

DOUBTFUL = [
    ("", "", "unproven"),
    ("faster-whisper", "", "unproven"),
    ("openai", "https://github.com/guillaumekln/faster-whisper", "unproven"),
    (
        "faster-whisper",
        "https://example.com/github.com/guillaumekln/faster-whisper",
        "unproven",
    ),
    ("faster-whisper", "https://openai.com.example.org/", "unproven"),
    ("faster-whisper", "https://notopenai.com/", "unproven"),
    ("faster-whisper", "https://OpenAI.com", "cloud"),
    ("faster-whisper", "github.com/guillaumekln/faster-whisper", "local"),
    ("faster-whisper", "https://[broken", "unproven"),
    ("faster-whisper", "not an address", "unproven"),
]


@pytest.mark.parametrize(("name", "url", "verdict"), [*PUBLISHED, *DOUBTFUL])
def test_a_program_is_judged_by_name_and_address(
    name: str, url: str, verdict: str
) -> None:
    """Both must agree for good news; the address alone is enough for bad."""
    evidence = program_evidence(describe(name, url))
    assert evidence.verdict is Locality(verdict)
    assert evidence.kind == "wyoming_program"
    assert evidence.detail == (f"{name} ({url})" if url else name)


def test_only_the_program_is_judged_not_its_model() -> None:
    """Models that run on the spot were often made by those who also run a cloud."""
    program = describe(
        "faster-whisper", "https://github.com/guillaumekln/faster-whisper"
    )
    program.models[0].attribution.url = "https://openai.com"
    program.attribution = describe(
        "x", "https://github.com/guillaumekln/faster-whisper"
    ).attribution
    assert program_evidence(program).verdict is Locality.LOCAL


def test_every_row_of_the_table_says_where_it_was_read_and_is_used() -> None:
    """A claim that nobody can check, or that nothing matches, is worth nothing."""
    for known in KNOWN_PROGRAMS:
        assert known.source.startswith("https://github.com/")
        assert known.name == known.name.lower()
        assert known.address == known.address.lower()
        assert any(
            name.lower().startswith(known.name) and known.address in url.lower()
            for name, url, _ in PUBLISHED
        ), known


def test_engines_are_judged_by_the_programs_of_their_kind() -> None:
    """A server may have several, of which each engine uses one kind."""
    attribution = describe(*PUBLISHED[0][:2]).attribution
    local: dict[str, Any] = {"installed": True, "description": None, "version": None}
    info = Info(
        asr=[describe("vosk", "https://alphacephei.com/vosk/")],
        tts=[
            TtsProgram(
                "palabra", Attribution("", "https://palabra.ai"), voices=[], **local
            )
        ],
        intent=[IntentProgram("own", attribution, models=[], **local)],
        handle=[
            HandleProgram("other", Attribution("", "https://x.ai"), models=[], **local)
        ],
    )
    verdicts = {
        domain: [item.verdict for item in programs_evidence(info, domain)]
        for domain in ("stt", "tts", "conversation", "wake_word", "light")
    }
    assert verdicts == {
        "stt": [Locality.LOCAL],
        "tts": [Locality.CLOUD],
        "conversation": [Locality.UNPROVEN, Locality.CLOUD],
        "wake_word": [],
        "light": [],
    }
