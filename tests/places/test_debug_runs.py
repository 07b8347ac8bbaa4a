"""What the debug data of runs tells of sentences, also of those that were never kept."""

from datetime import timedelta

from custom_components.voice_retention.places.debug_runs import (
    meant_runs,
    ongoing_runs,
    spared_runs,
    trail_of,
)
from custom_components.voice_retention.places.trail import Trail
from homeassistant.components.assist_pipeline import (
    PipelineEvent,
    PipelineEventType,
    PipelineStage,
)
from homeassistant.components.assist_pipeline.pipeline import KEY_ASSIST_PIPELINE
from homeassistant.util import dt as dt_util
from tests.house import Microphone

from .talk import KITCHEN_REPLY, KITCHEN_WORDS, Talk


async def test_a_run_leads_to_its_words_its_reply_and_its_conversation(
    talk: Talk,
) -> None:
    """Places that do not know runs are searched for these."""
    await talk.both_ask()
    kitchen = talk.house.kitchen
    trail = trail_of(meant_runs(talk.hass, talk.target(kitchen)))
    assert trail.transcripts == {KITCHEN_WORDS}
    assert trail.responses == {KITCHEN_REPLY}
    assert trail.conversation_ids == {kitchen._conversation_id}
    assert trail.run_ids == {run.run_id for run in talk.runs(kitchen)}
    assert all(run.reply_token for run in talk.runs(kitchen))
    assert {run.device_id for run in talk.runs(kitchen)} == {talk.device_id(kitchen)}


async def test_a_trail_is_not_shown_with_what_was_said(talk: Talk) -> None:
    """A traceback or a debug line would carry it into the log."""
    await talk.both_ask()
    shown = repr((talk.runs(), talk.target(everybody=True).trail))
    assert "walrus" not in shown


async def test_time_and_satellite_choose_the_runs(talk: Talk) -> None:
    """A purge of yesterday must not touch today."""
    await talk.both_ask()
    now, hour = dt_util.utcnow(), timedelta(hours=1)
    kitchen = talk.house.kitchen
    assert len(meant_runs(talk.hass, talk.target(everybody=True))) == 2
    assert len(meant_runs(talk.hass, talk.target(kitchen, start=now - hour))) == 1
    assert not meant_runs(talk.hass, talk.target(kitchen, end=now - hour))
    assert not meant_runs(talk.hass, talk.target(other_clients=True))


async def test_a_run_without_a_satellite_is_of_the_other_clients(talk: Talk) -> None:
    """Apps and browsers name no satellite."""
    await talk.both_ask()
    for runs in talk.hass.data[KEY_ASSIST_PIPELINE].pipeline_debug.values():
        for record in runs.values():
            (record.events[0].data or {}).pop("satellite_id")
    assert len(meant_runs(talk.hass, talk.target(other_clients=True))) == 2
    assert not meant_runs(talk.hass, talk.target(talk.house.kitchen))


async def test_a_recording_leads_to_its_own_run_only(talk: Talk) -> None:
    """Its satellite has said other things before."""
    await talk.say(talk.house.kitchen, "tell me about the green zebra")
    await talk.both_ask()
    target = talk.exactly(talk.recording(talk.house.kitchen))
    assert target.trail.transcripts == {KITCHEN_WORDS}


async def test_the_run_of_a_held_recording_is_spared(talk: Talk) -> None:
    """Holding would protect nothing if its traces led to its deletion."""
    await talk.both_ask()
    run = talk.runs(talk.house.kitchen)[0]
    target = talk.target(everybody=True, spared_runs=[run.run_id])
    assert run not in meant_runs(talk.hass, target)
    assert spared_runs(talk.hass, target) == [run]
    assert KITCHEN_WORDS not in target.trail.transcripts


async def test_an_unfinished_run_tells_what_it_can(talk: Talk) -> None:
    """A run that failed has no reply, and one whose data made room is known no more."""
    microphone = Microphone()
    speaking = talk.hass.async_create_task(
        talk.house.kitchen.speak(microphone, end_stage=PipelineStage.TTS)
    )
    microphone.put(b"\x01" * 640)
    await talk.house.cloud.got_chunk.wait()
    (run,) = ongoing_runs(talk.hass)
    assert run is not None
    assert run.satellite_id == talk.house.kitchen.entity_id
    assert not run.transcripts
    talk.forget_runs()
    assert ongoing_runs(talk.hass) == [None]
    microphone.end()
    await speaking
    assert ongoing_runs(talk.hass) == []


async def test_a_reply_of_another_shape_is_no_reply(talk: Talk) -> None:
    """Agents of others may answer with something else than plain speech."""
    await talk.both_ask()
    for runs in talk.hass.data[KEY_ASSIST_PIPELINE].pipeline_debug.values():
        for record in runs.values():
            record.events[:] = [
                PipelineEvent(
                    event.type,
                    {"intent_output": {"response": {}}}
                    if event.type is PipelineEventType.INTENT_END
                    else event.data,
                )
                for event in record.events
                if event.type is not PipelineEventType.TTS_START
            ]
    assert trail_of(talk.runs()).responses == frozenset()
    assert trail_of([]) == Trail()
