"""A run is watched to its end, whatever that end is, and never disturbed."""

import asyncio
from typing import Any, cast
from unittest.mock import patch

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.voice_retention.assist.runs import RunOutcome, watch_run
from custom_components.voice_retention.policy.models import Outcome, Utterance
from homeassistant.components.assist_pipeline import (
    PipelineEvent,
    PipelineEventType,
    PipelineStage,
)
from homeassistant.components.assist_pipeline.pipeline import PipelineRun
from homeassistant.core import HomeAssistant
from tests.house import SPEECH, House, Microphone


class Run:
    """As much of a run as is watched."""

    def __init__(self) -> None:
        """Start with a listener that notes what it hears."""
        self.heard: list[PipelineEventType] = []
        self.event_callback = self.listen

    def listen(self, event: PipelineEvent) -> None:
        """Note an event."""
        self.heard.append(event.type)


def _watch(hass: HomeAssistant, run: Run) -> list[RunOutcome]:
    """Watch a run and return what is told of its ends."""
    ends: list[RunOutcome] = []
    watch_run(hass, cast(Any, run), ends.append)
    return ends


async def test_the_end_is_told_once_and_after_the_event(hass: HomeAssistant) -> None:
    """At the event itself the run is still being taken down."""
    run = Run()
    ends = _watch(hass, run)
    run.event_callback(PipelineEvent(PipelineEventType.RUN_END))
    assert ends == []
    run.event_callback(PipelineEvent(PipelineEventType.RUN_END))
    await asyncio.sleep(0)
    assert ends == [RunOutcome()]
    assert run.heard == [PipelineEventType.RUN_END] * 2


async def test_a_run_without_a_last_event_ends_with_its_task(
    hass: HomeAssistant,
) -> None:
    """One that is cancelled while it is taken down says nothing more."""
    ends: list[RunOutcome] = []

    async def run_it() -> None:
        watch_run(hass, cast(Any, Run()), ends.append)
        await asyncio.sleep(10)

    task = asyncio.create_task(run_it())
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait((task,))
    await asyncio.sleep(0)
    assert ends == [RunOutcome()]


async def test_a_watch_leaves_nothing_at_the_task(hass: HomeAssistant) -> None:
    """Some speak all their sentences in one task; no sentence may be held there."""
    task = asyncio.current_task()
    assert task is not None
    with patch.object(
        asyncio, "current_task", return_value=(fake := asyncio.Future[None]())
    ):
        run = Run()
        ends = _watch(hass, run)
    run.event_callback(PipelineEvent(PipelineEventType.RUN_END))
    await asyncio.sleep(0)
    assert len(ends) == 1
    fake.set_result(None)
    await asyncio.sleep(0)
    assert len(ends) == 1
    assert not fake._callbacks


async def test_outside_of_a_task_only_the_event_tells_the_end(
    hass: HomeAssistant,
) -> None:
    """Nothing is lost but the second way."""
    run = Run()
    with patch.object(asyncio, "current_task", return_value=None):
        ends = _watch(hass, run)
    run.event_callback(PipelineEvent(PipelineEventType.RUN_END))
    await asyncio.sleep(0)
    assert ends == [RunOutcome()]


async def test_a_listener_that_fails_fails_as_before(hass: HomeAssistant) -> None:
    """The satellite's own fault stays its own, and the end is still seen."""
    run = Run()

    def fail(event: PipelineEvent) -> None:
        raise ValueError("broken satellite")

    run.event_callback = fail
    ends = _watch(hass, run)
    with pytest.raises(ValueError, match="broken satellite"):
        run.event_callback(PipelineEvent(PipelineEventType.RUN_END))
    await asyncio.sleep(0)
    assert len(ends) == 1


@pytest.mark.parametrize(
    ("data", "response"),
    [
        (None, None),
        ({}, None),
        ({"intent_output": None}, None),
        ({"intent_output": {"response": {"speech": {}}}}, None),
        ({"intent_output": {"response": {"speech": {"plain": {"speech": ""}}}}}, None),
        (
            {"intent_output": {"response": {"speech": {"plain": {"speech": "Ok"}}}}},
            "Ok",
        ),
    ],
)
async def test_the_response_is_read_from_any_shape_of_event(
    hass: HomeAssistant, data: dict[str, object] | None, response: str | None
) -> None:
    """Agents answer in many shapes; a strange one is no answer, and no error."""
    run = Run()
    ends = _watch(hass, run)
    run.event_callback(PipelineEvent(PipelineEventType.INTENT_END, data))
    run.event_callback(PipelineEvent(PipelineEventType.ERROR, {"code": "x"}))
    run.event_callback(PipelineEvent(PipelineEventType.RUN_END))
    await asyncio.sleep(0)
    assert ends == [RunOutcome(response=response, has_error=True)]


async def test_a_run_cancelled_while_it_is_taken_down_is_in_the_books(
    hass: HomeAssistant,
    house: House,
    entry: MockConfigEntry,
    utterances: list[Utterance],
) -> None:
    """Its audio has left the house, so the ledger must know."""
    ends = asyncio.Event()

    async def hang(run: PipelineRun) -> None:
        ends.set()
        await asyncio.sleep(10)

    with patch.object(PipelineRun, "_stop_debug_recording_thread", hang):
        speaking = hass.async_create_task(house.kitchen.speak())
        await ends.wait()
        assert utterances == []
        await house.kitchen._cancel_running_pipeline()
        with pytest.raises(asyncio.CancelledError):
            await speaking
    await asyncio.sleep(0)
    assert [item.outcome for item in utterances] == [Outcome.OK]
    assert utterances[0].audio_bytes == len(b"".join(SPEECH))


async def test_unloading_in_mid_run_leaves_the_run_alone(
    hass: HomeAssistant,
    house: House,
    entry: MockConfigEntry,
    utterances: list[Utterance],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The satellite gets its answer and nothing is raised into its pipeline."""
    await house.use_engine("stt.local_speech")
    microphone = Microphone()
    speaking = hass.async_create_task(
        house.kitchen.speak(microphone, end_stage=PipelineStage.INTENT)
    )
    microphone.put(SPEECH[0])
    await house.local.got_chunk.wait()
    assert await hass.config_entries.async_unload(entry.entry_id)
    microphone.put(*SPEECH[1:])
    microphone.end()
    await speaking
    await hass.async_block_till_done()
    assert house.kitchen.error_code is None
    assert house.kitchen.events[-1].type is PipelineEventType.RUN_END
    assert len(utterances) == 1
    assert "Traceback" not in caplog.text


async def test_each_run_is_told_once_though_it_ends_both_ways(
    hass: HomeAssistant,
    house: House,
    entry: MockConfigEntry,
    utterances: list[Utterance],
) -> None:
    """The event and the end of the task come together in nearly every run."""
    for _ in range(3):
        await house.kitchen.speak()
        await hass.async_block_till_done()
    assert len(utterances) == 3
