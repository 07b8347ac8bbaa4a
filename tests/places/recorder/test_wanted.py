"""How sentences are recognised in history."""

import pytest

from custom_components.voice_retention.places.recorder_wanted import Wanted, Window
from custom_components.voice_retention.places.sought import Speakers
from custom_components.voice_retention.places.whole_phrases import (
    WholePhrases,
    core_of,
    is_telling,
)


def wanted(*words: str) -> Wanted:
    """Look for words of everybody at any time."""
    return Wanted(
        phrases=WholePhrases(words),
        windows=(Window(None, None),),
        is_exact=False,
        speakers=Speakers(
            satellite_ids=frozenset(),
            device_ids=frozenset(),
            includes_other_clients=True,
            is_everybody=True,
        ),
        spared=(),
    )


@pytest.mark.parametrize(
    ("words", "telling"),
    [
        ("yes", False),
        ("turn it on", False),
        ("do it now ok", True),
        ("antidisestablish", True),
        ("打开客厅", True),
        ("打开", False),
    ],
)
def test_what_nobody_writes_by_chance_is_telling(words: str, telling: bool) -> None:
    """Only that is looked for inside other text."""
    assert is_telling(words) is telling


def test_punctuation_around_a_sentence_is_no_part_of_it() -> None:
    """Engines add it, agents drop it."""
    assert core_of(" «Turn it on!» ") == "Turn it on"
    assert not WholePhrases(["?", ""])


def test_every_place_of_a_sentence_is_told_once() -> None:
    """Of two that begin alike the longer one is meant, and overlaps are joined."""
    phrases = WholePhrases(
        ["one two three four", "one two three four five", "four five six seven", "x"]
    )
    text = "one two three four five six seven, one two three four! x"
    assert [text[start:end] for start, end in phrases.spans(text)] == [
        "one two three four five six seven",
        "one two three four",
    ]
    assert WholePhrases(["x"]).spans(text) == []
    # What lies wholly inside another one adds nothing.
    inside = WholePhrases(["one two three four five", "two three four five"])
    assert inside.spans("one two three four five") == [(0, 23)]


@pytest.mark.parametrize(
    ("shared", "told"),
    [
        ('{"a": [{"b": "so: one two three four"}]}', True),
        ('{"one two three four": 1}', True),
        ('{"a": "{\\"b\\": \\"one two three four\\"}"}', True),
        ('{"a": "{one two three for"}', False),
        ('{"a": 4, "b": null}', False),
        ("one two three four", False),
        (None, False),
    ],
)
def test_text_is_found_in_any_depth_of_json(shared: str | None, told: bool) -> None:
    """Other integrations put it anywhere."""
    assert wanted("one two three four").is_told_in(shared) is told


def test_a_shortened_sentence_is_found() -> None:
    """But a long text that begins otherwise is none."""
    phrases = WholePhrases(["a long story about it " * 30])
    assert phrases.are_mentioned(("a long story about it " * 30)[:220])
    assert not phrases.are_mentioned("another long story about it " * 10)
    assert not phrases.are_mentioned("a long story about it")


def test_with_too_many_sentences_the_database_is_not_asked_for_each() -> None:
    """It would be slower than reading everything."""
    assert wanted("a/b_c%d|e").patterns() == ["%a%b|_c|%d||e%"]
    assert len(wanted("über").patterns()) == 2
    assert wanted(*(f"sentence {number}" for number in range(100))).patterns() == []
