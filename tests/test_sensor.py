"""The sensors show what is kept, and where the voice went."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.voice_retention.policy.models import Locality
from custom_components.voice_retention.status import LastHeard, Status
from custom_components.voice_retention.vault.books import SentToCloud
from homeassistant.components.sensor import (
    ATTR_STATE_CLASS,
    SensorDeviceClass,
    SensorStateClass,
)
from homeassistant.const import (
    ATTR_DEVICE_CLASS,
    ATTR_UNIT_OF_MEASUREMENT,
    STATE_UNAVAILABLE,
    STATE_UNKNOWN,
    EntityCategory,
    Platform,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from tests.conftest import CLOUD
from tests.house import SPEECH, House
from tests.lookup import satellite_key, settle, state_of

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
SPOKEN = sum(len(chunk) for chunk in SPEECH)


def _show(entry: MockConfigEntry, **changes: object) -> None:
    """Push a status."""
    entry.runtime_data.status.async_set_updated_data(replace(Status(), **changes))


async def test_a_spoken_sentence_is_counted(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """Everybody can see that something is kept, and of which room."""
    await house.kitchen.speak()
    await settle(hass)
    await entry.runtime_data.status.async_refresh()
    await hass.async_block_till_done()

    def recordings(satellite: object) -> str:
        return state_of(hass, Platform.SENSOR, "recordings", satellite).state

    assert recordings(house.kitchen) == "1"
    assert recordings(house.bedroom) == "0"
    assert state_of(hass, Platform.SENSOR, "stored").state == "1"
    assert float(state_of(hass, Platform.SENSOR, "size").state) > 0
    sent = state_of(hass, Platform.SENSOR, "sent_to_cloud_today")
    assert float(sent.state) == pytest.approx(SPOKEN / 1_000_000)


async def test_it_says_who_heard_the_voice_last_and_why_that_is_believed(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """That is the question people ask."""
    await house.kitchen.speak()
    await settle(hass)
    await entry.runtime_data.status.async_refresh()
    await hass.async_block_till_done()
    state = state_of(hass, Platform.SENSOR, "last_engine", house.kitchen)
    assert state.state == hass.states.get(CLOUD).name
    assert state.attributes["locality"] == Locality.CLOUD
    assert "cloud_push" in state.attributes["evidence"]
    assert datetime.fromisoformat(state.attributes["time"]).tzinfo is not None
    bedroom = state_of(hass, Platform.SENSOR, "last_engine", house.bedroom)
    assert bedroom.state == STATE_UNKNOWN
    assert "locality" not in bedroom.attributes


async def test_no_sensor_ever_holds_what_was_said(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """States go to the recorder, to backups and to every user."""
    await house.kitchen.speak()
    await settle(hass)
    await entry.runtime_data.status.async_refresh()
    await hass.async_block_till_done()
    assert "turn on the light" not in str(hass.states.async_all())


async def test_each_sensor_shows_its_part_of_the_status(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """With the unit and the class that make it a graph or a date."""
    _show(
        entry,
        recordings={satellite_key(hass, house.kitchen): 7, "other": 2},
        stored=9,
        size=2_500_000,
        overdue=3,
        sent_to_cloud_today=1_200_000,
        characters_to_cloud_today=42,
        sent_to_cloud={"other": SentToCloud(audio_bytes=3_400_000, characters=17)},
        last_purge=NOON,
        last_sweep=NOON.replace(hour=13),
        last_heard={
            "other": LastHeard(
                engine_id=CLOUD,
                engine_name="Cloud speech",
                locality=Locality.UNPROVEN,
                evidence="manifest: not loaded",
                at=NOON,
            )
        },
    )
    await hass.async_block_till_done()

    def value(key: str, satellite: object = None) -> str:
        return state_of(hass, Platform.SENSOR, key, satellite).state

    assert value("recordings", house.kitchen) == "7"
    assert value("recordings", house.bedroom) == "0"
    assert value("other-recordings") == "2"
    assert value("other-last_engine") == "Cloud speech"
    assert value("stored") == "9"
    assert value("size") == "2.5"
    assert value("overdue") == "3"
    assert value("sent_to_cloud_today") == "1.2"
    assert value("last_purge") == "2026-11-24T12:00:00+00:00"
    assert value("last_sweep") == "2026-11-24T13:00:00+00:00"

    size = state_of(hass, Platform.SENSOR, "size").attributes
    assert size[ATTR_UNIT_OF_MEASUREMENT] == "MB"
    assert size[ATTR_DEVICE_CLASS] == SensorDeviceClass.DATA_SIZE
    assert size[ATTR_STATE_CLASS] == SensorStateClass.MEASUREMENT
    sent = state_of(hass, Platform.SENSOR, "sent_to_cloud_today").attributes
    assert sent[ATTR_STATE_CLASS] == SensorStateClass.TOTAL_INCREASING
    assert sent["characters"] == 42
    ever = state_of(hass, Platform.SENSOR, "other-sent_to_cloud")
    assert ever.state == "3.4"
    assert ever.attributes[ATTR_DEVICE_CLASS] == SensorDeviceClass.DATA_SIZE
    assert ever.attributes[ATTR_STATE_CLASS] == SensorStateClass.TOTAL_INCREASING
    assert ever.attributes["characters"] == 17
    assert value("sent_to_cloud", house.kitchen) == "0.0"
    purge = state_of(hass, Platform.SENSOR, "last_purge")
    assert purge.attributes[ATTR_DEVICE_CLASS] == SensorDeviceClass.TIMESTAMP
    registry = er.async_get(hass)
    assert registry.async_get(purge.entity_id).entity_category is (
        EntityCategory.DIAGNOSTIC
    )


async def test_without_the_vault_nothing_is_claimed_about_it(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """Zero recordings would be a lie when nobody can look."""
    _show(entry, is_available=False, last_sweep=NOON)
    await hass.async_block_till_done()
    for key in ("stored", "size", "overdue", "sent_to_cloud_today"):
        assert state_of(hass, Platform.SENSOR, key).state == STATE_UNAVAILABLE
    for key in ("recordings", "sent_to_cloud", "last_engine"):
        state = state_of(hass, Platform.SENSOR, key, house.kitchen)
        assert state.state == STATE_UNAVAILABLE
    assert state_of(hass, Platform.SENSOR, "last_purge").state == STATE_UNKNOWN
    assert state_of(hass, Platform.SENSOR, "last_sweep").state == NOON.isoformat()
