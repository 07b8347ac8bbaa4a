"""Test that the integration comes, goes and leaves nothing behind."""

import asyncio
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.voice_retention.const import DOMAIN, PLATFORMS, IssueId
from custom_components.voice_retention.data import VoiceRetentionData
from custom_components.voice_retention.issue_registry import async_raise
from custom_components.voice_retention.policy.choices import Settings
from custom_components.voice_retention.purge.scope import AskedBy, Scope
from custom_components.voice_retention.settings import SettingsStore
from custom_components.voice_retention.storage import Storage
from custom_components.voice_retention.teardown import storage_folder
from custom_components.voice_retention.vault.models import RecordingFilter
from custom_components.voice_retention.vault.vault import Vault
from homeassistant.components.assist_pipeline import (
    PipelineStage,
    async_get_pipeline,
    async_update_pipeline,
)
from homeassistant.config_entries import ConfigEntryDisabler, ConfigEntryState
from homeassistant.const import EVENT_HOMEASSISTANT_FINAL_WRITE
from homeassistant.core import CoreState, HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import (
    device_registry as dr,
    entity_registry as er,
    issue_registry as ir,
)
from homeassistant.util.file import WriteError
from tests.conftest import CLOUD, LOCAL
from tests.house import House
from tests.lookup import satellite_key, settle
from tests.speaking import add_pipeline


def files(hass: HomeAssistant) -> list[Path]:
    """Return every file of ours."""
    config = Path(hass.config.config_dir)
    return [
        path for path in config.rglob("*") if DOMAIN in str(path.relative_to(config))
    ]


def issues(hass: HomeAssistant) -> set[str]:
    """Return the ids of our repair issues."""
    return {
        issue_id for domain, issue_id in ir.async_get(hass).issues if domain == DOMAIN
    }


async def speak(hass: HomeAssistant, house: House) -> None:
    """Speak in the kitchen and wait until it is stored."""
    await house.kitchen.speak(end_stage=PipelineStage.INTENT)
    await settle(hass)


async def stored(hass: HomeAssistant) -> int:
    """Open the vault beside the integration and count the recordings."""
    storage = Storage(hass, storage_folder(hass))
    found = await storage.async_find(RecordingFilter())
    await storage.async_close()
    return len(found)


async def test_a_removed_integration_leaves_nothing(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """No guard, file, entity, device or issue."""
    before = {**async_get_pipeline(hass).to_json(), "stt_engine": CLOUD}
    await speak(hass, house)
    async_raise(hass, IssueId.NO_LOCAL_ENGINE)
    assert files(hass)
    assert async_get_pipeline(hass).stt_engine != CLOUD
    await hass.config_entries.async_remove(entry.entry_id)
    await hass.async_block_till_done()
    assert async_get_pipeline(hass).to_json() == before
    assert files(hass) == []
    assert not (Path(hass.config.config_dir) / ".cache").exists()
    registry = er.async_get(hass)
    assert not [item for item in registry.entities.values() if item.platform == DOMAIN]
    assert not dr.async_entries_for_config_entry(dr.async_get(hass), entry.entry_id)
    assert issues(hass) == set()
    assert not hass.states.async_entity_ids("select")
    house.cloud.heard.clear()
    await house.kitchen.speak()
    assert house.cloud.heard


async def test_a_pipeline_edited_by_hand_is_not_overwritten(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """Only the guard is taken out of it."""
    guarded = async_get_pipeline(hass)
    other = await add_pipeline(hass, "Other", stt_engine=CLOUD, stt_language="en")
    await settle(hass)
    await async_update_pipeline(hass, guarded, name="Renamed", wake_word_id="hey")
    await hass.async_block_till_done()
    await hass.config_entries.async_unload(entry.entry_id)
    # While nobody watches, somebody chooses another engine.
    await async_update_pipeline(
        hass, async_get_pipeline(hass, other.id), stt_engine=LOCAL
    )
    await hass.config_entries.async_remove(entry.entry_id)
    left = async_get_pipeline(hass, guarded.id)
    assert (left.name, left.wake_word_id, left.stt_engine) == ("Renamed", "hey", CLOUD)
    assert async_get_pipeline(hass, other.id).stt_engine == LOCAL


async def test_what_cannot_be_deleted_is_named(
    hass: HomeAssistant,
    house: House,
    entry: MockConfigEntry,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Nobody would look there otherwise."""
    with patch(
        "custom_components.voice_retention.teardown.remove_vault",
        return_value=[Path("vault.db")],
    ):
        await hass.config_entries.async_remove(entry.entry_id)
    assert "Could not delete vault.db" in caplog.text


async def test_a_disabled_integration_leaves_the_pipelines(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """And comes back into them, with what it had."""
    await speak(hass, house)
    guard = house.engine_in_pipeline
    async_raise(hass, IssueId.NO_LOCAL_ENGINE)
    await hass.config_entries.async_set_disabled_by(
        entry.entry_id, ConfigEntryDisabler.USER
    )
    await hass.async_block_till_done()
    assert house.engine_in_pipeline == CLOUD
    assert issues(hass) == set()
    await hass.config_entries.async_set_disabled_by(entry.entry_id, None)
    await hass.async_block_till_done()
    assert entry.state is ConfigEntryState.LOADED
    assert house.engine_in_pipeline == guard
    data: VoiceRetentionData = entry.runtime_data
    assert len(await data.storage.async_find(RecordingFilter())) == 1


async def test_an_integration_that_failed_can_still_be_disabled(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """Its guards refuse every sentence meanwhile, and somebody wants to speak again."""
    with patch.object(SettingsStore, "async_load", side_effect=HomeAssistantError):
        await hass.config_entries.async_reload(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_ERROR
    assert house.engine_in_pipeline != CLOUD
    await hass.config_entries.async_set_disabled_by(
        entry.entry_id, ConfigEntryDisabler.USER
    )
    await hass.async_block_till_done()
    assert house.engine_in_pipeline == CLOUD


async def test_an_integration_that_failed_can_still_be_removed(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """With all its traces."""
    with patch.object(SettingsStore, "async_load", side_effect=HomeAssistantError):
        await hass.config_entries.async_reload(entry.entry_id)
    await hass.config_entries.async_remove(entry.entry_id)
    await hass.async_block_till_done()
    assert house.engine_in_pipeline == CLOUD
    assert files(hass) == []


async def test_removing_works_without_the_settings(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """The guards are found in the registry then."""
    Path(hass.config.path(".storage", DOMAIN)).write_text("not json at all")
    await hass.config_entries.async_remove(entry.entry_id)
    assert house.engine_in_pipeline == CLOUD
    assert files(hass) == []


async def test_a_reload_never_leaves_a_pipeline_unguarded(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """A sentence in between is refused, not sent past us."""
    guard = house.engine_in_pipeline
    seen: list[str | None] = []
    unload = hass.config_entries.async_unload_platforms

    async def look(*args: object) -> bool:
        result = await unload(*args)
        seen.append(house.engine_in_pipeline)
        await house.kitchen.speak()
        return result

    with patch.object(hass.config_entries, "async_unload_platforms", look):
        await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert seen == [guard]
    assert house.engine_in_pipeline == guard
    assert house.cloud.heard == []
    assert house.kitchen.error_code is not None
    await house.kitchen.speak()
    assert house.cloud.heard


@pytest.mark.parametrize("step", ["start", "platforms"])
async def test_a_set_up_that_fails_lets_go_of_the_vault(
    hass: HomeAssistant, house: House, entry: MockConfigEntry, step: str
) -> None:
    """The next attempt would find it locked."""
    await hass.config_entries.async_unload(entry.entry_id)
    target = {
        "start": patch(
            "custom_components.voice_retention.assist.locality.LocalityBook.async_start",
            side_effect=HomeAssistantError,
        ),
        "platforms": patch.object(
            hass.config_entries,
            "async_forward_entry_setups",
            side_effect=HomeAssistantError,
        ),
    }[step]
    with target:
        assert not await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert entry.state is ConfigEntryState.LOADED
    data: VoiceRetentionData = entry.runtime_data
    assert data.storage.trouble is None
    assert data.status.data.is_available


@pytest.fixture
def full_disk(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Let no settings be written."""

    def fail(*args: object, **kwargs: object) -> None:
        raise WriteError("No space left on device")

    monkeypatch.setattr("homeassistant.helpers.storage.write_utf8_file_atomic", fail)
    return monkeypatch


async def test_a_first_set_up_on_a_full_disk_is_tried_again(
    hass: HomeAssistant,
    house: House,
    options: dict[str, object],
    full_disk: pytest.MonkeyPatch,
) -> None:
    """What was chosen in the flow must be in force when it works."""
    entry = MockConfigEntry(
        domain=DOMAIN,
        data={"initial": {"keep_recordings": "1_hour", "keep_transcripts": "never"}},
        options=options,
    )
    entry.add_to_hass(hass)
    assert not await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_RETRY
    assert house.engine_in_pipeline == CLOUD
    full_disk.undo()
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert entry.data == {}
    data: VoiceRetentionData = entry.runtime_data
    assert data.settings.current.keep_recordings == "1_hour"
    assert data.settings.current.keep_transcripts == "never"
    await hass.config_entries.async_unload(entry.entry_id)


async def test_a_clean_stop_stores_what_was_said_last(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """Home Assistant does not unload entries when it stops."""
    data: VoiceRetentionData = entry.runtime_data
    await house.kitchen.speak(end_stage=PipelineStage.INTENT)
    with patch.object(Vault, "close", autospec=True, side_effect=Vault.close) as closed:
        await hass.async_stop(force=True)
    assert entry.state is ConfigEntryState.LOADED
    assert closed.call_count == 1
    assert (
        not (storage_folder(hass) / "vault.db-wal").exists()
        or not (storage_folder(hass) / "vault.db-wal").stat().st_size
    )
    assert await stored(hass) == 1
    assert not await data.sweeper.async_sweep()


async def test_a_purge_that_is_going_on_is_finished_before_the_vault_is_closed(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """Half a purge without a receipt would be worse than a slow stop."""
    data: VoiceRetentionData = entry.runtime_data
    await speak(hass, house)
    deleting = asyncio.Event()
    go_on = asyncio.Event()
    delete = data.storage.async_delete

    async def slow_delete(*args: Any) -> int:
        deleting.set()
        await go_on.wait()
        return await delete(*args)

    with patch.object(data.storage, "async_delete", slow_delete):
        purging = hass.async_create_task(
            data.purger.async_purge(Scope(asked_by=AskedBy.USER))
        )
        await deleting.wait()
        unloading = hass.async_create_task(
            hass.config_entries.async_unload(entry.entry_id)
        )
        await asyncio.sleep(0.1)
        go_on.set()
        await unloading
    assert (await purging).is_complete
    assert await stored(hass) == 0


async def test_a_sentence_that_a_stop_interrupts_does_not_hold_it_up(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """Its run ends while Home Assistant is stopping, and it is stored with the rest."""
    house.cloud.go_on = asyncio.Event()
    task = hass.async_create_background_task(
        house.kitchen.speak(end_stage=PipelineStage.INTENT), "speak"
    )
    await house.cloud.got_chunk.wait()
    hass.set_state(CoreState.stopping)
    house.cloud.go_on.set()
    await task
    hass.bus.async_fire_internal(EVENT_HOMEASSISTANT_FINAL_WRITE)
    await hass.async_block_till_done()
    assert await stored(hass) == 1


async def test_lost_settings_protect_and_tell(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """And what is stored stays as long as it was to stay."""
    data: VoiceRetentionData = entry.runtime_data
    await data.settings.async_update(keep_recordings="until_deleted")
    await speak(hass, house)
    await hass.config_entries.async_unload(entry.entry_id)
    path = Path(hass.config.path(".storage", DOMAIN))
    text = path.read_text()
    path.unlink()
    await hass.config_entries.async_setup(entry.entry_id)
    await settle(hass)
    assert entry.runtime_data.settings.current == Settings(lost=True)
    assert IssueId.SETTINGS_LOST in issues(hass)
    (recording,) = await entry.runtime_data.storage.async_find(RecordingFilter())
    assert recording.audio_expires is None
    house.cloud.heard.clear()
    await speak(hass, house)
    assert house.cloud.heard == []
    assert house.local.heard
    assert len(await entry.runtime_data.storage.async_find(RecordingFilter())) == 1
    # Somebody restores the file.
    await hass.config_entries.async_unload(entry.entry_id)
    path.write_text(text)
    await hass.config_entries.async_setup(entry.entry_id)
    await settle(hass)
    assert IssueId.SETTINGS_LOST not in issues(hass)
    assert not entry.runtime_data.settings.current.lost


async def test_confirmed_settings_apply_to_what_is_stored(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """The selects show a day then, and a day it is."""
    await entry.runtime_data.settings.async_update(keep_recordings="until_deleted")
    await speak(hass, house)
    await hass.config_entries.async_unload(entry.entry_id)
    Path(hass.config.path(".storage", DOMAIN)).unlink()
    await hass.config_entries.async_setup(entry.entry_id)
    await settle(hass)
    data: VoiceRetentionData = entry.runtime_data
    await data.settings.async_confirm_lost([satellite_key(hass, house.kitchen)])
    await settle(hass)
    (recording,) = await data.storage.async_find(RecordingFilter())
    assert recording.audio_expires is not None


def test_every_platform_is_set_up() -> None:
    """A file of entities that nobody loads would go unnoticed."""
    folder = Path(__file__).parents[1] / "custom_components" / DOMAIN
    assert all((folder / f"{platform}.py").exists() for platform in PLATFORMS)
