"""What a satellite experienced from wake word to answer."""

import asyncio
from dataclasses import dataclass

from wyoming.asr import Transcript
from wyoming.audio import AudioStop
from wyoming.error import Error
from wyoming.event import Event
from wyoming.tts import Synthesize

from .wire import sent_audio

NO_ANSWER = "no-answer"


@dataclass(frozen=True, kw_only=True, slots=True)
class Run:
    """The outcome of one sentence, as the satellite saw it."""

    sent: bytes
    """The audio that left the satellite."""
    transcript: str | None = None
    response: str | None = None
    error: str | None = None
    """The code of the error that ended the run."""
    message: str | None = None
    """The text of that error."""


class RunListener:
    """Collects the events of one run into its outcome."""

    def __init__(self) -> None:
        """Start before the wake word."""
        self._sent: bytes | None = None
        self._transcript: str | None = None
        self._response: str | None = None
        self._error: Error | None = None
        self._has_ended = asyncio.Event()

    def note(self, event: Event) -> None:
        """Take in one event that Home Assistant sent to the satellite."""
        if (pcm := sent_audio(event)) is not None:
            self.note_sent(pcm)
        elif Transcript.is_type(event.type):
            self._transcript = Transcript.from_event(event).text
        elif Synthesize.is_type(event.type):
            self._response = Synthesize.from_event(event).text
        elif Error.is_type(event.type):
            self._error = Error.from_event(event)
            self._has_ended.set()
        elif AudioStop.is_type(event.type):
            # The answer has been spoken.
            self._has_ended.set()

    def note_sent(self, pcm: bytes) -> None:
        """Take in what the satellite sent."""
        self._sent = pcm

    def note_lost_connection(self) -> None:
        """End the run: whoever would have answered is gone."""
        self._error = self._error or Error(
            text="Home Assistant has gone", code="connection-lost"
        )
        self._has_ended.set()

    async def outcome(self, timeout: float) -> Run:
        """Wait for the end of the run; silence is an outcome too."""
        try:
            await asyncio.wait_for(self._has_ended.wait(), timeout)
        except TimeoutError:
            self._error = Error(text="Home Assistant does not answer", code=NO_ANSWER)
        return Run(
            sent=self._sent or b"",
            transcript=self._transcript,
            response=self._response,
            error=self._error.code if self._error else None,
            message=self._error.text if self._error else None,
        )
