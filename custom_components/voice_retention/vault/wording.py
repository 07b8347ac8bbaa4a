"""Compare words as people do: without minding capitals and accents."""

from collections.abc import Callable
from itertools import chain
from typing import Final
import unicodedata

from .models import RecordingText

_MARKS: Final = frozenset(
    map(
        chr,
        chain(
            range(0x0300, 0x0370),  # of Latin, Greek and Cyrillic letters
            range(0x0591, 0x05C8),  # Hebrew points
            range(0x064B, 0x0660),  # Arabic vowels
            (0x0640, 0x0670),
        ),
    )
)
"""What may be left out in writing. In other scripts such marks are letters of their own."""

_ALIKE: Final = str.maketrans(
    {
        "ı": "i",
        "ł": "l",
        "ø": "o",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "æ": "ae",
        "œ": "oe",
        "‘": "'",
        "’": "'",
        "ʼ": "'",
    }
)
"""Letters that are typed as others where a keyboard lacks them, and kinds of apostrophe."""


def fold(text: str) -> str:
    """Return a text in the form in which two that people take for the same are equal."""
    if text.isascii():
        return text.lower()
    # Some capitals become a letter and a mark only when they are made small.
    apart = unicodedata.normalize(
        "NFKD", unicodedata.normalize("NFKD", text).casefold()
    )
    bare = "".join(letter for letter in apart if letter not in _MARKS)
    return unicodedata.normalize("NFC", bare.translate(_ALIKE))


def looks_for(query: str) -> Callable[[RecordingText], bool]:
    """Return whether a recording has every word of a query in transcript or response."""
    words = fold(query).split()

    def matches(text: RecordingText) -> bool:
        """Compare with one recording."""
        # Between the two comes what is in no word.
        said = fold(f"{text.transcript or ''}\n{text.response or ''}")
        return all(word in said for word in words)

    return matches
