"""Debug recordings expire like those of the satellite that they are from."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)

from custom_components.voice_retention.const import (
    CONF_ADOPT_DEBUG_RECORDINGS,
    DOMAIN,
    IssueId,
)
from custom_components.voice_retention.data import VoiceRetentionData
from custom_components.voice_retention.errors import VaultUnavailable
from custom_components.voice_retention.policy.choices import OTHER_CLIENTS, Keep
from custom_components.voice_retention.purge.adoption import LOOK_EVERY
from custom_components.voice_retention.vault.models import RecordingFilter
from homeassistant.components.assist_pipeline import PipelineStage
from homeassistant.components.assist_pipeline.const import DATA_CONFIG
from homeassistant.components.repairs import repairs_flow_manager
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import entity_registry as er, issue_registry as ir
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from tests.dialogs import Dialog
from tests.house import Microphone, Satellite

from .talk import Talk
from .wavs import of_device, plant, recorded

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)


@pytest.fixture
def options(options: dict[str, object], root: Path) -> dict[str, object]:
    """Adopt the folder."""
    options[CONF_ADOPT_DEBUG_RECORDINGS] = True
    return options


@pytest.fixture
async def data(talk: Talk, entry: MockConfigEntry) -> VoiceRetentionData:
    """Return the parts of the entry; the first sweep is over."""
    data: VoiceRetentionData = entry.runtime_data
    await settle(talk, data)
    return data


async def settle(talk: Talk, data: VoiceRetentionData) -> None:
    """Wait for what a change of the settings has set going in the background."""
    await talk.hass.async_block_till_done()
    async with data.sweeper._lock:
        pass


async def say(talk: Talk, satellite: Satellite, text: str) -> None:
    """Say something at a satellite."""
    talk.house.cloud.text = text
    await satellite.speak(end_stage=PipelineStage.TTS)
    await talk.hass.async_block_till_done()


def key_of(talk: Talk, name: str) -> str:
    """Return the key of a satellite."""
    entry = er.async_get(talk.hass).async_get(f"assist_satellite.{name}")
    assert entry is not None
    return entry.id


async def wait(talk: Talk, time: timedelta) -> None:
    """Let what happens after a time happen, at what is then the time."""
    with patch.object(dt_util, "utcnow", lambda: datetime.now(UTC) + time):
        async_fire_time_changed(talk.hass, dt_util.utcnow())
        await talk.hass.async_block_till_done()
        looking = [
            task for task in asyncio.all_tasks() if "time interval" in task.get_name()
        ]
        await asyncio.gather(*looking)


async def receipts(data: VoiceRetentionData) -> list[dict[str, Any]]:
    """Return the receipts of deletions in the folder alone."""
    async with data.storage.async_use() as vault:
        stored = await vault.receipts.page(100)
    bodies = [dict(item.body) for item in stored if "places" in item.body]
    return [
        body
        for body in bodies
        if [place["place"] for place in body["places"]] == ["debug_recordings"]
    ]


async def test_each_goes_by_the_rule_of_its_satellite(
    talk: Talk, root: Path, data: VoiceRetentionData
) -> None:
    """Also what was there before, and with a receipt."""
    kitchen = talk.device_id(talk.house.kitchen)
    bedroom = talk.device_id(talk.house.bedroom)
    ended = datetime.now(UTC) - 2 * HOUR
    files = [
        plant(root, device, "Home", ended=ended)
        for device in (kitchen, bedroom, "0" * 32)
    ]
    await data.sweeper.async_sweep()
    assert recorded(root) == sorted(files)
    assert await receipts(data) == []
    key = key_of(talk, "kitchen")
    await data.settings.async_update_satellite(key, keep_recordings=Keep.HOUR)
    await settle(talk, data)
    assert recorded(root) == sorted(files[1:])
    (receipt,) = await receipts(data)
    assert receipt["asked_by"] == "expiry"
    assert receipt["complete"]
    assert receipt["scope"]["satellites"] == [key]
    assert receipt["scope"]["content"] == ["audio"]
    (place,) = receipt["places"]
    assert (place["found"], place["deleted"], place["verified"]) == (1, 1, True)


@pytest.mark.parametrize("stricter", ["other clients", "default"])
async def test_of_an_unknown_device_the_stricter_rule_counts(
    talk: Talk, root: Path, data: VoiceRetentionData, stricter: str
) -> None:
    """It may be a browser, or a satellite that is gone and had no wish of its own."""
    for key in (key_of(talk, "kitchen"), OTHER_CLIENTS):
        await data.settings.async_update_satellite(key, keep_recordings=Keep.WEEK)
    await data.settings.async_update(keep_recordings=Keep.WEEK)
    known = plant(
        root,
        talk.device_id(talk.house.kitchen),
        "Home",
        ended=datetime.now(UTC) - 2 * HOUR,
    )
    for parts in (("Home",), ("0" * 32, "Home")):
        plant(root, *parts, ended=datetime.now(UTC) - 2 * HOUR)
    await data.sweeper.async_sweep()
    assert len(recorded(root)) == 3
    if stricter == "default":
        await data.settings.async_update(keep_recordings=Keep.HOUR)
    else:
        await data.settings.async_update_satellite(
            OTHER_CLIENTS, keep_recordings=Keep.HOUR
        )
    await settle(talk, data)
    assert recorded(root) == [known]


async def test_a_satellite_that_is_disabled_is_nobody_in_particular(
    talk: Talk, root: Path, data: VoiceRetentionData
) -> None:
    """Its recordings must not stay for ever."""
    device = talk.device_id(talk.house.kitchen)
    er.async_get(talk.hass).async_update_entity(
        talk.house.kitchen.entity_id, disabled_by=er.RegistryEntryDisabler.USER
    )
    plant(root, device, "Home", ended=datetime.now(UTC) - 30 * HOUR)
    await data.sweeper.async_sweep()
    assert recorded(root) == []


async def test_never_means_soon_after_the_run(
    talk: Talk, root: Path, data: VoiceRetentionData
) -> None:
    """Not at some later sweep; and the file of a run that goes on is not touched."""
    await data.settings.async_update_satellite(
        key_of(talk, "kitchen"), keep_recordings=Keep.NEVER
    )
    microphone = Microphone()
    speaking = talk.hass.async_create_background_task(
        talk.house.kitchen.speak(microphone, end_stage=PipelineStage.STT), "speaking"
    )
    microphone.put(b"\x01" * 640)
    await talk.house.cloud.got_chunk.wait()
    while not of_device(talk, root, talk.house.kitchen):
        await talk.hass.async_add_executor_job(lambda: None)
    await say(talk, talk.house.bedroom, "good night")
    await wait(talk, LOOK_EVERY)
    assert len(recorded(root)) == 2
    microphone.end()
    await speaking
    await wait(talk, 2 * LOOK_EVERY)
    assert recorded(root) == of_device(talk, root, talk.house.bedroom)
    assert await data.storage.async_find(RecordingFilter()) != []


async def test_the_next_expiry_is_waited_for(
    talk: Talk, root: Path, data: VoiceRetentionData
) -> None:
    """Of what is there at a sweep, and of what is recorded after it."""
    await data.settings.async_update(keep_recordings=Keep.HOUR)
    old = plant(root, "Home", ended=datetime.now(UTC) - 30 * MINUTE)
    await data.sweeper.async_sweep()
    await wait(talk, 29 * MINUTE)
    assert old.exists()
    await wait(talk, 31 * MINUTE)
    assert not old.exists()
    await data.settings.async_update(keep_recordings=Keep.NEVER)
    await data.settings.async_update_satellite(
        key_of(talk, "kitchen"), keep_recordings=Keep.HOUR
    )
    await settle(talk, data)
    await say(talk, talk.house.kitchen, "good morning")
    await wait(talk, LOOK_EVERY)
    assert len(recorded(root)) == 1
    await wait(talk, HOUR + MINUTE)
    assert recorded(root) == []


async def test_nothing_of_what_guests_say_stays(
    talk: Talk, root: Path, data: VoiceRetentionData
) -> None:
    """What was said before they came does, and what is said after they went."""
    await say(talk, talk.house.kitchen, "before")
    before = recorded(root)
    await data.settings.async_update(guest_mode=True)
    plant(root, "Home", ended=datetime.now(UTC) + 2 * SECOND)
    await say(talk, talk.house.kitchen, "they are here")
    await wait(talk, LOOK_EVERY)
    assert recorded(root) == before
    await data.settings.async_update(guest_mode=False)
    await say(talk, talk.house.bedroom, "they are gone")
    await wait(talk, 2 * LOOK_EVERY)
    assert recorded(root) == sorted(
        [*before, *of_device(talk, root, talk.house.bedroom)]
    )


async def test_while_the_settings_are_lost_nothing_goes(
    talk: Talk, root: Path, data: VoiceRetentionData
) -> None:
    """Nobody knows how long it was to be kept."""
    plant(root, "Home", ended=datetime.now(UTC) - 900 * HOUR)
    data.settings.current = type(data.settings.current)(lost=True)
    await data.sweeper.async_sweep()
    assert len(recorded(root)) == 1


async def test_what_belongs_to_a_held_recording_stays_without_a_word(
    talk: Talk, root: Path, data: VoiceRetentionData
) -> None:
    """It is due at each sweep, and no receipt need say so."""
    await say(talk, talk.house.kitchen, "good night")
    await say(talk, talk.house.bedroom, "sleep well")
    await data.keeper.async_settle()
    found = await data.storage.async_find(RecordingFilter())
    (held,) = [item for item in found if item.satellite_key == key_of(talk, "kitchen")]
    async with data.storage.async_use() as vault:
        await vault.expiry.hold(held.recording_id, dt_util.utcnow() + HOUR)
    await data.settings.async_update(keep_recordings=Keep.NEVER)
    await settle(talk, data)
    before = await receipts(data)
    assert await data.sweeper.async_sweep()
    assert recorded(root) == of_device(talk, root, talk.house.kitchen)
    assert await receipts(data) == before


async def test_what_cannot_be_deleted_is_tried_again_without_a_flood_of_receipts(
    talk: Talk,
    root: Path,
    data: VoiceRetentionData,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The disk may be read-only for days."""
    file = plant(root, "Home", ended=datetime.now(UTC) - 30 * HOUR)
    unlink = Path.unlink

    def failing(path: Path, missing_ok: bool = False) -> None:
        if path == file:
            raise PermissionError(1, "Not allowed", str(path))
        unlink(path, missing_ok=missing_ok)

    monkeypatch.setattr(Path, "unlink", failing)
    assert not await data.sweeper.async_sweep()
    for _ in range(3):
        await data.sweeper.async_sweep()
    with patch.object(data.purger, "_utcnow", lambda: datetime.now(UTC) + HOUR):
        assert not await data.sweeper.async_sweep()
    (receipt,) = await receipts(data)
    assert not receipt["complete"]
    monkeypatch.undo()
    with patch.object(data.purger, "_utcnow", lambda: datetime.now(UTC) + DAY):
        assert await data.sweeper.async_sweep()
    assert not file.exists()
    assert len(await receipts(data)) == 2


async def test_a_run_that_ends_while_the_vault_is_out_of_order_is_seen_to_later(
    talk: Talk, root: Path, data: VoiceRetentionData
) -> None:
    """What is held is not known meanwhile."""
    await data.settings.async_update(keep_recordings=Keep.NEVER)
    await settle(talk, data)
    with patch.object(
        data.storage, "async_find", side_effect=VaultUnavailable("disk_full")
    ):
        await say(talk, talk.house.kitchen, "good night")
        await wait(talk, LOOK_EVERY)
        assert len(recorded(root)) == 1
    await wait(talk, 2 * MINUTE)
    assert recorded(root) == []


async def test_nothing_goes_before_it_is_adopted_which_one_click_does(
    hass: HomeAssistant, root: Path, entry: MockConfigEntry
) -> None:
    """Whoever debugs may need the files; whoever forgot about them is told."""
    assert await async_setup_component(hass, "repairs", {})
    assert _issue(hass) is None
    hass.config_entries.async_update_entry(
        entry, options={**entry.options, CONF_ADOPT_DEBUG_RECORDINGS: False}
    )
    await hass.config_entries.async_reload(entry.entry_id)
    file = plant(root, "Home", ended=datetime.now(UTC) - 900 * HOUR)
    assert await entry.runtime_data.sweeper.async_sweep()
    assert file.exists()
    assert _issue(hass) is not None
    manager = repairs_flow_manager(hass)
    assert manager is not None
    dialog = Dialog(manager, "issues", "debug_recordings", "fix_flow")
    await dialog.open(DOMAIN, data={"issue_id": IssueId.DEBUG_RECORDINGS})
    await dialog.enter()
    assert dialog.result["type"] is FlowResultType.CREATE_ENTRY
    assert await entry.runtime_data.sweeper.async_sweep()
    assert not file.exists()
    assert _issue(hass) is None


async def test_the_issue_goes_when_nothing_is_recorded_any_more(
    hass: HomeAssistant, root: Path, entry: MockConfigEntry
) -> None:
    """Its folder is set at the start of Home Assistant only."""
    hass.config_entries.async_update_entry(
        entry, options={**entry.options, CONF_ADOPT_DEBUG_RECORDINGS: False}
    )
    await hass.config_entries.async_reload(entry.entry_id)
    assert _issue(hass) is not None
    hass.data[DATA_CONFIG] = {}
    await hass.config_entries.async_reload(entry.entry_id)
    assert _issue(hass) is None


def _issue(hass: HomeAssistant) -> ir.IssueEntry | None:
    """Return the issue about the folder, if it is shown."""
    return ir.async_get(hass).async_get_issue(DOMAIN, IssueId.DEBUG_RECORDINGS)
