"""How a sentence is recognised in text."""

from dataclasses import dataclass
import threading

import pytest

from custom_components.voice_retention.places.phrases import Phrases, strings_in, walk
from homeassistant.components.conversation.trace import (
    ConversationTrace,
    ConversationTraceEvent,
    ConversationTraceEventType,
)
from homeassistant.core import Context, State


@pytest.mark.parametrize("text", ["Turn  it off", "turn it off", " TURN IT OFF\n"])
def test_a_sentence_is_the_same_in_any_letters(text: str) -> None:
    """Agents and templates write it their own way."""
    assert Phrases(["turn it off"]).has(text)


@pytest.mark.parametrize("text", [None, 3, "", "turn it", "please turn it off"])
def test_another_sentence_is_not_the_same(text: object) -> None:
    """Somebody else's sentence would go with it."""
    assert not Phrases(["turn it off", ""]).has(text)


def test_a_sentence_is_found_inside_other_text() -> None:
    """A notification quotes it."""
    phrases = Phrases(["turn the lamp off", "turn the lamp on", "stop"])
    assert phrases.are_mentioned('Heard: "Turn the lamp on".')
    assert not phrases.are_mentioned("turn the lamp up")
    assert not phrases.are_mentioned("turn")


def test_a_short_sentence_is_not_looked_for_inside_other_text() -> None:
    """It would be everywhere."""
    phrases = Phrases(["stop"])
    assert phrases.has("Stop")
    assert not phrases.are_mentioned("stop")


def test_nothing_is_mentioned_of_nothing() -> None:
    """A recording without text leads to no text."""
    assert not Phrases([])
    assert not Phrases([""]).are_mentioned("turn the lamp on")


@dataclass
class Plain:
    """A value of Home Assistant without a form of its own."""

    text: str


@pytest.mark.parametrize(
    "value",
    [
        pytest.param("words", id="itself"),
        pytest.param({"a": [{"b": ("words",)}]}, id="nested"),
        pytest.param({"words": 1}, id="key"),
        pytest.param({"words"}, id="set"),
        pytest.param(ValueError("words"), id="error"),
        pytest.param(State("sensor.a", "words"), id="state"),
        pytest.param(Context(id="words"), id="context"),
        pytest.param(Plain("words"), id="dataclass"),
    ],
)
def test_text_is_found_in_every_value(value: object) -> None:
    """A trace holds values of all kinds."""
    assert "words" in list(strings_in(value))


def test_a_type_and_a_number_have_no_text() -> None:
    """A type has the methods of its values, which cannot be called."""
    assert list(walk([1, Context])) == [[1, Context], 1, Context]


def test_a_trace_of_an_agent_whose_tools_cannot_be_copied_is_read() -> None:
    """One such tool would stop every deletion in the places that traces lead to."""
    trace = ConversationTrace()
    trace.add_event(
        ConversationTraceEvent(
            ConversationTraceEventType.AGENT_DETAIL,
            {"messages": ["turn it off"], "tools": [threading.Lock()]},
        )
    )
    trace.set_result(response="It is off")
    assert {"turn it off", "It is off"} <= {*strings_in(trace)}
