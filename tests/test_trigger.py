"""Automations start when something happens to voices."""

import json
from typing import Any
from unittest.mock import patch

import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_mock_service,
)

from custom_components.voice_retention.const import DOMAIN
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.helpers.trigger import async_get_all_descriptions
from homeassistant.setup import async_setup_component
from tests.conftest import CLOUD, LOCAL
from tests.house import House
from tests.lookup import satellite_key, settle
from tests.speaking import protect

FIELDS = (
    "trigger",
    "platform",
    "satellite",
    "entity_id",
    "engine",
    "locality",
    "content",
    "reason",
    "recording_id",
    "count",
    "places",
    "asked_by",
)
NOTE = {
    "action": "test.note",
    "data": {key: "{{ trigger.get('%s') }}" % key for key in FIELDS},  # noqa: UP031
}


async def automate(hass: HomeAssistant, *triggers: dict[str, Any]) -> list[ServiceCall]:
    """Run an automation on these triggers, and return the list of what it gets to know."""
    noted = async_mock_service(hass, "test", "note")
    assert await async_setup_component(
        hass,
        "automation",
        {"automation": {"triggers": list(triggers), "actions": NOTE, "mode": "queued"}},
    )
    await hass.async_block_till_done()
    return noted


def trigger(key: str, **config: Any) -> dict[str, Any]:
    """Return a trigger of ours."""
    return {"trigger": f"{DOMAIN}.{key}", **config}


async def test_a_kept_recording_is_told_without_its_words(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """With what leads to it."""
    noted = await automate(hass, trigger("recording_kept"))
    await house.kitchen.speak()
    await settle(hass)
    (call,) = noted
    assert call.data["platform"] == f"{DOMAIN}.recording_kept"
    assert call.data["satellite"] == satellite_key(hass, house.kitchen)
    assert call.data["entity_id"] == house.kitchen.entity_id
    assert call.data["engine"] == CLOUD
    assert len(call.data["recording_id"]) == 32
    assert "turn on the light" not in json.dumps(dict(call.data))


async def test_what_goes_to_a_cloud_is_told_even_when_nothing_can_be_stored(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """Whoever wants to know cares little about our disk."""
    noted = await automate(hass, trigger("sent_to_cloud"))
    with patch.object(
        entry.runtime_data.storage, "async_store", side_effect=RuntimeError
    ):
        await house.kitchen.speak()
        await settle(hass)
    (call,) = noted
    assert (call.data["engine"], call.data["locality"]) == (CLOUD, "cloud")
    assert (call.data["content"], call.data["reason"]) == ("audio", "allowed")
    assert call.data["entity_id"] == house.kitchen.entity_id
    await protect(house, house.kitchen)
    await house.kitchen.speak()
    await house.use_engine(LOCAL)
    await house.bedroom.speak()
    await settle(hass)
    assert len(noted) == 1


async def test_a_refused_sentence_is_told(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """And nothing of it counts as sent."""
    noted = await automate(hass, trigger("blocked"), trigger("sent_to_cloud"))
    await hass.config_entries.async_unload(house.entries["homely"].entry_id)
    await protect(house, house.kitchen)
    await house.kitchen.speak()
    await settle(hass)
    (call,) = noted
    assert call.data["platform"] == f"{DOMAIN}.blocked"
    assert "no_local_engine" in call.data["reason"]


async def test_a_deletion_is_told_and_so_is_one_that_failed(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """With the places where something is left, and only if something is."""
    noted = await automate(hass, trigger("purged"), trigger("purge_failed"))
    await house.kitchen.speak()
    await house.kitchen.speak()
    await settle(hass)
    kitchen = {"entity_id": house.kitchen.entity_id}
    with patch.object(
        type(entry.runtime_data.storage), "async_delete", side_effect=OSError
    ):
        await hass.services.async_call(
            DOMAIN, "purge", kitchen, blocking=True, return_response=True
        )
    await hass.async_block_till_done()
    failed = [item for item in noted if item.data["platform"].endswith("purge_failed")]
    assert [item.data["places"] for item in failed] == ["vault"]
    assert failed[0].data["asked_by"] == "automation"
    noted.clear()
    await hass.services.async_call(DOMAIN, "purge", kitchen, blocking=True)
    await hass.async_block_till_done()
    (call,) = noted
    assert call.data["platform"] == f"{DOMAIN}.purged"
    assert (call.data["count"], call.data["reason"]) == (2, "automation")


async def test_only_the_targeted_satellites_count(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """As they are called now; and one that is gone stops nothing."""
    noted = await automate(
        hass,
        trigger(
            "recording_kept",
            target={"entity_id": [house.kitchen.entity_id, "assist_satellite.gone"]},
        ),
        trigger(
            "recording_kept",
            target={"entity_id": "assist_satellite.gone"},
        ),
    )
    await house.bedroom.speak()
    await settle(hass)
    assert noted == []
    await house.kitchen.speak()
    await settle(hass)
    assert len(noted) == 1


async def test_an_automation_that_is_off_hears_nothing(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """Nor is anything left listening."""
    noted = await automate(hass, trigger("recording_kept"))
    (automation,) = hass.states.async_entity_ids("automation")
    await hass.services.async_call(
        "automation", "turn_off", {"entity_id": automation}, blocking=True
    )
    await house.kitchen.speak()
    await settle(hass)
    assert noted == []


async def test_a_trigger_with_what_it_does_not_know_is_refused(
    hass: HomeAssistant,
    house: House,
    entry: MockConfigEntry,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """It would never start, and nobody would know."""
    noted = await automate(
        hass, trigger("purge_failed", target={"entity_id": "light.x"})
    )
    assert "failed to setup triggers" in caplog.text
    assert noted == []


async def test_the_editor_is_told_of_them(
    hass: HomeAssistant,
    house: House,
    entry: MockConfigEntry,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Home Assistant reads the descriptions only then."""
    await automate(hass, trigger("blocked"))
    descriptions = await async_get_all_descriptions(hass)
    assert descriptions[f"{DOMAIN}.blocked"]["target"]["entity"]
    assert f"{DOMAIN}.purge_failed" in descriptions
    assert "Unable to parse" not in caplog.text
