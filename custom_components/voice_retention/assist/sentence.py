"""Take one sentence through the guard: decide, forward, and collect what may be kept."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterable
from contextlib import aclosing, suppress
from typing import Final

from homeassistant.components import stt
from homeassistant.core import HomeAssistant, callback

from ..const import LOGGER
from ..policy.decision import decide, may_hear
from ..policy.models import Engine, Origin, Reason
from ..policy.rules import rule_for_origin
from .engine_call import EngineCall
from .engines import SttResult, find_engine, fit_metadata, recognise
from .locality import LocalityBook
from .origin import UNKNOWN_SPEAKER, Speaker, find_speaker
from .permission import watch_permission
from .record import SentenceRecord
from .rules import GuardRules, Listen
from .runs import RunOutcome, watch_run

FAILED: Final = stt.SpeechResult(None, stt.SpeechResultState.ERROR)


async def guard_sentence(
    hass: HomeAssistant,
    rules: GuardRules,
    engine_id: str,
    metadata: stt.SpeechMetadata,
    stream: AsyncIterable[bytes],
    *,
    listen_removed: Listen,
) -> AsyncGenerator[SttResult]:
    """Recognise a sentence with the engine that is allowed to hear it, or with none.

    ``engine_id`` is the engine that stands behind the guard, and ``listen_removed`` tells of
    the guard's end. Results are passed on as they come; a refusal is a failed result, as
    when an engine fails.
    """
    speaker = _speaker(hass, rules, stream)
    if rule_for_origin(rules.settings(), speaker.origin).dont_send_audio:
        # Whoever hears this must be local at this moment, not when it was last looked at.
        await rules.localities.async_prove((engine_id, *rules.local_engines))
    record = _start_record(hass, rules, speaker.origin, engine_id, metadata)

    @callback
    def run_ended(outcome: RunOutcome) -> None:
        """Complete the record with what came after speech-to-text."""
        record.take_outcome(outcome)
        rules.on_end(record.utterance())

    if speaker.run is not None:
        watch_run(hass, speaker.run, run_ended)
    try:
        async with aclosing(
            _results(
                hass, rules, record, metadata, stream, listen_removed=listen_removed
            )
        ) as results:
            async for result in results:
                yield result
    finally:
        record.finish()
        if speaker.run is None:
            rules.on_end(record.utterance())


def _speaker(
    hass: HomeAssistant, rules: GuardRules, stream: AsyncIterable[bytes]
) -> Speaker:
    """Return who is speaking; nobody known if Home Assistant has changed too much."""
    try:
        return find_speaker(hass, rules.satellites, stream)
    except Exception:  # noqa: BLE001
        # The strictest rule goes for the unknown, so nothing is sent that must not be.
        LOGGER.exception("Cannot find out who is speaking")
        return UNKNOWN_SPEAKER


def _start_record(
    hass: HomeAssistant,
    rules: GuardRules,
    origin: Origin,
    engine_id: str,
    metadata: stt.SpeechMetadata,
) -> SentenceRecord:
    """Decide about a sentence, and begin to collect it."""
    decision = decide(
        origin,
        rules.settings(),
        engine_view(hass, rules.localities, engine_id, metadata),
        [
            engine_view(hass, rules.localities, local_id, metadata)
            for local_id in rules.local_engines
        ],
    )
    return SentenceRecord(
        origin=origin,
        decision=decision,
        pipeline_engine_id=engine_id,
        report=None
        if decision.engine_id is None
        else rules.localities.report(decision.engine_id),
        metadata=metadata,
        max_seconds=rules.max_seconds,
    )


@callback
def engine_view(
    hass: HomeAssistant,
    localities: LocalityBook,
    engine_id: str,
    metadata: stt.SpeechMetadata,
) -> Engine:
    """Show an engine to the decision."""
    try:
        engine = find_engine(hass, engine_id)
        is_available = (
            engine is not None and fit_metadata(hass, engine, metadata) is not None
        )
    except Exception:  # noqa: BLE001
        # One faulty engine must not silence the sentences of the others.
        LOGGER.exception("%s does not say what it takes", engine_id)
        is_available = False
    return Engine(
        engine_id=engine_id,
        locality=localities.report(engine_id).locality,
        is_available=is_available,
    )


async def _results(
    hass: HomeAssistant,
    rules: GuardRules,
    record: SentenceRecord,
    metadata: stt.SpeechMetadata,
    stream: AsyncIterable[bytes],
    *,
    listen_removed: Listen,
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
    call = EngineCall(record)

    @callback
    def forbid() -> None:
        """Let the engine hear no more."""
        if not record.is_stopped:
            record.stop(Reason.PROTECTION_TURNED_ON)
            call.stop()

    stop_watching = watch_permission(
        rules,
        record.origin,
        engine_id,
        may_hear,
        forbid=forbid,
        listen_removed=listen_removed,
    )
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
