"""Test that the ledger can be read, and is forgotten when somebody asks for it."""

from datetime import datetime, timedelta
import json
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser

from custom_components.voice_retention.const import DOMAIN
from custom_components.voice_retention.data import VoiceRetentionData
from custom_components.voice_retention.errors import UnknownPlaces
from custom_components.voice_retention.vault.books import LedgerFilter
from custom_components.voice_retention.vault.models import RecordingFilter
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import ServiceValidationError, Unauthorized
from homeassistant.util import dt as dt_util
from tests.conftest import CLOUD, LOCAL
from tests.house import SPEECH, House
from tests.lookup import satellite_key, settle


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
        "verified_by": "searched_again",
        "failed": None,
        "retry_at": None,
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


async def test_the_ledger_says_who_got_what_and_why(
    hass: HomeAssistant, house: House, data: VoiceRetentionData
) -> None:
    """That is what a person can check the promise against."""
    await house.kitchen.speak()
    await settle(hass)
    answer = await _call(hass, "get_ledger", entity_id=house.kitchen.entity_id)
    (entry,) = answer["entries"]
    assert (answer["total"], answer["next_cursor"]) == (1, None)
    assert entry["satellite"] == satellite_key(hass, house.kitchen)
    assert entry["satellite_entity_id"] == house.kitchen.entity_id
    assert dt_util.parse_datetime(entry["at"]) is not None
    assert entry["run_id"]
    assert (entry["sent"], entry["characters"]) == ("audio", 0)
    assert (entry["engine"], entry["locality"]) == (CLOUD, "cloud")
    assert (entry["route"], entry["reasons"]) == ("engine", ["allowed"])
    assert entry["audio_bytes"] == sum(map(len, SPEECH))
    assert entry["audio_seconds"] == entry["audio_bytes"] / 32_000
    assert {item["kind"] for item in entry["evidence"]} >= {"iot_class"}
    assert "turn on the light" not in str(answer)
    json.dumps(answer)


async def test_the_ledger_is_asked_for_in_part(
    hass: HomeAssistant, house: House, data: VoiceRetentionData
) -> None:
    """By room, time, engine, locality and kind of content, and page by page."""
    await house.kitchen.speak()
    await house.bedroom.speak()
    await house.use_engine(LOCAL)
    await house.bedroom.speak()
    await settle(hass)
    everything = await _call(hass, "get_ledger", all_devices=True)
    last, _, first = everything["entries"]
    assert everything["total"] == 3

    async def total(**fields: Any) -> int:
        answer = await _call(hass, "get_ledger", **({"all_devices": True} | fields))
        count: int = answer["total"]
        return count

    kitchen = {"all_devices": False, "entity_id": house.kitchen.entity_id}
    assert await total(**kitchen) == 1
    assert await total(engine=LOCAL) == 1
    assert await total(locality="cloud") == 2
    assert await total(sent="audio") == 3
    assert await total(sent=["transcript", "response"]) == 0
    assert await total(start_time=last["at"]) == 1
    assert await total(end_time=last["at"]) == 2
    page = await _call(hass, "get_ledger", all_devices=True, limit=2)
    rest = await _call(
        hass, "get_ledger", all_devices=True, limit=2, cursor=page["next_cursor"]
    )
    assert rest["entries"] == [first]
    assert rest["next_cursor"] is None


@pytest.mark.parametrize(
    ("fields", "key"),
    [
        ({}, "nothing_targeted"),
        (
            {"all_devices": True, "entity_id": "assist_satellite.kitchen"},
            "target_and_all_devices",
        ),
        ({"entity_id": "assist_satellite.attic"}, "target_not_found"),
        (
            {
                "all_devices": True,
                "start_time": "2026-11-24 12:00",
                "end_time": "2026-11-24 11:00",
            },
            "empty_period",
        ),
    ],
)
async def test_an_unclear_question_is_refused(
    hass: HomeAssistant, entry: MockConfigEntry, fields: dict[str, Any], key: str
) -> None:
    """An empty answer would pass for "nothing was sent"."""
    with pytest.raises(ServiceValidationError) as err:
        await _call(hass, "get_ledger", **fields)
    assert err.value.translation_key == key


async def test_the_ledger_is_for_administrators(
    hass: HomeAssistant, entry: MockConfigEntry, hass_read_only_user: MockUser
) -> None:
    """Who was at home when is not for everybody."""
    with pytest.raises(Unauthorized):
        await hass.services.async_call(
            DOMAIN,
            "get_ledger",
            {"all_devices": True},
            blocking=True,
            return_response=True,
            context=Context(user_id=hass_read_only_user.id),
        )
