"""Whose a trace is that tells something of its sentence."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from custom_components.voice_retention.places.sought import Sought, Spoken
from homeassistant.util import dt as dt_util

from .talk import KITCHEN_REPLY, KITCHEN_WORDS, Talk

KITCHEN = "assist_satellite.kitchen"
BEDROOM = "assist_satellite.bedroom"


def is_meant(
    sought: Sought, spoken: Spoken, moment: datetime | None = None, text: str = ""
) -> bool:
    """Return whether a trace of now, or of another moment, is meant."""
    return sought.is_meant(spoken, moment or dt_util.utcnow(), lambda: [text])


async def test_another_satellite_in_the_same_conversation_is_somebody_else(
    talk: Talk,
) -> None:
    """A client may continue the conversation of a satellite, with the same words."""
    await talk.both_ask()
    (run,) = talk.runs(talk.house.kitchen)
    spoken = Spoken(
        satellite_id=KITCHEN,
        conversation_id=run.conversation_id,
        sentence=KITCHEN_WORDS,
    )
    for target in (
        talk.target(talk.house.kitchen),
        talk.exactly(talk.recording(talk.house.kitchen)),
    ):
        sought = Sought(talk.hass, target)
        assert is_meant(sought, spoken)
        assert not is_meant(sought, replace(spoken, satellite_id=BEDROOM))
        assert not is_meant(sought, replace(spoken, satellite_id=None, device_id="a"))


async def test_the_same_words_of_a_satellite_at_another_time_are_another_sentence(
    talk: Talk,
) -> None:
    """Only what names no speaker is recognised by its words."""
    await talk.both_ask()
    end = dt_util.utcnow()
    sought = Sought(talk.hass, talk.target(talk.house.kitchen, end=end))
    spoken = Spoken(satellite_id=KITCHEN, sentence=KITCHEN_WORDS)
    later = end + timedelta(minutes=1)
    assert is_meant(sought, spoken, end - timedelta(minutes=1))
    assert not is_meant(sought, spoken, later, KITCHEN_WORDS)
    assert is_meant(sought, Spoken(), later, KITCHEN_WORDS)
    assert not is_meant(sought, Spoken(), later + timedelta(hours=1), KITCHEN_WORDS)


async def test_a_renamed_satellite_is_still_the_same_device(talk: Talk) -> None:
    """Traces keep the name that it had."""
    await talk.both_ask()
    sought = Sought(talk.hass, talk.target(talk.house.kitchen))
    device_id = talk.device_id(talk.house.kitchen)
    old = Spoken(satellite_id="assist_satellite.old", device_id=device_id)
    assert is_meant(sought, old)
    assert not is_meant(sought, replace(old, device_id="another"))


async def test_a_recording_leads_to_the_name_that_its_satellite_had(talk: Talk) -> None:
    """It may have been renamed, or removed, since."""
    await talk.both_ask()
    recording = replace(
        talk.recording(talk.house.kitchen), satellite_id="assist_satellite.old"
    )
    target = replace(talk.target(talk.house.kitchen), recordings=(recording,))
    assert is_meant(
        Sought(talk.hass, target), Spoken(satellite_id="assist_satellite.old")
    )


@pytest.mark.parametrize("has_text", [True, False])
async def test_only_words_that_are_to_go_are_looked_for(
    talk: Talk, has_text: bool
) -> None:
    """A purge of replies must not take what merely mentions the question."""
    await talk.both_ask()
    target = talk.target(talk.house.kitchen)
    kept = KITCHEN_WORDS if has_text else KITCHEN_REPLY
    contents = {"response"} if has_text else {"transcript"}
    narrowed = replace(
        target, contents=frozenset(item for item in target.contents if item in contents)
    )
    sought = Sought(talk.hass, narrowed)
    assert not is_meant(sought, Spoken(), text=f"Heard: {kept}")
    gone = KITCHEN_REPLY if has_text else KITCHEN_WORDS
    assert is_meant(sought, Spoken(), text=f"Heard: {gone}")


async def test_something_without_a_time_is_judged_by_the_rest(talk: Talk) -> None:
    """A trace may be too young to tell."""
    await talk.both_ask()
    sought = Sought(talk.hass, talk.target(talk.house.kitchen))
    assert sought.is_meant(Spoken(satellite_id=KITCHEN), None, list)
    assert sought.is_meant(Spoken(), None, lambda: [KITCHEN_WORDS])
    assert not sought.is_meant(Spoken(), None, list)
