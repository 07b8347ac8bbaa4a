"""What many places want to know of a target is worked out once, and off the event loop."""

from dataclasses import replace

from custom_components.voice_retention.places import once
from custom_components.voice_retention.places.once import prepare, release
from custom_components.voice_retention.places.sought import (
    conversations_of,
    transcripts_of,
)

from .history import KITCHEN_WORDS, recording, said


def test_a_target_remembers_what_was_worked_out() -> None:
    """To go through a hundred thousand sentences for every place would take minutes."""
    target = said(KITCHEN_WORDS)
    prepare(target)
    worked_out = transcripts_of(target)
    assert worked_out.has(KITCHEN_WORDS)
    assert transcripts_of(target) is worked_out
    assert len(target.memory) == len(once._ALL)


def test_another_target_remembers_nothing_of_it() -> None:
    """One that means less must not find more."""
    target = said(KITCHEN_WORDS)
    prepare(target)
    other = replace(target, recordings=(recording(),))
    assert conversations_of(target) == frozenset()
    assert conversations_of(other) == {"conversation"}


def test_targets_are_let_go_of() -> None:
    """Nothing of what was said stays in memory for longer than its purge."""
    targets = [replace(said(KITCHEN_WORDS), recordings=(recording(),) * 1001)]
    release(targets)
    assert not targets
