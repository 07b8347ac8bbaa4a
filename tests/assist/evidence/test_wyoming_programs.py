"""What published servers say of themselves is read as it is meant."""

import pytest

from custom_components.voice_retention.assist.evidence.wyoming_programs import (
    program_evidence,
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
