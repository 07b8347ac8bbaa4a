"""Receipts are listed with names, and checked again, as the actions do it."""

from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.voice_retention.const import DOMAIN
from custom_components.voice_retention.data import VoiceRetentionData
from custom_components.voice_retention.purge.scope import AskedBy, Scope
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
from tests.house import House
from tests.lookup import OTHER, satellite_key
from tests.panel.ask import Panel
from tests.vault.make import satellite, utterance


@pytest.fixture
def data(entry: MockConfigEntry) -> VoiceRetentionData:
    """Return the parts of the entry."""
    parts: VoiceRetentionData = entry.runtime_data
    return parts


async def purge(data: VoiceRetentionData, **scope: Any) -> str:
    """Delete something and return the id of the receipt."""
    receipt = await data.purger.async_purge(
        Scope(**{"asked_by": AskedBy.USER, "user_name": "Ada"} | scope)
    )
    return receipt.receipt_id


async def test_they_are_what_the_action_answers_and_have_names(
    hass: HomeAssistant, house: House, panel: Panel, data: VoiceRetentionData
) -> None:
    """Of satellites, also of those that are gone, and of what passed the wish on."""
    key = satellite_key(hass, house.kitchen)
    hass.states.async_set("automation.night", "on", {"friendly_name": "Purge at night"})
    await purge(data, satellite_keys=frozenset({key, OTHER, "gone"}))
    await purge(data, asked_by=AskedBy.AUTOMATION, asked_through="automation.night")
    await purge(data, asked_by=AskedBy.VOICE, asked_through=key)
    await data.storage.async_add_receipt("backup", {"includes": "no"})
    answer = await panel("receipts/list")
    action = await hass.services.async_call(
        DOMAIN, "get_receipts", {}, blocking=True, return_response=True
    )
    names = [receipt.pop("names") for receipt in answer["receipts"]]
    assert answer == action
    assert names == [
        {},
        {key: "Kitchen"},
        {"automation.night": "Purge at night"},
        {key: "Kitchen", OTHER: "Other voice clients", "gone": "gone"},
    ]
    assert answer["receipts"][-1]["user_name"] == "Ada"


async def test_they_come_in_pages(
    hass: HomeAssistant, house: House, panel: Panel, data: VoiceRetentionData
) -> None:
    """Newest first, none left out and none twice."""
    made = [await purge(data) for _ in range(5)]
    found: list[str] = []
    before: dict[str, int] = {}
    while True:
        page = await panel("receipts/list", limit=2, **before)
        found += [receipt["receipt_id"] for receipt in page["receipts"]]
        if page["next_before"] is None:
            break
        before = {"before": page["next_before"]}
    assert found == made[::-1]


async def test_a_deletion_is_verified(
    hass: HomeAssistant, house: House, panel: Panel, data: VoiceRetentionData
) -> None:
    """All of them, or those that were chosen."""
    said = utterance(origin=satellite("kitchen"), created=dt_util.utcnow())
    await data.storage.async_store([said], [])
    receipt_id = await purge(data)
    answer = await panel("receipts/verify")
    assert answer["good"] is True
    assert answer["chain"]["intact"] is True
    assert answer["receipts"] == 1
    assert answer["owed"] == []
    await purge(data)
    await data.storage.async_store([said], [])
    answer = await panel("receipts/verify", receipt_ids=[receipt_id])
    assert answer["receipts"] == 1
    assert answer["good"] is False
    assert answer["findings"][0]["receipt_id"] == receipt_id


async def test_a_receipt_that_is_not_there_cannot_be_verified(
    hass: HomeAssistant, house: House, panel: Panel, data: VoiceRetentionData
) -> None:
    """That must not look as if all were well."""
    error = await panel.error("receipts/verify", receipt_ids=["0" * 32])
    assert error["translation_key"] == "receipt_not_found"


@pytest.mark.parametrize(
    ("command", "fields"),
    [
        ("list", {"limit": 0}),
        ("list", {"limit": 101}),
        ("list", {"before": 0}),
        ("list", {"before": 2**63}),
        ("list", {"transcript": "forget this"}),
        ("verify", {"receipt_ids": []}),
        ("verify", {"receipt_ids": ["../../secrets"]}),
        ("verify", {"receipt_ids": "0" * 32}),
        ("verify", {"receipt_ids": ["0" * 32] * 1001}),
    ],
)
async def test_what_makes_no_sense_is_refused(
    panel: Panel, command: str, fields: dict[str, object]
) -> None:
    """Before anything is looked up."""
    error = await panel.error(f"receipts/{command}", **fields)
    assert error["translation_key"] == "invalid_field"
    assert error["translation_placeholders"] == {"field": next(iter(fields))}


@pytest.mark.parametrize("command", ["receipts/list", "receipts/verify"])
async def test_without_the_entry_there_are_none(
    hass: HomeAssistant, panel: Panel, entry: MockConfigEntry, command: str
) -> None:
    """And the panel is told why."""
    await hass.config_entries.async_unload(entry.entry_id)
    assert (await panel.error(command))["translation_key"] == "not_loaded"
