"""What runs on after a sentence forgets its words, and runs on."""

import asyncio
from collections.abc import AsyncGenerator
import contextvars
from dataclasses import replace
import json
from typing import Any
from unittest.mock import patch

import pytest
from pytest_homeassistant_custom_component.common import async_capture_events

from custom_components.voice_retention.places import contexts
from custom_components.voice_retention.places.contexts import ContextsPlace
from custom_components.voice_retention.policy.models import ALL_CONTENT
from homeassistant.components.assist_pipeline import PipelineStage
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import script
from homeassistant.helpers.json import ExtendedJSONEncoder, json_bytes
from homeassistant.setup import async_setup_component
from tests.house import House, Satellite

from .history import said
from .talk import AUDIO, Talk, Voice, purge

KITCHEN_WORDS = "please note the purple walrus"
BEDROOM_WORDS = "please note the orange giraffe"
SCRIPTS = {
    "linger": {
        "alias": "Linger",
        "mode": "parallel",
        "sequence": [
            {"variables": {"echo": ["so {{ heard }}", {"again": "{{ heard }}"}]}},
            {"wait_for_trigger": {"trigger": "event", "event_type": "go_on"}},
            {"event": "done", "event_data": {"text": "{{ echo }}"}},
        ],
    },
}
AUTOMATIONS = [
    {
        "id": "pass_on",
        "alias": "Pass on",
        "triggers": {"trigger": "conversation", "command": "please note {thing}"},
        "actions": [
            {
                "action": "script.turn_on",
                "target": {"entity_id": "script.linger"},
                "data": {"variables": {"heard": "{{ trigger.sentence }}"}},
            },
            {"set_conversation_response": "Done"},
        ],
    },
]


@pytest.fixture
async def talk(hass: HomeAssistant, house: House) -> AsyncGenerator[Talk]:
    """Let people in the house start a script that waits, until the end of the test."""
    assert await async_setup_component(hass, "script", {"script": SCRIPTS})
    assert await async_setup_component(hass, "automation", {"automation": AUTOMATIONS})
    await hass.async_block_till_done()
    yield Talk(hass, house, Voice())
    hass.bus.async_fire("go_on")
    await hass.async_block_till_done()


@pytest.fixture
def place(hass: HomeAssistant) -> ContextsPlace:
    """Return the place."""
    return ContextsPlace(hass)


async def say(talk: Talk, satellite: Satellite, text: str) -> None:
    """Say something, and do not wait for the script."""
    talk.house.cloud.text = text
    await satellite.speak(end_stage=PipelineStage.INTENT)


async def both_ask(talk: Talk) -> None:
    """Say something else at each of the two satellites."""
    await say(talk, talk.house.kitchen, KITCHEN_WORDS)
    await say(talk, talk.house.bedroom, BEDROOM_WORDS)


def remembered(hass: HomeAssistant) -> str:
    """Return everything that the scripts that run remember."""
    runs = [
        run
        for known in hass.data[script.DATA_SCRIPTS].values()
        for run in known["instance"]._runs
    ]
    known_to_tasks = [
        value
        for task in asyncio.all_tasks()
        for name, value in task.get_context().items()
        if name.name in {"variables_cv", "trace_cv"}
    ]
    variables: list[Any] = [dict(run._variables) for run in runs]
    assert variables
    return json.dumps([variables, known_to_tasks], cls=ExtendedJSONEncoder)


async def test_a_script_that_waits_forgets_the_words_and_goes_on(
    talk: Talk, place: ContextsPlace
) -> None:
    """It may wait for days; ending it would leave the light on."""
    await both_ask(talk)
    assert "walrus" in remembered(talk.hass)
    target = talk.target(talk.house.kitchen)
    found, deleted, left = await purge(place, target)
    assert found
    assert deleted
    assert left == 0
    assert "walrus" not in remembered(talk.hass)
    assert "giraffe" in remembered(talk.hass)
    done = async_capture_events(talk.hass, "done")
    talk.hass.bus.async_fire("go_on")
    await talk.hass.async_block_till_done()
    said = sorted(json.dumps(event.data["text"]) for event in done)
    assert said == [
        '["so [deleted]", {"again": "[deleted]"}]',
        f'["so {BEDROOM_WORDS}", {{"again": "{BEDROOM_WORDS}"}}]',
    ]


async def test_the_same_words_of_another_satellite_are_remembered(
    talk: Talk, place: ContextsPlace
) -> None:
    """What a trace tells of the speaker counts more than the words."""
    await both_ask(talk)
    await say(talk, talk.house.bedroom, KITCHEN_WORDS)
    before = remembered(talk.hass).count("walrus")
    await purge(place, talk.target(talk.house.kitchen))
    assert 0 < remembered(talk.hass).count("walrus") < before


async def test_a_sentence_that_is_being_answered_is_left_until_it_is(
    talk: Talk, place: ContextsPlace
) -> None:
    """The answer would be without the words otherwise."""
    await both_ask(talk)
    target = talk.target(talk.house.kitchen)
    (run,) = talk.runs(talk.house.kitchen)
    with patch(f"{contexts.__name__}.ongoing_runs", return_value=[run]):
        found, _, left = await purge(place, target)
        assert found >= left > 0
        assert "walrus" in remembered(talk.hass)
    assert (await purge(place, target))[2] == 0
    assert "walrus" not in remembered(talk.hass)


async def test_an_action_that_is_the_cause_of_a_state_forgets_the_words(
    talk: Talk, place: ContextsPlace
) -> None:
    """A state knows its cause until it changes, which may be never."""
    await both_ask(talk)
    context = Context()
    async_capture_events(talk.hass, "call")
    talk.hass.bus.async_fire(
        "call", {"message": f"Heard: {KITCHEN_WORDS}"}, context=context
    )
    talk.hass.states.async_set("sensor.heard", "something", context=context)
    event = context.origin_event
    assert event is not None
    assert b"walrus" in json_bytes(event.json_fragment)
    await purge(place, talk.target(talk.house.kitchen))
    assert event.data == {"message": "Heard: [deleted]"}
    assert b"walrus" not in json_bytes(event.json_fragment)


async def test_a_timer_forgets_the_words_of_what_started_it(
    talk: Talk, place: ContextsPlace
) -> None:
    """A timer has a copy of all that was known when it was started."""
    await both_ask(talk)
    memory: contextvars.ContextVar[object] = contextvars.ContextVar("memory")
    known = {
        "text": KITCHEN_WORDS,
        "steps": [{"sentence": KITCHEN_WORDS, "slots": {"thing": {"text": "walrus"}}}],
    }
    context = contextvars.copy_context()
    context.run(memory.set, known)
    timer = talk.hass.loop.call_later(60, print, context=context)
    await purge(place, talk.target(talk.house.kitchen))
    assert known == {
        "text": "[deleted]",
        "steps": [{"sentence": "[deleted]", "slots": {"thing": {"text": "[deleted]"}}}],
    }
    timer.cancel()


async def test_a_short_sentence_goes_only_as_a_whole(
    talk: Talk, place: ContextsPlace
) -> None:
    """A word such as "yes" is in many texts that nobody said."""
    known = ["yes", "yes please", {"slots": {"answer": {"text": "yes"}}, "sentence": 5}]
    memory: contextvars.ContextVar[object] = contextvars.ContextVar("memory")
    context = contextvars.copy_context()
    context.run(memory.set, known)
    timer = talk.hass.loop.call_later(60, print, context=context)
    await purge(place, replace(said("yes"), contents=ALL_CONTENT))
    assert known[:2] == ["[deleted]", "yes please"]
    timer.cancel()


async def test_nothing_is_touched_without_words_or_of_held_recordings(
    talk: Talk, place: ContextsPlace
) -> None:
    """Only what was asked for goes."""
    await both_ask(talk)
    (run,) = talk.runs(talk.house.kitchen)
    held = talk.target(talk.house.kitchen, spared_runs=[run.run_id])
    held = replace(held, trail=talk.target(talk.house.kitchen).trail)
    assert await purge(place, held) == (0, 0, 0)
    audio = talk.target(talk.house.kitchen, contents=AUDIO)
    assert await purge(place, audio) == (0, 0, 0)
    assert "walrus" in remembered(talk.hass)
