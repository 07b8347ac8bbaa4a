"""Take sentences out of what a running automation or script remembers, where it is.

What runs keeps its variables, its steps and what led to it until it ends. Nothing of that can
be dropped without ending it; so only the words go, and it runs on without them.
"""

from collections import ChainMap, deque
from collections.abc import Callable, Iterator
from dataclasses import is_dataclass
from functools import partial
from typing import Any, Final

from homeassistant.components.conversation.trace import ConversationTrace
from homeassistant.core import Context, Event
from homeassistant.helpers.intent import IntentResponse
from homeassistant.helpers.script_variables import ScriptRunVariables
from homeassistant.helpers.trace import TraceElement

from .log_redaction import REPLACEMENT

_OPEN: Final = (
    Context,
    ConversationTrace,
    Event,
    IntentResponse,
    ScriptRunVariables,
    TraceElement,
)
"""Beside data classes, the objects that are looked into; all others belong to themselves."""

_SENTENCE: Final = "sentence"
_PARTS: Final = ("slots", "details")
"""What a trigger makes of its sentence: words of it, each for itself."""

type Redact = Callable[[str], str]
type Write = Callable[[Any, str], None]


class Scrubber:
    """Goes through objects and counts, and unless dry replaces, what is to go."""

    def __init__(self, redact: Redact, *, is_dry: bool) -> None:
        """Take what returns a text without the sentences."""
        self._redact = redact
        self._is_dry = is_dry
        self._seen: dict[int, Any] = {}
        self.count = 0

    def scrub(self, root: object) -> None:
        """Go through an object and everything that is nested in it."""
        pending = [root]
        while pending:
            item = pending.pop()
            if isinstance(item, (str, int, float, type)) or id(item) in self._seen:
                continue
            # Kept, so that no other object gets the same id meanwhile.
            self._seen[id(item)] = item
            before = self.count
            pending += self._scrub_one(item)
            if isinstance(item, Event):
                self.scrub(item.data)
                if self.count > before and not self._is_dry:
                    # What it was sent as, with the words.
                    item._cache.clear()  # noqa: SLF001

    def _scrub_one(self, item: Any) -> Iterator[object]:
        """Take the words out of one object; yield what else it holds."""
        if isinstance(item, dict) and self._is_wanted(item.get(_SENTENCE)):
            for part in _PARTS:
                self._blank(item.get(part))
        entries, write = _opened(item)
        for key, value in entries:
            if not isinstance(value, str):
                yield value
            elif write is not None and self._is_wanted(value):
                self.count += 1
                if not self._is_dry:
                    write(key, self._redact(value))

    def _blank(self, part: Any) -> None:
        """Take every text out of what a trigger made of its sentence."""
        if not isinstance(part, dict):
            return
        for key, value in part.items():
            if isinstance(value, str) and value != REPLACEMENT:
                self.count += 1
                if not self._is_dry:
                    part[key] = REPLACEMENT
            else:
                self._blank(value)

    def _is_wanted(self, text: object) -> bool:
        """Return whether a text holds something that is to go."""
        return isinstance(text, str) and self._redact(text) != text


def _opened(item: Any) -> tuple[list[tuple[Any, Any]], Write | None]:
    """Return what is in an object, each with its place, and how to replace it, if one can."""
    if isinstance(item, dict):
        # Some are read-only, for whoever uses them as they are meant to be used.
        return list(item.items()), partial(dict.__setitem__, item)
    if isinstance(item, (list, deque)):
        return list(enumerate(item)), item.__setitem__
    if isinstance(item, (tuple, set, frozenset)):
        return list(enumerate(item)), None
    if isinstance(item, ChainMap):
        return list(enumerate(item.maps)), None
    if _is_open(item):
        return list(_attributes(item)), partial(object.__setattr__, item)
    return [], None


def _is_open(item: object) -> bool:
    """Return whether an object is only there to hold others."""
    return isinstance(item, _OPEN) or (
        is_dataclass(item) and type(item).__module__.startswith("homeassistant.")
    )


def _attributes(item: object) -> Iterator[tuple[str, Any]]:
    """Yield the attributes of an object, those in slots included."""
    yield from getattr(item, "__dict__", {}).items()
    for kind in type(item).__mro__:
        names = kind.__dict__.get("__slots__", ())
        for name in (names,) if isinstance(names, str) else names:
            if hasattr(item, name):
                yield name, getattr(item, name)
