"""Test where a rule can be got round."""

from datetime import timedelta

import pytest

from custom_components.voice_retention.policy.choices import Rule
from custom_components.voice_retention.policy.models import Locality
from custom_components.voice_retention.policy.paths import (
    Step,
    StepKind,
    VoicePath,
    find_gaps,
)

DAY = timedelta(days=1)


def path(locality: Locality, *, is_guarded: bool) -> VoicePath:
    """Return a path whose steps are all alike."""
    return VoicePath(
        satellite_key="kitchen",
        slot=1,
        wake_word=None,
        pipeline_id="id",
        pipeline_name="Assistant",
        steps=tuple(
            Step(
                kind=kind,
                engine_id=f"{kind}.engine",
                locality=locality,
                is_guarded=is_guarded,
            )
            for kind in StepKind
        ),
    )


@pytest.mark.parametrize(
    ("audio", "text", "kinds"),
    [
        (False, False, []),
        (True, False, ["wake_word", "stt"]),
        (True, True, ["wake_word", "stt", "conversation", "tts"]),
    ],
)
@pytest.mark.parametrize("locality", [Locality.CLOUD, Locality.UNPROVEN])
def test_what_must_stay_has_a_gap_wherever_nobody_stands(
    *, audio: bool, text: bool, kinds: list[str], locality: Locality
) -> None:
    """The switch for audio says nothing about what was understood."""
    rule = Rule(
        dont_send_audio=audio,
        dont_send_text=text,
        keep_audio=DAY,
        keep_transcript=DAY,
    )
    gaps = find_gaps(path(locality, is_guarded=False), rule)
    assert [gap.step.kind for gap in gaps] == kinds
    assert not list(find_gaps(path(locality, is_guarded=True), rule))
    assert not list(find_gaps(path(Locality.LOCAL, is_guarded=False), rule))
