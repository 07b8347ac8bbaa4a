"""Tell which rows of the recorder hold what was said.

A row is recognised by the texts in its JSON. A sentence that is too short to tell counts
only where sentences are kept: under a name such as "text" or "message", or as the state of
an entity such as "sensor.last_transcript"; "on" and "kitchen" are everywhere else.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
import json
import re
from typing import Any, Final, Self

from homeassistant.core import HomeAssistant
from homeassistant.util.json import JSON_DECODE_EXCEPTIONS, json_loads

from ..policy.models import Content
from .debug_runs import DebugRun, spared_runs
from .once import once_per_target
from .protocol import Target
from .sought import AFTERMATH, BEFORE, Speakers, Whose, speakers_of
from .whole_phrases import WholePhrases

SPOKEN_KEYS: Final = frozenset(
    {
        "answer",
        "input",
        "intent_input",
        "message",
        "prompt",
        "query",
        "question",
        "reply",
        "request",
        "response",
        "said",
        "sentence",
        "speech",
        "spoken",
        "start_message",
        "stt_output",
        "text",
        "tts_input",
        "transcript",
        "transcription",
        "utterance",
    }
)
SILENT_KEYS: Final = frozenset({"friendly_name", "name", "options"})
"""Names that people give to things; many are named like the sentence that means them."""

_SPOKEN_ENTITY = re.compile(
    r"transcri|sentence|utterance|speech|spoken|said|heard|stt|tts|response|reply|answer"
    r"|conversation|last_command|last_request|prompt|query"
)
_SPARED_FOR: Final = timedelta(minutes=1)
_PREFIX_LENGTH: Final = 100
_MAX_PATTERNS: Final = 60
"""With more, the database would be slower than reading every row of the time is."""


@dataclass(frozen=True, slots=True)
class Window:
    """A time as the recorder keeps it."""

    start: float | None
    end: float | None
    """Exclusive."""

    def covers(self, moment: float) -> bool:
        """Return whether a moment is within."""
        return (self.start is None or self.start <= moment) and (
            self.end is None or moment < self.end
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """What to look for; it is handed to another thread and so holds no object of the loop."""

    phrases: WholePhrases = field(repr=False)
    windows: tuple[Window, ...]
    is_exact: bool
    """The windows are those of single sentences."""

    speakers: Speakers = field(repr=False)
    spared: tuple[tuple[Window, WholePhrases], ...] = field(repr=False)

    @classmethod
    async def async_of(cls, hass: HomeAssistant, target: Target) -> Self:
        """Translate a target; many sentences take a while, so not in the event loop."""
        return cls(
            phrases=await hass.async_add_executor_job(_phrases_sought, target),
            windows=_windows(target),
            is_exact=target.is_exact,
            speakers=speakers_of(hass, target),
            spared=tuple(
                (
                    window_of(run.started - BEFORE, run.started + _SPARED_FOR),
                    _phrases_of(run),
                )
                for run in spared_runs(hass, target)
                if run.started is not None
            ),
        )

    def __bool__(self) -> bool:
        """Return whether there is anything to look for."""
        return bool(self.phrases and self.windows)

    def covers(self, moment: datetime) -> bool:
        """Return whether something may have been written at a moment."""
        return any(window.covers(moment.timestamp()) for window in self.windows)

    def is_message(self, *texts: str | None) -> bool:
        """Return whether texts that somebody is shown are, or hold, something that was said."""
        return any(
            self.phrases.are_mentioned(text) or self.phrases.is_short_one(text)
            for text in texts
            if text
        )

    def is_told_in(self, shared: str | None) -> bool:
        """Return whether JSON holds something that was said by who is meant."""
        return _is_told(self.phrases, shared) and not self._is_somebody_elses(shared)

    def is_state(self, state: str | None, entity_id: str | None) -> bool:
        """Return whether a state is something that was said."""
        if not state:
            return False
        if self.phrases.is_short_one(state):
            return _SPOKEN_ENTITY.search(entity_id or "") is not None
        return self.phrases.are_mentioned(state)

    def is_transcript(self, state: str | None, shared: str | None) -> bool:
        """Return whether what an entity shows that shows sentences is a wanted one."""
        texts = [state, *(text for _, text in _texts(shared))]
        return not self._is_somebody_elses(shared) and any(
            self.phrases.is_short_one(text) or self.phrases.are_mentioned(text)
            for text in texts
            if text
        )

    def is_spared(self, moment: float, *texts: str | None) -> bool:
        """Return whether a row holds the sentence of a recording that is held."""
        return any(
            window.covers(moment)
            and any(
                _is_told(phrases, text) or phrases.are_mentioned(text)
                for text in texts
                if text
            )
            for window, phrases in self.spared
        )

    def patterns(self) -> list[str]:
        """Return what a text is like, in SQL with "|" as escape, that may hold a phrase.

        None if there would be too many.
        """
        patterns = sorted({form for core in self.phrases.cores for form in _like(core)})
        return patterns if len(patterns) <= _MAX_PATTERNS else []

    def _is_somebody_elses(self, shared: str | None) -> bool:
        """Return whether JSON names a satellite that is not meant as the speaker."""
        names = [text for key, text in _texts(shared) if key == "satellite_id"]
        return bool(names) and all(
            self.speakers.whose(name, None) is Whose.SOMEBODY_ELSES for name in names
        )


def _is_told(phrases: WholePhrases, shared: str | None) -> bool:
    """Return whether JSON holds one of some sentences."""
    return any(
        phrases.are_mentioned(text)
        or (key in SPOKEN_KEYS and phrases.is_short_one(text))
        for key, text in _texts(shared)
        if key not in SILENT_KEYS
    )


def _texts(shared: str | None) -> Iterator[tuple[str, str]]:
    """Yield every text of JSON with the name that it has there, also of JSON in JSON."""
    if not shared:
        return
    try:
        value: Any = json_loads(shared)
    except JSON_DECODE_EXCEPTIONS:
        return
    yield from _walk("", value)


def _walk(key: str, value: Any) -> Iterator[tuple[str, str]]:
    """Yield every text in a value of JSON."""
    if isinstance(value, str):
        yield key, value
        if value[:1] in {"{", "["}:
            yield from _texts(value)
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield "", name
            yield from _walk(name, inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _walk(key, inner)


def _like(core: str) -> set[str]:
    """Return patterns for a text in JSON, with its letters as such and as numbers."""
    head = core[:_PREFIX_LENGTH]
    return {
        f"%{''.join(map(_as_letter, head))}%",
        f"%{''.join(map(_as_number, head))}%",
    }


def _as_letter(letter: str) -> str:
    """Return the pattern of a letter; what JSON escapes may look like anything."""
    if letter in '"\\/' or not letter.isprintable():
        return "%"
    return f"|{letter}" if letter in "%_|" else letter


def _as_number(letter: str) -> str:
    """Return the pattern of a letter that JSON wrote as its number, once or twice."""
    if letter.isascii():
        return _as_letter(letter)
    return json.dumps(letter)[1:-1].replace("\\", "%")


def _phrases_of(run: DebugRun) -> WholePhrases:
    """Return what was said and answered in a run."""
    return WholePhrases(run.transcripts | run.responses)


@once_per_target
def _phrases_sought(target: Target) -> WholePhrases:
    """Return what is to be deleted of what was said and answered."""
    trail, contents = target.trail, target.contents
    return WholePhrases(
        (trail.transcripts if Content.TRANSCRIPT in contents else frozenset())
        | (trail.responses if Content.RESPONSE in contents else frozenset())
    )


@once_per_target
def _windows(target: Target) -> tuple[Window, ...]:
    """Return the times in which something of a target may have been written."""
    if not target.is_exact:
        end = None if target.end is None else target.end + AFTERMATH
        return (window_of(target.start, end),)
    spans = sorted(
        (item.created - BEFORE, item.created + AFTERMATH) for item in target.recordings
    )
    return tuple(window_of(start, end) for start, end in _merged(spans))


def _merged(
    spans: list[tuple[datetime, datetime]],
) -> Iterator[tuple[datetime, datetime]]:
    """Join times that overlap; all are equally long and in order."""
    if not spans:
        return
    begin = spans[0][0]
    for (_, end), (start, _) in pairwise(spans):
        if start > end:
            yield begin, end
            begin = start
    yield begin, spans[-1][1]


def window_of(start: datetime | None, end: datetime | None) -> Window:
    """Return a time as the recorder keeps it."""
    return Window(
        None if start is None else start.timestamp(),
        None if end is None else end.timestamp(),
    )
