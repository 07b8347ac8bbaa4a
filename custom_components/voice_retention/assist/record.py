"""Hold one sentence in memory while it is spoken and answered."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterable
from dataclasses import replace

from homeassistant.components import stt
from homeassistant.util import dt as dt_util

from ..policy.choices import NEVER
from ..policy.models import (
    AudioFormat,
    Decision,
    LocalityReport,
    Origin,
    Outcome,
    Reason,
    Route,
    Utterance,
    new_recording_id,
)
from .engines import SttResult
from .runs import RunOutcome


class SendingForbidden(asyncio.CancelledError):
    """Raised into an engine that asks for more audio after it may not hear any more.

    A cancellation, since engines take other errors for the end of the sentence, and then
    send what they have; and a reader left behind by its engine goes without a complaint.
    """


class SentenceRecord:
    """Collect what may be kept of a sentence, and nothing that may not.

    Audio is collected only when the decision says that it is to be kept, so that of other
    sentences there is never a copy.
    """

    def __init__(
        self,
        *,
        origin: Origin,
        decision: Decision,
        pipeline_engine_id: str,
        report: LocalityReport | None,
        metadata: stt.SpeechMetadata,
        max_seconds: int,
    ) -> None:
        """Start the record of a sentence that is about to be spoken."""
        self.origin = origin
        self.decision = decision
        self.is_stopped = False
        self._is_finished = False
        self._pipeline_engine_id = pipeline_engine_id
        self._report = report
        self._language = metadata.language
        self._format = AudioFormat(
            format=metadata.format.value,
            codec=metadata.codec.value,
            bit_rate=int(metadata.bit_rate),
            sample_rate=int(metadata.sample_rate),
            channels=int(metadata.channel),
        )
        self._max_bytes = self._format.bytes_per_second * max_seconds
        self._created = dt_util.utcnow()
        self._chunks: list[bytes] = []
        self._kept_bytes = 0
        self._sent_bytes = 0
        self._outcome: Outcome | None = None
        self._transcript: str | None = None
        self._response: str | None = None

    async def tee(self, stream: AsyncIterable[bytes]) -> AsyncGenerator[bytes]:
        """Pass the audio on chunk by chunk, keeping a copy of what is passed on.

        The source is closed with this generator, so that an engine which stops early
        releases the microphone.
        """
        try:
            async for chunk in stream:
                self._check_allowed()
                self._note(chunk)
                yield chunk
            # An engine that sends everything at the end must not do so now.
            self._check_allowed()
        finally:
            if (aclose := getattr(stream, "aclose", None)) is not None:
                await aclose()

    def take_result(self, result: SttResult) -> None:
        """Note a result of the engine; partial ones are not kept."""
        if not isinstance(result, stt.SpeechResult):
            return
        if result.result is not stt.SpeechResultState.SUCCESS:
            self._outcome = Outcome.ERROR
        elif result.text:
            self._outcome = Outcome.OK
            self._transcript = result.text
        else:
            self._outcome = Outcome.UNRECOGNISED

    def take_outcome(self, outcome: RunOutcome) -> None:
        """Note what came after speech-to-text."""
        self._response = outcome.response

    def block(self) -> None:
        """Note that no engine heard the sentence."""
        self._outcome = Outcome.BLOCKED

    def cancel(self) -> None:
        """Note that the pipeline gave up."""
        self._outcome = Outcome.CANCELLED

    def stop(self, reason: Reason) -> None:
        """Note that sending was forbidden in mid-sentence; nothing of it is kept."""
        if self.is_stopped:
            return
        self.is_stopped = True
        self._outcome = Outcome.BLOCKED
        self._chunks.clear()
        self.decision = replace(
            self.decision,
            route=Route.REFUSE,
            keep_audio=NEVER,
            keep_transcript=NEVER,
            reasons=(*self.decision.reasons, reason),
        )

    def finish(self) -> None:
        """Note the end of speech-to-text; without any result it failed."""
        self._is_finished = True
        if self._outcome is None:
            self._outcome = Outcome.ERROR

    def utterance(self) -> Utterance:
        """Hand over the finished sentence; the record holds no audio after that."""
        chunks, self._chunks = self._chunks, []
        return Utterance(
            recording_id=new_recording_id(),
            created=self._created,
            origin=self.origin,
            decision=self.decision,
            pipeline_engine_id=self._pipeline_engine_id,
            engine_id=self.decision.engine_id,
            report=self._report,
            language=self._language,
            audio_format=self._format,
            audio_seconds=self._sent_bytes / self._format.bytes_per_second,
            audio_bytes=self._sent_bytes,
            audio=b"".join(chunks) if chunks else None,
            is_truncated=bool(chunks) and self._kept_bytes < self._sent_bytes,
            transcript=self._transcript if self.decision.keep_transcript else None,
            response=self._response if self.decision.keep_transcript else None,
            outcome=self._outcome or Outcome.ERROR,
        )

    def _check_allowed(self) -> None:
        """Refuse to hand out audio once sending is forbidden, or nobody watches over it."""
        if self.is_stopped or self._is_finished:
            raise SendingForbidden

    def _note(self, chunk: bytes) -> None:
        """Count a chunk, and copy it as far as it may be kept."""
        self._sent_bytes += len(chunk)
        if (
            self.decision.keep_audio
            and (room := self._max_bytes - self._kept_bytes) > 0
        ):
            self._chunks.append(chunk[:room])
            self._kept_bytes += min(len(chunk), room)
