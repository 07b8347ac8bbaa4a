"""Recognise what was said or answered in the texts that a place holds."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Final

from homeassistant.components.conversation.trace import ConversationTrace

TELLING: Final = 10
"""Characters from which on a sentence is recognised inside other text, and anywhere.

Something shorter, as "on" or "kitchen", is in states and names without anybody saying it.
"""


class Phrases:
    """A set of sentences, however they are written in upper and lower case."""

    def __init__(self, texts: Iterable[str]) -> None:
        """Take the sentences."""
        self._all = frozenset(normal for text in texts if (normal := _normal(text)))
        # By their beginning, so that ten thousand sentences are looked for in one go.
        self._by_beginning: defaultdict[str, list[str]] = defaultdict(list)
        for text in self._all:
            if len(text) >= TELLING:
                self._by_beginning[text[:TELLING]].append(text)

    def __bool__(self) -> bool:
        """Return whether there is any sentence."""
        return bool(self._all)

    def has(self, text: object) -> bool:
        """Return whether a text is one of the sentences."""
        return isinstance(text, str) and _normal(text) in self._all

    def are_mentioned(self, text: str) -> bool:
        """Return whether one of the sentences is in a text, if it is long enough to tell."""
        if not self._by_beginning:
            return False
        searched = _normal(text)
        return any(
            searched.startswith(phrase, start)
            for start in range(len(searched) - TELLING + 1)
            for phrase in self._by_beginning.get(searched[start : start + TELLING], ())
        )


def walk(value: object) -> Iterator[object]:
    """Yield a value and everything that is nested in it."""
    yield value
    if isinstance(value, (str, type)):
        return
    for inner in _inner(value):
        yield from walk(inner)


def strings_in(value: object) -> Iterator[str]:
    """Yield every text that is nested in a value."""
    return (inner for inner in walk(value) if isinstance(inner, str))


def _inner(value: object) -> Iterable[object]:
    """Return what is nested in a value one level deep."""
    nested: Iterable[object] = ()
    if isinstance(value, Mapping):
        nested = (*value.keys(), *value.values())
    elif isinstance(value, (list, tuple, set, frozenset)):
        nested = value
    elif isinstance(value, BaseException):
        nested = (str(value),)
    elif isinstance(value, ConversationTrace):
        # Its own form copies the agent's tools, and many a tool cannot be copied.
        nested = (*vars(value).values(),)
    elif callable(as_dict := getattr(value, "as_dict", None)):
        nested = (as_dict(),)
    elif is_dataclass(value):
        nested = [getattr(value, item.name) for item in fields(value)]
    return nested


def _normal(text: str) -> str:
    """Return a text without differences that nobody hears."""
    return " ".join(text.casefold().split())
