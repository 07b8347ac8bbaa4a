"""Take sentences out of log records and leave the rest."""

from collections.abc import Iterable
from datetime import datetime
import json
import re
from typing import Final

from .recorder_wanted import Wanted
from .whole_phrases import WholePhrases, is_telling

REPLACEMENT: Final = "[deleted]"

HEADER = re.compile(
    r"(?:\x1b\[[\d;]*m)*(?P<moment>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?(?:[+-]\d\d:\d\d)?)"
    r" [A-Z]+ \(.*?\) \[(?P<logger>[^\]]+)\]"
)
"""How a record begins; what follows until the next one belongs to it."""

_SPEECH_LOGGER = re.compile(
    r"(?:homeassistant|custom_components)\..*(?:assist|chat|conversation|intent|llm|speech"
    r"|stt|tts|voice|whisper|wyoming)"
)
_STREAM_LOGGER: Final = "homeassistant.components.conversation.chat_log"
_STREAM = re.compile(r"(?<=Received delta: ).*", re.DOTALL)
"""What a language model says word by word; nobody can tell whose reply a word is of."""

_ROUNDING: Final = 1.0
"""A log may tell time in whole seconds."""


class LogRedaction:
    """What is to go from logs.

    A sentence that tells goes from every record since it was said. A short one ("yes") goes
    only from what the parts of Home Assistant that deal with speech wrote in its time, where
    it stands alone between quotation marks.
    """

    def __init__(self, wanted: Wanted) -> None:
        """Look for something."""
        self._wanted = wanted
        cores = wanted.phrases.cores
        self._phrases = WholePhrases(_forms(filter(is_telling, cores)))
        short = sorted(_forms(core for core in cores if not is_telling(core)))
        self._short = (
            re.compile(
                rf"""(?<=['"])(?:{"|".join(map(re.escape, short))})(?=\W*?['"])"""
            )
            if short
            else None
        )
        starts = [window.start for window in wanted.windows]
        self._since = None if None in starts else min(filter(None, starts), default=0.0)

    def redact_record(self, record: str) -> str:
        """Return a record of a log file without the sentences."""
        header = HEADER.match(record)
        if header is None:
            return self.redact(record, logger="", moments=None)
        written = datetime.fromisoformat(header["moment"])
        # In the hour that comes twice a year it may be either.
        moments = (written.timestamp(), written.replace(fold=1).timestamp())
        begin = header.end()
        message = self.redact(record[begin:], logger=header["logger"], moments=moments)
        return record[:begin] + message

    def redact(
        self, text: str, *, logger: str, moments: tuple[float, ...] | None
    ) -> str:
        """Return a text without the sentences, given who wrote it and when, if known."""
        if moments is not None:
            if self._since is not None and max(moments) + _ROUNDING < self._since:
                return text
            if any(self._wanted.is_spared(moment, text) for moment in moments):
                return text
        if _SPEECH_LOGGER.match(logger) and self._is_of_time(moments):
            if self._short is not None:
                text = self._short.sub(REPLACEMENT, text)
            if logger == _STREAM_LOGGER:
                text = _STREAM.sub(REPLACEMENT + "\n", text)
        for start, end in reversed(self._phrases.spans(text)):
            text = text[:start] + REPLACEMENT + text[end:]
        return text

    def _is_of_time(self, moments: tuple[float, ...] | None) -> bool:
        """Return whether something may have been written while what is meant was said."""
        return moments is None or any(
            window.covers(moment) or window.covers(moment + _ROUNDING)
            for window in self._wanted.windows
            for moment in moments
        )


def _forms(cores: Iterable[str]) -> set[str]:
    """Return texts as such, and as JSON, Python, and JSON in JSON write them."""
    forms: set[str] = set()
    for core in cores:
        forms |= {core, *_as_python(core)}
        for is_ascii in (False, True):
            once = json.dumps(core, ensure_ascii=is_ascii)[1:-1]
            forms |= {once, json.dumps(once)[1:-1], *_as_python(once)}
    return forms


def _as_python(text: str) -> set[str]:
    """Return a text as Python writes it between either kind of quotation marks."""
    return {repr(text)[1:-1], repr(f'{text}"')[1:-2]}
