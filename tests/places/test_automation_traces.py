"""Traces of real automations and scripts, in memory and in their file."""

from datetime import timedelta
import json
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from custom_components.voice_retention.places.automation_traces import (
    AutomationTracesPlace,
)
from homeassistant.components.trace import const
from homeassistant.components.trace.util import async_get_trace, async_restore_traces
from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.core import HomeAssistant
from homeassistant.helpers.json import ExtendedJSONEncoder
from homeassistant.util import dt as dt_util

from .talk import AUDIO, BEDROOM_WORDS, KITCHEN_WORDS, TEXT, Talk, purge

ZEBRA = "tell me about the green zebra"


@pytest.fixture
def place(hass: HomeAssistant) -> AutomationTracesPlace:
    """Return the place."""
    return AutomationTracesPlace(hass)


def buckets(hass: HomeAssistant) -> list[tuple[str, dict[str, Any]]]:
    """Return the traces in memory by run."""
    return list(AutomationTracesPlace(hass)._buckets())


def traced(hass: HomeAssistant, words: str) -> list[str]:
    """Return the automations and scripts whose traces in memory hold words."""
    return sorted(
        key
        for key, bucket in buckets(hass)
        for item in bucket.values()
        if words
        in json.dumps(item.as_dict()["extended_dict"]["trace"], cls=ExtendedJSONEncoder)
    )


def saved(hass: HomeAssistant) -> str:
    """Return the file of the traces."""
    return Path(hass.config.path(".storage", "trace.saved_traces")).read_text()


async def save(hass: HomeAssistant) -> None:
    """Write all traces to their file, as a stop does."""
    hass.bus.async_fire(EVENT_HOMEASSISTANT_STOP)
    await hass.async_block_till_done()


async def relay(hass: HomeAssistant, words: str) -> None:
    """Trigger an automation by an event that carries words and no satellite."""
    hass.bus.async_fire("relay", {"words": words})
    await hass.async_block_till_done()


async def test_the_traces_of_a_satellite_go_and_those_of_another_stay(
    talk: Talk, place: AutomationTracesPlace
) -> None:
    """The trigger of a trace is the sentence, and a script was called with it."""
    await talk.both_ask()
    both = ["automation.answer", "script.note"]
    assert traced(talk.hass, KITCHEN_WORDS) == both
    target = talk.target(talk.house.kitchen)
    assert await purge(place, target) == (2, 2, 0)
    assert traced(talk.hass, "walrus") == []
    assert traced(talk.hass, BEDROOM_WORDS) == both
    assert await purge(place, target) == (0, 0, 0)


async def test_the_same_words_at_another_satellite_stay(
    talk: Talk, place: AutomationTracesPlace
) -> None:
    """Its automation and the script that this called mention them as well."""
    await talk.say(talk.house.bedroom, KITCHEN_WORDS)
    await talk.say(talk.house.kitchen, KITCHEN_WORDS)
    assert await purge(place, talk.target(talk.house.kitchen)) == (2, 2, 0)
    assert traced(talk.hass, KITCHEN_WORDS) == ["automation.answer", "script.note"]
    assert talk.house.kitchen.entity_id not in str(
        [item.as_dict() for _, bucket in buckets(talk.hass) for item in bucket.values()]
    )


async def test_traces_without_text_of_the_trail_are_found_by_their_satellite(
    talk: Talk, place: AutomationTracesPlace
) -> None:
    """The run may be forgotten; the script's trace then names neither."""
    await talk.both_ask()
    talk.forget_runs()
    assert await purge(place, talk.target(talk.house.kitchen)) == (1, 1, 0)
    assert traced(talk.hass, KITCHEN_WORDS) == ["script.note"]


async def test_a_recording_leads_to_its_own_traces_only(
    talk: Talk, place: AutomationTracesPlace
) -> None:
    """The satellite has said something else in the same conversation."""
    kitchen = talk.house.kitchen
    await talk.say(kitchen, ZEBRA)
    await talk.say(kitchen, KITCHEN_WORDS)
    target = talk.exactly(talk.recording(kitchen), contents=TEXT)
    assert await purge(place, target) == (2, 2, 0)
    assert traced(talk.hass, ZEBRA) == ["automation.answer", "script.note"]


async def test_a_trace_that_quotes_the_sentence_goes(
    talk: Talk, place: AutomationTracesPlace
) -> None:
    """Events and states of other integrations carry transcripts, and trigger automations."""
    await talk.both_ask()
    await relay(talk.hass, f"Kitchen said: {KITCHEN_WORDS}")
    await relay(talk.hass, f"Bedroom said: {BEDROOM_WORDS}")
    assert "automation.relay" in traced(talk.hass, KITCHEN_WORDS)
    assert await purge(place, talk.target(talk.house.kitchen)) == (3, 3, 0)
    assert traced(talk.hass, KITCHEN_WORDS) == []
    assert "automation.relay" in traced(talk.hass, BEDROOM_WORDS)


async def test_a_quote_long_after_the_sentence_is_another_one(
    talk: Talk, place: AutomationTracesPlace
) -> None:
    """The same words were said again, who knows by whom."""
    await talk.both_ask()
    await relay(talk.hass, KITCHEN_WORDS)
    for _, bucket in buckets(talk.hass):
        for item in bucket.values():
            extended = item.as_extended_dict()
            if extended["item_id"] == "relay":
                extended["timestamp"]["start"] += timedelta(hours=1)
    assert await purge(place, talk.exactly(talk.recording(talk.house.kitchen))) == (
        2,
        2,
        0,
    )
    assert traced(talk.hass, KITCHEN_WORDS) == ["automation.relay"]


async def test_traces_on_disk_go_as_well(
    talk: Talk, place: AutomationTracesPlace
) -> None:
    """The file is only read when somebody looks at a trace after the next start."""
    await talk.both_ask()
    await save(talk.hass)
    assert KITCHEN_WORDS in saved(talk.hass)
    talk.hass.data[const.DATA_TRACE].clear()
    target = talk.target(talk.house.kitchen)
    assert await purge(place, target) == (2, 2, 0)
    assert KITCHEN_WORDS not in saved(talk.hass)
    assert saved(talk.hass).count(BEDROOM_WORDS) > 1
    assert await purge(place, target) == (0, 0, 0)


async def test_restored_traces_go_and_the_others_can_still_be_read(
    talk: Talk, place: AutomationTracesPlace
) -> None:
    """They are in memory and in the file then, in another form."""
    await talk.both_ask()
    await save(talk.hass)
    talk.hass.data[const.DATA_TRACE].clear()
    await async_restore_traces(talk.hass)
    assert await purge(place, talk.target(talk.house.kitchen)) == (4, 4, 0)
    assert traced(talk.hass, "walrus") == []
    assert KITCHEN_WORDS not in saved(talk.hass)
    left = [(key, run_id) for key, bucket in buckets(talk.hass) for run_id in bucket]
    assert len(left) == 2
    for key, run_id in left:
        assert await async_get_trace(talk.hass, key, run_id)


async def test_a_file_without_the_sentence_is_not_touched(
    talk: Talk, place: AutomationTracesPlace
) -> None:
    """Each writing wears the disk."""
    await talk.both_ask()
    await save(talk.hass)
    file = Path(talk.hass.config.path(".storage", "trace.saved_traces"))
    before = file.stat()
    talk.hass.data[const.DATA_TRACE].clear()
    end = dt_util.utcnow() - timedelta(hours=1)
    assert await purge(place, talk.target(everybody=True, end=end)) == (0, 0, 0)
    assert file.stat().st_ino == before.st_ino


async def test_only_text_is_in_them(talk: Talk, place: AutomationTracesPlace) -> None:
    """A purge of audio alone has nothing to do here."""
    await talk.both_ask()
    assert await purge(place, talk.target(everybody=True, contents=AUDIO)) == (0, 0, 0)


async def test_the_traces_of_a_held_sentence_stay(
    talk: Talk, place: AutomationTracesPlace
) -> None:
    """Nothing of it may go."""
    kitchen = talk.house.kitchen
    await talk.say(kitchen, ZEBRA)
    await talk.say(kitchen, KITCHEN_WORDS)
    held = talk.runs(kitchen)[0].run_id
    assert await purge(place, talk.target(kitchen, spared_runs=[held])) == (2, 2, 0)
    assert traced(talk.hass, ZEBRA) == ["automation.answer", "script.note"]


async def test_a_trace_that_is_still_going_on_goes(
    talk: Talk, place: AutomationTracesPlace
) -> None:
    """An automation may wait for hours; what it writes then is written to nowhere."""
    await talk.both_ask()
    for _, bucket in buckets(talk.hass):
        for item in bucket.values():
            item._state, item._dict = "running", None
    assert await purge(place, talk.target(talk.house.kitchen)) == (2, 2, 0)


async def test_both_forms_of_the_list_of_traces_are_known(
    talk: Talk, place: AutomationTracesPlace
) -> None:
    """Until 2026.6 it was flat; since then runs and non-runs are apart."""
    await talk.both_ask()
    flat = {key: dict(bucket) for key, bucket in buckets(talk.hass) if bucket}
    with patch.dict(talk.hass.data, {const.DATA_TRACE: flat}):
        assert await purge(place, talk.target(talk.house.kitchen)) == (2, 2, 0)


async def test_a_house_without_traces_holds_nothing(
    talk: Talk, place: AutomationTracesPlace
) -> None:
    """Neither automations nor scripts need to be set up."""
    await talk.both_ask()
    with patch.dict(talk.hass.data):
        del talk.hass.data[const.DATA_TRACE]
        del talk.hass.data[const.DATA_TRACE_STORE]
        assert await purge(place, talk.target(everybody=True)) == (0, 0, 0)


async def test_a_changed_home_assistant_is_noticed(
    talk: Talk, place: AutomationTracesPlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To find nothing where nothing can be found would be a lie in the receipt."""
    await talk.both_ask()
    target = talk.target(talk.house.kitchen)
    traces: dict[str, Any] = talk.hass.data[const.DATA_TRACE]
    traces["automation.answer"] = object()
    with pytest.raises(AttributeError):
        await place.async_find(target)
    traces.clear()
    monkeypatch.delattr(const, "DATA_TRACE")
    with pytest.raises(AttributeError):
        await place.async_find(target)
