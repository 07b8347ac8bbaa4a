"""Follow voice from a satellite to the answer, and find where it may leave the home."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from .choices import Rule
from .models import Locality


class StepKind(StrEnum):
    """What is done with voice on its way, in this order."""

    WAKE_WORD = "wake_word"
    """Before anything was said to anybody: everything in the room is streamed there."""

    STT = "stt"
    CONVERSATION = "conversation"
    TTS = "tts"


AUDIO_STEPS = frozenset({StepKind.WAKE_WORD, StepKind.STT})
"""Steps that get what was heard; the others get what was understood or answered."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One engine on the way."""

    kind: StepKind
    engine_id: str
    """The engine itself, also where a guard stands before it."""

    locality: Locality
    is_guarded: bool

    @property
    def is_open(self) -> bool:
        """Return whether what gets here may go on to the internet unasked."""
        return not self.is_guarded and self.locality is not Locality.LOCAL


@dataclass(frozen=True, kw_only=True, slots=True)
class VoicePath:
    """The way that voice takes after one wake word of one satellite."""

    satellite_key: str
    slot: int
    """Which of the satellite's wake words it is, from 1; for other clients, any pipeline is 0."""

    wake_word: str | None
    """What the satellite calls the wake word, if it tells."""

    pipeline_id: str
    pipeline_name: str
    steps: tuple[Step, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Gap:
    """A step of a path at which a rule can be got round."""

    path: VoicePath
    step: Step


def find_gaps(path: VoicePath, rule: Rule) -> Iterable[Gap]:
    """Return the steps that are open though the speaker must not be sent there."""
    for step in path.steps:
        must_stay = (
            rule.dont_send_audio if step.kind in AUDIO_STEPS else rule.dont_send_text
        )
        if must_stay and step.is_open:
            yield Gap(path=path, step=step)
