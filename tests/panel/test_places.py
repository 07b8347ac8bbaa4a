"""Elsewhere tells what every place holds, as a deletion would find it."""

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.voice_retention.data import VoiceRetentionData
from custom_components.voice_retention.places.reach.all import Reach
from custom_components.voice_retention.places.reach.protocol import OutOfReach, Purged
from custom_components.voice_retention.purge.inventory import SEARCHED_BY_WORDS
from custom_components.voice_retention.vault.models import RecordingFilter
from homeassistant.components.assist_pipeline import PipelineStage
from homeassistant.core import HomeAssistant
from tests.house import House
from tests.lookup import satellite_key, settle
from tests.panel.ask import Panel
from tests.vault.make import satellite, utterance


@pytest.fixture
def data(entry: MockConfigEntry) -> VoiceRetentionData:
    """Return the parts of the entry."""
    parts: VoiceRetentionData = entry.runtime_data
    return parts


async def test_every_place_tells_what_it_holds_of_whom(
    hass: HomeAssistant, house: House, panel: Panel, data: VoiceRetentionData
) -> None:
    """What cannot be told apart is of everybody; nothing is deleted for it."""
    await house.kitchen.speak(end_stage=PipelineStage.INTENT)
    await settle(hass)
    answer = await panel("places")
    places = {item["place"]: item for item in answer["places"]}
    assert places.keys() == {*data.purger.place_keys}
    kitchen = {"key": satellite_key(hass, house.kitchen), "name": "Kitchen"}
    assert places["pipeline_debug"] == {
        "place": "pipeline_debug",
        "holds": 1,
        "failed": None,
        "by_satellite": [kitchen | {"holds": 1}],
    }
    held = places["vault"]["holds"]
    assert held > 0
    assert places["vault"]["by_satellite"] == [kitchen | {"holds": held}]
    for place in SEARCHED_BY_WORDS:
        assert places[place]["by_satellite"] == []
    assert len(await data.storage.async_find(RecordingFilter())) == 1
    assert (await panel("receipts/list"))["receipts"] == []
    assert "light" not in str(answer)


async def test_what_is_out_of_reach_is_named(
    hass: HomeAssistant, house: House, panel: Panel, data: VoiceRetentionData
) -> None:
    """What went to a cloud is there, and so are satellites that may keep something."""
    assert (await panel("places"))["out_of_reach"] == []
    await house.kitchen.speak(end_stage=PipelineStage.INTENT)
    await settle(hass)
    found = (await panel("places"))["out_of_reach"]
    (engine,) = [item for item in found if item["kind"] == "engine"]
    assert (engine["name"], engine["detail"]) == ("cloud_speech", "cloud")
    assert engine["amount"]


async def test_backups_are_looked_through_once(
    hass: HomeAssistant,
    house: House,
    panel: Panel,
    data: VoiceRetentionData,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Somebody asks, so it may take a moment; not one for each satellite."""
    asked: list[bool] = []
    listed = Reach.async_list

    async def note(
        reach: Reach, purged: Purged, *, found: int, is_asked: bool
    ) -> tuple[OutOfReach, ...]:
        """Note whether somebody asks."""
        asked.append(is_asked)
        return await listed(reach, purged, found=found, is_asked=is_asked)

    monkeypatch.setattr(Reach, "async_list", note)
    await panel("places")
    assert asked == [True, False, False, False]


async def test_a_satellite_that_is_gone_has_left_something(
    hass: HomeAssistant, house: House, panel: Panel, data: VoiceRetentionData
) -> None:
    """It can still be deleted, by its key."""
    await data.storage.async_store([utterance(origin=satellite("attic"))], [])
    await data.status.async_refresh()
    places = (await panel("places"))["places"]
    (vault,) = [item for item in places if item["place"] == "vault"]
    assert [item["key"] for item in vault["by_satellite"]] == ["attic"]


async def test_a_place_that_cannot_be_counted_says_so(
    hass: HomeAssistant,
    house: House,
    panel: Panel,
    data: VoiceRetentionData,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nothing there would be a lie; the others are counted all the same."""

    async def fail(_: object) -> int:
        raise KeyError("secret")

    monkeypatch.setattr(data.purger._places["chat_logs"], "async_find", fail)
    places = (await panel("places"))["places"]
    (broken,) = [item for item in places if item["failed"]]
    assert broken["place"] == "chat_logs"
    assert broken["holds"] is None
    assert broken["by_satellite"] == []
    assert "secret" not in str(places)


async def test_without_the_entry_nothing_is_counted(
    hass: HomeAssistant, house: House, panel: Panel, entry: MockConfigEntry
) -> None:
    """And the panel is told why."""
    await hass.config_entries.async_unload(entry.entry_id)
    assert (await panel.error("places"))["translation_key"] == "not_loaded"
