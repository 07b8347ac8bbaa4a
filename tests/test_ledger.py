"""Test that the ledger is forgotten when somebody asks for it, and only then."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.voice_retention.const import DOMAIN
from custom_components.voice_retention.data import VoiceRetentionData
from custom_components.voice_retention.errors import UnknownPlaces
from custom_components.voice_retention.vault.models import LedgerFilter, RecordingFilter
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
from tests.house import House
from tests.lookup import settle


@pytest.fixture
def data(entry: MockConfigEntry) -> VoiceRetentionData:
    """Return the parts of the entry."""
    parts: VoiceRetentionData = entry.runtime_data
    return parts


async def _call(hass: HomeAssistant, action: str, **fields: Any) -> dict[str, Any]:
    """Call one of the actions and return its response."""
    response = await hass.services.async_call(
        DOMAIN, action, fields, blocking=True, return_response=True
    )
    assert isinstance(response, dict)
    return response


async def _runs(data: VoiceRetentionData) -> int:
    """Count the entries of the ledger."""
    await data.keeper.async_settle()
    return await data.ledger.async_count(LedgerFilter())


def _result(receipt: dict[str, Any], place: str) -> Any:
    """Return the line of a receipt about one place."""
    return next(
        (item for item in receipt["places"] if item["place"] == place),
        None,
    )


async def test_a_purge_leaves_the_ledger_unless_it_is_asked_for(
    hass: HomeAssistant, house: House, data: VoiceRetentionData
) -> None:
    """Where the voice went stays true after it is deleted here."""
    await house.kitchen.speak()
    await house.bedroom.speak()
    assert await _runs(data) == 2
    kitchen = house.kitchen.entity_id
    receipt = await _call(hass, "purge", entity_id=kitchen)
    assert _result(receipt, "ledger") is None
    assert await _runs(data) == 2
    dry = await _call(
        hass, "purge", entity_id=kitchen, include_ledger=True, dry_run=True
    )
    assert await _runs(data) == 2
    receipt = await _call(
        hass, "purge", entity_id=kitchen, include_ledger=True, places=["vault"]
    )
    assert _result(receipt, "ledger") == {
        "place": "ledger",
        "found": 1,
        "deleted": 1,
        "verified": True,
        "failed": None,
        "residue": None,
    }
    assert _result(dry, "ledger")["found"] == 1
    assert receipt["scope"]["include_ledger"] is True
    assert await _runs(data) == 1
    await _call(hass, "purge", all_devices=True, include_ledger=True)
    assert await _runs(data) == 0


async def test_the_entry_of_one_recording_can_go(
    hass: HomeAssistant, house: House, data: VoiceRetentionData
) -> None:
    """And that of a held one stays with it."""
    for _ in range(3):
        await house.kitchen.speak()
    await data.keeper.async_settle()
    first, second, _ = await data.storage.async_find(RecordingFilter())
    await _call(hass, "purge", recording_id=first.recording_id, include_ledger=True)
    assert await _runs(data) == 2
    until: datetime = dt_util.utcnow() + timedelta(days=1)
    await _call(hass, "hold", recording_id=second.recording_id, until=until)
    await _call(hass, "purge", all_devices=True, include_ledger=True)
    assert await _runs(data) == 1
    assert second.run_id is not None
    assert await data.ledger.async_count(LedgerFilter(run_ids={second.run_id})) == 1


async def test_what_is_said_meanwhile_is_not_taken_for_left(
    hass: HomeAssistant,
    house: House,
    data: VoiceRetentionData,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Somebody may be speaking while the ledger is purged."""
    await house.kitchen.speak()
    await settle(hass)
    delete = data.ledger.async_delete

    async def delete_slowly(wanted: LedgerFilter) -> int:
        deleted = await delete(wanted)
        await house.kitchen.speak()
        await data.keeper.async_settle()
        return deleted

    monkeypatch.setattr(data.ledger, "async_delete", delete_slowly)
    receipt = await _call(hass, "purge", all_devices=True, include_ledger=True)
    assert _result(receipt, "ledger")["verified"]
    assert await _runs(data) == 1


async def test_the_ledger_is_no_place_to_name(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    """It has a field of its own, so that it never goes by accident."""
    with pytest.raises(UnknownPlaces):
        await _call(hass, "purge", all_devices=True, places=["ledger"])
