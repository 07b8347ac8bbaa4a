"""Take one sentence through the guard: decide, forward, and collect what may be kept."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterable, Callable
from contextlib import aclosing, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from homeassistant.components import stt
from homeassistant.core import HomeAssistant, callback
from homeassistant.util.async_ import create_eager_task

from ..policy.decision import decide, may_hear
from ..policy.models import Engine, Reason, Settings, Utterance
from .engines import SttResult, find_engine, fit_metadata, recognise
from .locality import LocalityBook
from .origin import find_speaker
from .record import SentenceRecord
from .runs import RunOutcome, watch_run
from .satellites import SatelliteDirectory

type Listen = Callable[[Callable[[], None]], Callable[[], None]]


@dataclass(frozen=True, kw_only=True, slots=True)
class GuardRules:
    """What a guard needs to know of the household, and whom to tell."""

    satellites: SatelliteDirectory
    localities: LocalityBook
    settings: Callable[[], Settings]
    listen_settings: Listen
    local_engines: tuple[str, ...]
    max_seconds: int
    """Longest audio that is kept of one sentence; the engine gets all of it."""

    on_end: Callable[[Utterance], None]
    """Called once for each sentence, after its run has ended."""


ENGINE_STOP_SECONDS: Final = 5
"""How long a cancelled engine may take to stop before the pipeline goes on without it."""

FAILED: Final = stt.SpeechResult(None, stt.SpeechResultState.ERROR)


async def guard_sentence(
    hass: HomeAssistant,
    rules: GuardRules,
    engine_id: str,
    metadata: stt.SpeechMetadata,
    stream: AsyncIterable[bytes],
) -> AsyncGenerator[SttResult]:
    """Recognise a sentence with the engine that is allowed to hear it, or with none.

    ``engine_id`` is the engine that stands behind the guard. Results are passed on as they
    come; a refusal is a failed result, as when an engine fails.
    """
    speaker = find_speaker(hass, rules.satellites)
    decision = decide(
        speaker.origin,
        rules.settings(),
        engine_view(hass, rules.localities, engine_id, metadata),
        [
            engine_view(hass, rules.localities, local_id, metadata)
            for local_id in rules.local_engines
        ],
    )
    record = SentenceRecord(
        origin=speaker.origin,
        decision=decision,
        pipeline_engine_id=engine_id,
        report=None
        if decision.engine_id is None
        else rules.localities.report(decision.engine_id),
        metadata=metadata,
        max_seconds=rules.max_seconds,
    )
    if speaker.run is not None:

        @callback
        def run_ended(outcome: RunOutcome) -> None:
            """Complete the record with what came after speech-to-text."""
            record.take_outcome(outcome)
            rules.on_end(record.utterance())

        watch_run(hass, speaker.run, run_ended)
    try:
        async with aclosing(_results(hass, rules, record, metadata, stream)) as results:
            async for result in results:
                yield result
    finally:
        record.finish()
        if speaker.run is None:
            rules.on_end(record.utterance())


@callback
def engine_view(
    hass: HomeAssistant,
    localities: LocalityBook,
    engine_id: str,
    metadata: stt.SpeechMetadata,
) -> Engine:
    """Show an engine to the decision."""
    engine = find_engine(hass, engine_id)
    return Engine(
        engine_id=engine_id,
        locality=localities.report(engine_id).locality,
        is_available=engine is not None
        and fit_metadata(hass, engine, metadata) is not None,
    )


async def _results(
    hass: HomeAssistant,
    rules: GuardRules,
    record: SentenceRecord,
    metadata: stt.SpeechMetadata,
    stream: AsyncIterable[bytes],
) -> AsyncGenerator[SttResult]:
    """Forward the audio to the chosen engine and pass its results on."""
    engine_id = record.decision.engine_id
    engine = find_engine(hass, engine_id) if engine_id else None
    fitted = fit_metadata(hass, engine, metadata) if engine else None
    if engine_id is None or engine is None or fitted is None:
        record.block()
        yield FAILED
        return
    audio = record.tee(stream)
    call = _EngineCall(record)
    stop_watching = _watch_permission(rules, record, engine_id, call)
    try:
        async with aclosing(call.results(recognise(engine, fitted, audio))) as results:
            async for result in results:
                record.take_result(result)
                yield result
        if record.is_stopped:
            yield FAILED
    except asyncio.CancelledError:
        record.cancel()
        raise
    finally:
        stop_watching()
        # An engine that left a reader behind is still using the stream; its reader
        # then closes it.
        with suppress(RuntimeError):
            await audio.aclose()


def _watch_permission(
    rules: GuardRules, record: SentenceRecord, engine_id: str, call: _EngineCall
) -> Callable[[], None]:
    """Stop the call as soon as its engine may not hear this speaker any more."""

    @callback
    def look_again() -> None:
        """Compare what is happening with what is allowed now."""
        locality = rules.localities.report(engine_id).locality
        if not may_hear(record.origin, rules.settings(), locality):
            record.stop(Reason.PROTECTION_TURNED_ON)
            call.stop()

    unsubscribe = (
        rules.listen_settings(look_again),
        rules.localities.async_listen(look_again),
    )

    @callback
    def stop_watching() -> None:
        """Stop looking."""
        for function in unsubscribe:
            function()

    return stop_watching


class _EngineCall:
    """Run an engine in a task of its own, so that it can be stopped at any moment.

    The engine's generator lives in one task from beginning to end, as libraries with time
    limits and task groups expect; its results come over a queue.
    """

    def __init__(self, record: SentenceRecord) -> None:
        """Prepare; nothing runs before ``results`` is iterated."""
        self._record = record
        self._queue: asyncio.Queue[SttResult | None] = asyncio.Queue()
        self._task: asyncio.Task[None] | None = None

    @callback
    def stop(self) -> None:
        """Give up the call; whatever the engine does then, no further chunk reaches it."""
        self._queue.put_nowait(None)
        if self._task is not None:
            self._task.cancel()

    async def results(
        self, engine: AsyncGenerator[SttResult]
    ) -> AsyncGenerator[SttResult]:
        """Yield what the engine yields and raise what it raises, until stopped."""
        self._task = create_eager_task(self._pump(engine))
        try:
            while (result := await self._queue.get()) is not None:
                if self._record.is_stopped:
                    return
                yield result
            if not self._record.is_stopped:
                await self._task
        finally:
            await self._end()

    async def _pump(self, engine: AsyncGenerator[SttResult]) -> None:
        """Move the engine's results to the queue."""
        try:
            async with aclosing(engine):
                async for result in engine:
                    self._queue.put_nowait(result)
        finally:
            self._queue.put_nowait(None)

    async def _end(self) -> None:
        """Make sure that the engine is not running any more."""
        if TYPE_CHECKING:
            assert self._task is not None
        if not self._task.done():
            self._task.cancel()
            await asyncio.wait((self._task,), timeout=ENGINE_STOP_SECONDS)
        if self._task.done() and not self._task.cancelled():
            # Read, so that asyncio does not report it: who called has it already, or
            # gave up on the engine.
            self._task.exception()
