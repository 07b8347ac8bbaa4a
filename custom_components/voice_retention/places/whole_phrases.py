"""Recognise sentences inside texts that hold much else, and say where they are.

History and logs are full of words that nobody said: the search is stricter there than in
places that keep nothing but conversations. A sentence counts as written, letter for letter,
at the borders of words. One of under four words and under twelve characters ("yes", "turn
it on") is never looked for inside other text. Punctuation around a sentence is no part of it.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
import re
from typing import Final

_SPACELESS: Final = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
)
"""Scripts that put no space between words: every sign may begin or end one."""

_WORD = re.compile(rf"[{_SPACELESS}]|[^\W{_SPACELESS}]+")
_EDGES = re.compile(r"^\W+|\W+$")
_START = re.compile(rf"[{_SPACELESS}]|(?<![^\W{_SPACELESS}])\w|(?<=\\[nrt])\w")
_BORDER = re.compile(rf"\W|[{_SPACELESS}]|$")
_ENDING = re.compile(rf"[{_SPACELESS}]")

TELLING_WORDS: Final = 4
TELLING_LENGTH: Final = 12
_KEY_LENGTH: Final = 4
_CUT_LENGTH: Final = 200
"""From this length on, the beginning of a sentence is taken for a shortened copy."""


class WholePhrases:
    """A set of sentences, as they were said."""

    def __init__(self, texts: Iterable[str]) -> None:
        """Take the sentences."""
        self.cores = frozenset(core for text in texts if (core := core_of(text)))
        self._telling = frozenset(filter(is_telling, self.cores))
        self._short = self.cores - self._telling
        lengths: defaultdict[str, set[int]] = defaultdict(set)
        for phrase in self._telling:
            lengths[phrase[:_KEY_LENGTH]].add(len(phrase))
        # Longest first: of two sentences that begin alike the whole one is found.
        self._lengths = {
            key: sorted(all_, reverse=True) for key, all_ in lengths.items()
        }
        self._long = [text for text in self._telling if len(text) >= _CUT_LENGTH]

    def __bool__(self) -> bool:
        """Return whether there is any sentence."""
        return bool(self.cores)

    def is_short_one(self, text: str) -> bool:
        """Return whether a text is as a whole one of the short sentences."""
        return core_of(text) in self._short

    def are_mentioned(self, text: str) -> bool:
        """Return whether a text is or holds one of the longer sentences."""
        return next(self._spans(text), None) is not None or self._is_cut(text)

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Return where the longer sentences are in a text, in order, without overlap."""
        found: list[tuple[int, int]] = []
        for start, end in self._spans(text):
            if not found or start >= found[-1][1]:
                found.append((start, end))
            elif end > found[-1][1]:
                found[-1] = (found[-1][0], end)
        return found

    def _spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Yield the longest sentence at each place where a word begins."""
        if not self._lengths:
            return
        for match in _START.finditer(text):
            start = match.start()
            for length in self._lengths.get(text[start : start + _KEY_LENGTH], ()):
                end = start + length
                if text[start:end] in self._telling and _is_border(text, end):
                    yield start, end
                    break

    def _is_cut(self, text: str) -> bool:
        """Return whether a text is the beginning of a sentence that did not fit."""
        if len(text) < _CUT_LENGTH or not self._long:
            return False
        beginning = core_of(text)
        return any(phrase.startswith(beginning) for phrase in self._long)


def core_of(text: str) -> str:
    """Return a sentence without what is around its first and last word."""
    return _EDGES.sub("", text)


def is_telling(text: str) -> bool:
    """Return whether nobody writes a text by chance."""
    if len(text) >= TELLING_LENGTH:
        return True
    return len(_WORD.findall(text)) >= TELLING_WORDS


def _is_border(text: str, end: int) -> bool:
    """Return whether a word may end at a place."""
    return _BORDER.match(text, end) is not None or (
        _ENDING.match(text, end - 1) is not None
    )
