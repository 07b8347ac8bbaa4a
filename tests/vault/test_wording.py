"""Test that a search finds what people mean, however it is written."""

import pytest

from custom_components.voice_retention.vault.models import RecordingText
from custom_components.voice_retention.vault.wording import fold, looks_for


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("KITCHEN", "kitchen", id="capitals"),
        pytest.param("Zoë", "ZOE", id="diaeresis"),
        pytest.param("cafe\u0301", "café", id="accent as a character of its own"),
        pytest.param("crème brûlée", "CREME BRULEE", id="French"),
        pytest.param("Straße", "STRASSE", id="sharp s"),
        pytest.param("STRAẞE", "strasse", id="capital sharp s"),
        pytest.param("ёлка", "ЕЛКА", id="Russian yo"),
        pytest.param("İstanbul", "istanbul", id="Turkish capital i with a dot"),
        pytest.param("ılık", "ilik", id="Turkish i without a dot"),
        pytest.param("Łódź", "lodz", id="Polish"),
        pytest.param("smørrebrød", "smorrebrod", id="Danish"),
        pytest.param("Ærø", "aero", id="ligature"),
        pytest.param("cœur", "COEUR", id="French ligature"),
        pytest.param("ﬁlm", "film", id="typographic ligature"),
        pytest.param("ΟΔΟΣ", "οδος", id="Greek final sigma"),
        pytest.param("οδός", "ΟΔΟΣ", id="Greek accent"),
        pytest.param("Ｗｉｄｅ", "wide", id="full width"),
        pytest.param("what’s", "what's", id="apostrophe"),
        pytest.param("שָׁלוֹם", "שלום", id="Hebrew points"),
        pytest.param("مَرْحَبًا", "مرحبا", id="Arabic vowels"),
    ],
)
def test_what_people_take_for_the_same_is_the_same(one: str, other: str) -> None:
    """Whoever searches types what the keyboard has."""
    assert fold(one) == fold(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("kitchen", "chicken", id="other letters"),
        pytest.param("가", "각", id="Korean syllables that begin alike"),
        pytest.param("が", "か", id="Japanese voicing"),
        pytest.param("कि", "कु", id="Hindi vowels"),
        pytest.param("1 2", "12", id="blank"),
    ],
)
def test_what_differs_for_readers_differs(one: str, other: str) -> None:
    """A mark that makes another letter is no accent."""
    assert fold(one) not in fold(other)
    assert fold(other) not in fold(one)


@pytest.mark.parametrize(
    ("query", "is_found"),
    [
        ("light", True),
        ("LIGHT on", True),
        ("on  Light\t", True),
        ("turn okay", True),
        ("ligh", True),
        ("light off", False),
        ("onokay", False),
    ],
)
def test_every_word_must_be_somewhere_in_what_was_said_or_answered(
    query: str, is_found: bool
) -> None:
    """In any order; no word is made of the end of one and the beginning of the other."""
    text = RecordingText(transcript="Turn the light on", response="Okay")
    assert looks_for(query)(text) is is_found


def test_what_is_not_kept_or_damaged_is_not_found() -> None:
    """There are no words to compare with."""
    assert not looks_for("none")(RecordingText())
    assert looks_for("okay")(RecordingText(response="okay"))
    assert looks_for("okay")(RecordingText(transcript="okay"))
