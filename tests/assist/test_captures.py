"""Who has a satellite recorded past us is written down, as it is with Home Assistant's own command."""

import asyncio
from datetime import timedelta
import time
from typing import Any
from unittest.mock import patch

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.voice_retention.assist import captures
from custom_components.voice_retention.const import DOMAIN
from custom_components.voice_retention.vault.captures import Captures
from custom_components.voice_retention.vault.errors import (
    UnavailableReason,
    VaultUnavailableError,
)
from homeassistant.components.assist_pipeline.pipeline import KEY_ASSIST_PIPELINE
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util
from tests.house import House, Satellite
from tests.lookup import OTHER, satellite_key, settle


def device_of(hass: HomeAssistant, satellite: Satellite) -> str:
    """Return the device of a satellite."""
    entry = er.async_get(hass).async_get(satellite.entity_id)
    assert entry is not None
    assert entry.device_id is not None
    return entry.device_id


async def action(hass: HomeAssistant, name: str, **data: Any) -> Any:
    """Call an action."""
    return await hass.services.async_call(
        DOMAIN, name, data, blocking=True, return_response=True
    )


async def capture(client: Any, device_id: str, timeout: float = 30) -> dict[str, Any]:
    """Have a device captured, as the pages of Home Assistant do."""
    await client.send_json_auto_id(
        {
            "type": "assist_pipeline/device/capture",
            "device_id": device_id,
            "timeout": timeout,
        }
    )
    answer: dict[str, Any] = await client.receive_json()
    assert answer["success"], answer
    return answer


async def settled(hass: HomeAssistant) -> None:
    """Wait until what was said is stored, and what was begun written down."""
    await settle(hass)
    # No task of ours to wait for: it goes on as long as the capture.
    await asyncio.to_thread(time.sleep, 0.2)
    await settle(hass)


async def accesses(hass: HomeAssistant) -> list[list[dict[str, Any]]]:
    """Return who accessed which recording, newest first."""
    listed = (await action(hass, "get_recordings"))["recordings"]
    return [item["accesses"] for item in listed]


async def test_who_captures_a_satellite_stands_with_what_was_said_meanwhile(
    freezer: FrozenDateTimeFactory,
    hass: HomeAssistant,
    house: House,
    entry: MockConfigEntry,
    hass_ws_client: WebSocketGenerator,
    hass_admin_user: MockUser,
) -> None:
    """And with nothing that was said before, or at another satellite."""
    await house.kitchen.speak()
    await settled(hass)
    freezer.tick(timedelta(seconds=1))
    device_id = device_of(hass, house.kitchen)
    client = await hass_ws_client()
    await capture(client, device_id)
    await house.kitchen.speak()
    freezer.tick(timedelta(seconds=1))
    await house.bedroom.speak()
    await settled(hass)
    heard = await client.receive_json()
    assert heard["event"]["type"] == "audio"

    bedroom, during, before = await accesses(hass)
    assert bedroom == before == []
    (access,) = during
    assert (access["kind"], access["user_id"]) == ("captured", hass_admin_user.id)

    (listed,) = (await action(hass, "get_ledger", all_devices=True))["captures"]
    # A clock that is set ends it for Home Assistant.
    assert listed.pop("seconds") <= 30
    assert listed == {
        "at": access["at"],
        "user_id": hass_admin_user.id,
        "satellite": satellite_key(hass, house.kitchen),
        "device_id": device_id,
    }


async def test_captures_are_listed_by_satellite_and_time(
    hass: HomeAssistant,
    house: House,
    entry: MockConfigEntry,
    hass_ws_client: WebSocketGenerator,
) -> None:
    """On the first page, and no more than asked for; also when nobody spoke."""
    client = await hass_ws_client()
    kitchen = device_of(hass, house.kitchen)
    for device_id in (kitchen, device_of(hass, house.bedroom), "no satellite"):
        await capture(client, device_id)
    await settled(hass)

    async def listed(**data: Any) -> list[str]:
        answer = await action(hass, "get_ledger", **{"all_devices": True} | data)
        return [item["satellite"] for item in answer["captures"]]

    names = [
        OTHER,
        satellite_key(hass, house.bedroom),
        satellite_key(hass, house.kitchen),
    ]
    assert await listed() == names
    everything = await action(hass, "get_ledger", all_devices=True)
    assert [item["seconds"] for item in everything["captures"]] == [30] * 3
    assert await listed(limit=1) == names[:1]
    assert (
        await listed(all_devices=False, entity_id=house.kitchen.entity_id) == names[2:]
    )
    now = dt_util.utcnow()
    assert await listed(start_time=(now + timedelta(seconds=1)).isoformat()) == []
    assert await listed(end_time=(now - timedelta(minutes=1)).isoformat()) == []
    assert await listed(cursor=1) == []


async def test_after_the_time_a_capture_hears_nothing(
    freezer: FrozenDateTimeFactory,
    hass: HomeAssistant,
    house: House,
    entry: MockConfigEntry,
    hass_ws_client: WebSocketGenerator,
) -> None:
    """Nobody is said to have heard what was said later."""
    client = await hass_ws_client()
    await capture(client, device_of(hass, house.kitchen), timeout=10)
    await settled(hass)
    freezer.tick(timedelta(seconds=11))
    await house.kitchen.speak()
    await settled(hass)
    assert await accesses(hass) == [[]]


@pytest.mark.parametrize("how", ["given up", "taken over", "hung up"])
async def test_a_capture_that_ends_early_hears_nothing_after_that(
    hass: HomeAssistant,
    house: House,
    entry: MockConfigEntry,
    hass_ws_client: WebSocketGenerator,
    monkeypatch: pytest.MonkeyPatch,
    how: str,
) -> None:
    """However it ends: nobody is said to have heard more than they did."""
    monkeypatch.setattr(captures, "LOOK_EVERY", 0.01)
    client = await hass_ws_client()
    device_id = device_of(hass, house.kitchen)
    answer = await capture(client, device_id)
    await settled(hass)
    if how == "given up":
        await client.send_json_auto_id(
            {"type": "unsubscribe_events", "subscription": answer["id"]}
        )
        assert (await client.receive_json())["success"]
    elif how == "taken over":
        await capture(client, device_id, timeout=0.001)
    else:
        await client.close()
    await settled(hass)
    await settled(hass)
    listed = (await action(hass, "get_ledger", all_devices=True))["captures"]
    assert listed[-1]["seconds"] < 20
    await house.kitchen.speak()
    await settled(hass)
    assert await accesses(hass) == [[]]


async def test_others_than_administrators_cannot_and_leave_no_entry(
    hass: HomeAssistant,
    house: House,
    entry: MockConfigEntry,
    hass_ws_client: WebSocketGenerator,
    hass_admin_user: MockUser,
) -> None:
    """Home Assistant refuses them."""
    hass_admin_user.groups = []
    client = await hass_ws_client()
    with pytest.raises(AssertionError, match="unauthorized"):
        await capture(client, device_of(hass, house.kitchen))
    await settled(hass)
    assert (await action(hass, "get_ledger", all_devices=True))["captures"] == []


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"device_id": 5, "seconds": 5},
        {"device_id": "nobody captures it", "seconds": 5},
    ],
)
async def test_an_event_that_only_looks_like_it_is_none(
    hass: HomeAssistant, house: House, entry: MockConfigEntry, data: dict[str, Any]
) -> None:
    """Anybody may fire it, and nobody is to be accused so."""
    hass.bus.async_fire("assist_pipeline_recording", data)
    await settled(hass)
    assert (await action(hass, "get_ledger", all_devices=True))["captures"] == []


@pytest.mark.parametrize("seconds", [None, 10**9, "long"])
async def test_in_doubt_it_is_written_down(
    hass: HomeAssistant, house: House, entry: MockConfigEntry, seconds: object
) -> None:
    """A release that keeps its captures elsewhere, or says less of them, loses no entry."""
    with patch.object(hass.data[KEY_ASSIST_PIPELINE], "device_audio_queues", None):
        hass.bus.async_fire(
            "assist_pipeline_recording", {"device_id": "kitchen", "seconds": seconds}
        )
        await settled(hass)
    (listed,) = (await action(hass, "get_ledger", all_devices=True))["captures"]
    assert (listed["seconds"], listed["user_id"]) == (60, None)


async def test_captures_expire_with_the_ledger(
    freezer: FrozenDateTimeFactory,
    hass: HomeAssistant,
    house: House,
    entry: MockConfigEntry,
    hass_ws_client: WebSocketGenerator,
) -> None:
    """They are data about people too."""
    client = await hass_ws_client()
    await capture(client, device_of(hass, house.kitchen), timeout=1)
    await settled(hass)
    await client.close()
    ledger = entry.runtime_data.ledger
    assert await ledger.async_oldest() is not None
    freezer.tick(timedelta(days=92))
    await entry.runtime_data.sweeper.async_sweep()
    assert await ledger.async_oldest() is None


async def test_what_cannot_be_written_down_is_told(
    hass: HomeAssistant,
    house: House,
    entry: MockConfigEntry,
    hass_ws_client: WebSocketGenerator,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """In the log, which is all that is left then; and the capture itself goes on."""
    device_id = device_of(hass, house.kitchen)
    client = await hass_ws_client()
    with patch.object(
        Captures,
        "record",
        side_effect=VaultUnavailableError(UnavailableReason.DISK_FULL),
    ):
        await capture(client, device_id)
        await settled(hass)
    assert f"A capture of device {device_id}" in caplog.text
    assert "disk_full" in caplog.text


async def test_nothing_is_written_down_once_unloaded(
    hass: HomeAssistant,
    house: House,
    entry: MockConfigEntry,
    hass_ws_client: WebSocketGenerator,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """And nobody trips over it."""
    client = await hass_ws_client()
    await hass.config_entries.async_unload(entry.entry_id)
    await capture(client, device_of(hass, house.kitchen))
    await hass.async_block_till_done()
    assert "ERROR" not in caplog.text
