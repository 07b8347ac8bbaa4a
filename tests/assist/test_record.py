"""A record holds what may be kept, for no longer than needed."""

import asyncio

import pytest

from custom_components.voice_retention.assist.record import (
    SendingForbidden,
    SentenceRecord,
)
from custom_components.voice_retention.assist.runs import RunOutcome
from custom_components.voice_retention.policy.choices import FOREVER, NEVER
from custom_components.voice_retention.policy.models import (
    UNKNOWN_ORIGIN,
    Decision,
    Outcome,
    Reason,
    Route,
)
from homeassistant.components import stt
from tests.house import SPEECH, Microphone, say
from tests.speaking import METADATA


def make_record(
    *, keep_audio: bool = True, keep_transcript: bool = True
) -> SentenceRecord:
    """Return the record of a sentence that an engine may hear."""
    return SentenceRecord(
        origin=UNKNOWN_ORIGIN,
        decision=Decision(
            route=Route.ENGINE,
            engine_id="stt.engine",
            keep_audio=FOREVER if keep_audio else NEVER,
            keep_transcript=FOREVER if keep_transcript else NEVER,
            reasons=(Reason.ALLOWED,),
        ),
        pipeline_engine_id="stt.engine",
        report=None,
        metadata=METADATA,
        max_seconds=1,
    )


def _result(text: str | None, *, success: bool = True) -> stt.SpeechResult:
    """Return the result of an engine."""
    state = stt.SpeechResultState.SUCCESS if success else stt.SpeechResultState.ERROR
    return stt.SpeechResult(text, state)


@pytest.mark.parametrize(
    ("result", "outcome"),
    [
        (_result("hello"), Outcome.OK),
        (_result(""), Outcome.UNRECOGNISED),
        (_result(None), Outcome.UNRECOGNISED),
        (_result("hello", success=False), Outcome.ERROR),
        (object(), Outcome.ERROR),
    ],
)
def test_the_outcome_follows_the_result(result: object, outcome: Outcome) -> None:
    """A partial result is none."""
    record = make_record()
    record.take_result(result)
    record.finish()
    assert record.utterance().outcome is outcome


async def test_audio_is_handed_over_once() -> None:
    """The run may live on, and must not hold a minute of speech."""
    record = make_record()
    _ = [chunk async for chunk in record.tee(say(SPEECH))]
    assert record.utterance().audio == b"".join(SPEECH)
    assert record._chunks == []


async def test_what_is_not_kept_is_not_handed_over() -> None:
    """Text falls under a rule of its own."""
    record = make_record(keep_audio=False, keep_transcript=False)
    _ = [chunk async for chunk in record.tee(say(SPEECH))]
    record.take_result(_result("hello"))
    record.take_outcome(RunOutcome(response="hello yourself"))
    utterance = record.utterance()
    assert utterance.audio is None
    assert utterance.transcript is None
    assert utterance.response is None
    assert utterance.audio_bytes == len(b"".join(SPEECH))
    assert not utterance.is_truncated


async def test_a_stopped_record_forgets_all() -> None:
    """What was said before the switch went on is not kept either."""
    record = make_record()
    audio = record.tee(say(SPEECH))
    await anext(audio)
    record.take_result(_result("hello"))
    record.stop(Reason.PROTECTION_TURNED_ON)
    record.stop(Reason.PROTECTION_TURNED_ON)
    with pytest.raises(SendingForbidden):
        await anext(audio)
    record.finish()
    utterance = record.utterance()
    assert utterance.audio is None
    assert utterance.transcript is None
    assert utterance.outcome is Outcome.BLOCKED
    assert utterance.decision.reasons == (Reason.ALLOWED, Reason.PROTECTION_TURNED_ON)


async def test_the_end_of_a_forbidden_sentence_is_not_told() -> None:
    """An engine that waits for the end to send would send."""
    record = make_record()
    microphone = Microphone()
    microphone.put(SPEECH[0])
    audio = record.tee(microphone)
    await anext(audio)
    waiting = asyncio.create_task(anext(audio))
    await asyncio.sleep(0)
    record.stop(Reason.PROTECTION_TURNED_ON)
    microphone.end()
    await asyncio.wait((waiting,))
    assert waiting.cancelled()
    assert microphone.is_closed


async def test_a_source_that_cannot_be_closed_is_left_as_it_is() -> None:
    """What comes from the web server has no such thing."""

    class Source:
        """Only an iterable."""

        def __aiter__(self) -> Microphone:
            microphone = Microphone()
            microphone.put(SPEECH[0])
            microphone.end()
            return microphone

    record = make_record()
    assert [chunk async for chunk in record.tee(Source())] == [SPEECH[0]]


def test_a_sentence_without_any_result_has_failed() -> None:
    """Also when it is asked for before its end."""
    assert make_record().utterance().outcome is Outcome.ERROR
