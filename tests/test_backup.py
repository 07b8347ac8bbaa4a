"""What happens around a backup of Home Assistant."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
import shutil
import tarfile
from typing import Any
from unittest.mock import AsyncMock, patch

import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)
from securetar import atomic_contents_add

from custom_components.voice_retention import backup_copy
from custom_components.voice_retention.backup_copy import async_backup_copy
from custom_components.voice_retention.const import (
    BACKUP_FOLDER,
    CONF_IN_BACKUPS,
    DOMAIN,
    InBackups,
)
from custom_components.voice_retention.errors import VaultUnavailable
from custom_components.voice_retention.policy.models import ALL_CONTENT
from custom_components.voice_retention.storage import Storage
from custom_components.voice_retention.vault import UnavailableReason
from custom_components.voice_retention.vault.copies import CopyOrder
from homeassistant.components.backup import DOMAIN as BACKUP_DOMAIN, BackupManager
from homeassistant.components.backup.const import DATA_MANAGER, EXCLUDE_FROM_BACKUP
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from tests.house import House
from tests.vault.make import utterance

SWEEP = "custom_components.voice_retention.purge.sweep.Sweeper.async_sweep"


@pytest.fixture
def sweep(entry: MockConfigEntry) -> Iterator[AsyncMock]:
    """Watch the sweep."""
    with patch(SWEEP) as sweep:
        yield sweep


@pytest.fixture
async def backup(hass: HomeAssistant) -> AsyncIterator[None]:
    """Set up backups; what a test begins is ended after it."""
    assert await async_setup_component(hass, BACKUP_DOMAIN, {})
    await hass.async_block_till_done()
    yield
    await async_backup_copy(hass).async_end()


@pytest.mark.usefixtures("backup")
async def test_a_sweep_comes_before_a_backup(
    hass: HomeAssistant, house: House, sweep: AsyncMock
) -> None:
    """What is overdue would live on in the backup."""
    manager = hass.data[DATA_MANAGER]
    await manager.async_pre_backup_actions()
    sweep.assert_awaited_once_with()
    await manager.async_post_backup_actions()
    sweep.assert_awaited_once_with()


@pytest.mark.usefixtures("backup")
async def test_a_failing_sweep_does_not_stop_the_backup(
    hass: HomeAssistant,
    house: House,
    sweep: AsyncMock,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The user's backup is worth more."""
    sweep.side_effect = RuntimeError("boom")
    await hass.data[DATA_MANAGER].async_pre_backup_actions()
    assert "The sweep before a backup failed" in caplog.text


@pytest.mark.usefixtures("backup")
async def test_a_slow_sweep_does_not_hold_up_the_backup(
    hass: HomeAssistant,
    house: House,
    sweep: AsyncMock,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It goes on beside it, and is not cut off half-way."""
    monkeypatch.setattr("custom_components.voice_retention.backup.SWEEP_SECONDS", 0.01)
    go_on, is_done = asyncio.Event(), asyncio.Event()

    async def slow() -> None:
        """Take one's time."""
        await go_on.wait()
        is_done.set()

    sweep.side_effect = slow
    await hass.data[DATA_MANAGER].async_pre_backup_actions()
    assert "takes longer than" in caplog.text
    go_on.set()
    await is_done.wait()


@pytest.mark.usefixtures("backup")
async def test_an_entry_unloaded_during_the_sweep_does_not_stop_the_backup(
    hass: HomeAssistant, house: House, sweep: AsyncMock, entry: MockConfigEntry
) -> None:
    """Unloading cancels the sweep; to the backup that is no error."""
    started = asyncio.Event()

    async def endless() -> None:
        """Never finish."""
        started.set()
        await asyncio.Event().wait()

    sweep.side_effect = endless
    actions = hass.async_create_task(hass.data[DATA_MANAGER].async_pre_backup_actions())
    await started.wait()
    await hass.config_entries.async_unload(entry.entry_id)
    await actions


@pytest.mark.usefixtures("backup")
async def test_without_a_loaded_entry_there_is_nothing_to_do(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """The platform stays registered after the entry is gone."""
    await hass.config_entries.async_unload(entry.entry_id)
    await hass.data[DATA_MANAGER].async_pre_backup_actions()


# Recordings in backups


@dataclass
class Maker:
    """Somebody who makes backups of a house in which something was said."""

    hass: HomeAssistant
    entry: MockConfigEntry
    folder: Path

    @property
    def manager(self) -> BackupManager:
        """Return Home Assistant's backup manager."""
        return self.hass.data[DATA_MANAGER]

    @property
    def storage(self) -> Storage:
        """Return the vault's storage."""
        storage: Storage = self.entry.runtime_data.storage
        return storage

    async def choose(self, choice: InBackups) -> None:
        """Choose what is in backups."""
        options = {**self.entry.options, CONF_IN_BACKUPS: choice.value}
        self.hass.config_entries.async_update_entry(self.entry, options=options)
        await self.hass.config_entries.async_reload(self.entry.entry_id)

    async def say(self) -> str:
        """Have something stored; return its id."""
        said = utterance(created=dt_util.utcnow())
        await self.storage.async_store([said], [])
        return said.recording_id

    def files(self) -> set[str]:
        """Return what lies there to be taken along."""
        if not self.folder.exists():
            return set()
        return {path.name for path in self.folder.iterdir()}

    async def receipts(self, kind: str) -> list[dict[str, Any]]:
        """Return the receipts of a kind, newest first."""
        async with self.storage.async_use() as vault:
            found = await vault.receipts.page(100)
        return [dict(item.body) for item in found if item.kind == kind]


@pytest.fixture
async def maker(hass: HomeAssistant, entry: MockConfigEntry, backup: None) -> Maker:
    """Have everything taken along."""
    maker = Maker(hass, entry, Path(hass.config.path(BACKUP_FOLDER)))
    await maker.choose(InBackups.RECORDINGS_AND_KEYS)
    return maker


async def test_a_backup_takes_along_what_was_chosen(maker: Maker) -> None:
    """It is there while the backup is made, a receipt says so, and then it is gone."""
    await maker.say()
    for choice, files in (
        (InBackups.NO, set()),
        (InBackups.RECORDINGS, {"vault.db"}),
        (InBackups.RECORDINGS_AND_KEYS, {"vault.db", "keys"}),
    ):
        await maker.choose(choice)
        await maker.manager.async_pre_backup_actions()
        assert maker.files() == files
        await maker.manager.async_post_backup_actions()
        assert not maker.folder.exists()
    assert [item["includes"] for item in await maker.receipts("backup")] == [
        "recordings_and_keys",
        "recordings",
    ]


async def test_what_is_purged_during_a_backup_is_dead_in_its_copy(
    hass: HomeAssistant, maker: Maker
) -> None:
    """The archive may not have got there yet."""
    recording_id = await maker.say()
    answers: list[dict[str, Any]] = []

    async def purge() -> dict[str, Any]:
        await maker.say()
        receipt = await hass.services.async_call(
            DOMAIN,
            "purge",
            {"all_devices": True},
            blocking=True,
            return_response=True,
        )
        assert receipt
        (place,) = [
            item
            for item in receipt["places"]  # type: ignore[union-attr]
            if item["place"] == "backup_copy"  # type: ignore[index,call-overload]
        ]
        answers.append(place)  # type: ignore[arg-type]
        return answers[-1]

    await maker.manager.async_pre_backup_actions()
    place = await purge()
    assert (place["found"], place["deleted"], place["verified"]) == (3, 3, True)
    async with maker.storage.async_use() as vault:
        ids = [recording_id]
        assert await vault.copies.count(maker.folder, ids, ALL_CONTENT) == 0
    await maker.manager.async_post_backup_actions()
    place = await purge()
    assert (place["found"], place["verified"]) == (0, True)


async def test_a_second_backup_leaves_the_copy_to_the_first(maker: Maker) -> None:
    """The first one's archive would fail if a file of it vanished."""
    await maker.say()
    await maker.manager.async_pre_backup_actions()
    inode = (maker.folder / "vault.db").stat().st_ino
    await maker.manager.async_pre_backup_actions()
    # Nor does the entry, when it is set up anew meanwhile.
    await maker.hass.config_entries.async_reload(maker.entry.entry_id)
    await maker.manager.async_post_backup_actions()
    assert (maker.folder / "vault.db").stat().st_ino == inode
    await maker.manager.async_post_backup_actions()
    assert not maker.folder.exists()
    await maker.manager.async_post_backup_actions()
    assert len(await maker.receipts("backup")) == 2


async def test_a_backup_that_nobody_ends_leaves_no_copy(
    hass: HomeAssistant, maker: Maker
) -> None:
    """Whoever made it may have crashed; keys must not lie about for it."""
    await maker.say()
    await maker.manager.async_pre_backup_actions()
    later = timedelta(seconds=backup_copy.LONGEST_BACKUP_SECONDS + 1)
    async_fire_time_changed(hass, dt_util.utcnow() + later)
    await hass.async_block_till_done()
    assert not maker.folder.exists()


async def test_what_a_crash_leaves_is_cleared_away_at_the_next_start(
    hass: HomeAssistant, maker: Maker
) -> None:
    """Nothing was restored, so there is nothing to tell."""
    await maker.say()
    await maker.manager.async_pre_backup_actions()
    saved = maker.folder.with_name("saved")
    shutil.copytree(maker.folder, saved)
    await maker.manager.async_post_backup_actions()
    saved.rename(maker.folder)
    await hass.config_entries.async_reload(maker.entry.entry_id)
    assert not maker.folder.exists()
    assert await maker.receipts("restore") == []


async def test_a_restored_copy_comes_up_clean(
    hass: HomeAssistant, maker: Maker
) -> None:
    """As after Home Assistant's own restore, which empties the folder first."""
    recording_id = await maker.say()
    await maker.manager.async_pre_backup_actions()
    saved = maker.folder.with_name("saved")
    shutil.copytree(maker.folder, saved)
    await maker.manager.async_post_backup_actions()
    await hass.config_entries.async_unload(maker.entry.entry_id)
    shutil.rmtree(hass.config.path(".cache", DOMAIN))
    saved.rename(maker.folder)
    await hass.config_entries.async_setup(maker.entry.entry_id)
    assert not maker.folder.exists()
    assert await maker.receipts("restore") == [
        {"kept": 1, "lost": 0, "is_damaged": False}
    ]
    assert recording_id in await maker.storage.async_read_text([recording_id])


async def test_removing_the_integration_removes_what_was_restored(
    hass: HomeAssistant, maker: Maker
) -> None:
    """Also when it never came up to take it in; but not from under a backup."""
    await maker.hass.config_entries.async_unload(maker.entry.entry_id)
    maker.folder.mkdir()
    await maker.manager.async_pre_backup_actions()
    await hass.config_entries.async_remove(maker.entry.entry_id)
    assert maker.folder.exists()
    await maker.manager.async_post_backup_actions()
    await async_backup_copy(hass).async_discard()
    assert not maker.folder.exists()


@pytest.mark.parametrize("trouble", ["vault", "disk", "receipt", "time"])
async def test_a_backup_is_made_whatever_goes_wrong_with_the_copy(
    maker: Maker,
    trouble: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """It goes without recordings then, and does not wait for ever."""
    await maker.say()
    if trouble == "vault":
        error = VaultUnavailable(UnavailableReason.DAMAGED)
        monkeypatch.setattr(maker.storage, "_async_vault", AsyncMock(side_effect=error))
    elif trouble == "disk":
        usage = shutil.disk_usage("/")._replace(free=0)
        monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    elif trouble == "receipt":
        error = VaultUnavailable(UnavailableReason.DISK_FULL)
        add = AsyncMock(side_effect=error)
        monkeypatch.setattr(maker.storage, "async_add_receipt", add)
    else:
        monkeypatch.setattr(backup_copy, "COPY_SECONDS", 0)
    await maker.manager.async_pre_backup_actions()
    assert not maker.folder.exists()
    assert "without recordings" in caplog.text
    await maker.manager.async_post_backup_actions()
    # That was no trouble of the vault, which goes on.
    monkeypatch.undo()
    assert maker.storage.trouble is None
    await maker.manager.async_pre_backup_actions()
    assert maker.files() == {"vault.db", "keys"}
    await maker.manager.async_post_backup_actions()


async def test_a_hanging_disk_does_not_hold_up_the_backup(
    maker: Maker, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """What comes too late is not wanted any more: half of it would spoil the archive."""
    monkeypatch.setattr(backup_copy, "COPY_SECONDS", 0.05)
    monkeypatch.setattr(backup_copy, "GRACE_SECONDS", 0)
    go_on, orders = asyncio.Event(), []

    async def hang(_: object, order: CopyOrder) -> bool:
        orders.append(order)
        await go_on.wait()
        return order.is_wanted()

    async with maker.storage.async_use() as vault:
        with patch.object(type(vault.copies), "make", hang):
            await maker.manager.async_pre_backup_actions()
            assert "the disk is too slow" in caplog.text
            go_on.set()
            await asyncio.wait(
                [
                    task
                    for task in asyncio.all_tasks()
                    if task.get_name() == "copy for a backup"
                ]
            )
    assert not orders[0].is_wanted()
    assert async_backup_copy(maker.hass).includes is InBackups.NO
    await maker.manager.async_post_backup_actions()


async def test_hooks_never_raise(
    maker: Maker, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Not for anything that nobody thought of."""
    await maker.say()
    for name in ("async_make", "async_end"):
        failing = AsyncMock(side_effect=RuntimeError(name))
        monkeypatch.setattr(backup_copy.BackupCopy, name, failing)
    await maker.manager.async_pre_backup_actions()
    await maker.manager.async_post_backup_actions()
    assert "Could not prepare a backup" in caplog.text
    assert "Could not clear up after a backup" in caplog.text
    monkeypatch.undo()
    await maker.manager.async_post_backup_actions()


async def test_what_cannot_be_deleted_is_named(
    maker: Maker, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Somebody has to do it by hand."""
    monkeypatch.setattr(backup_copy, "remove_vault", lambda folder: [folder / "keys"])
    await async_backup_copy(maker.hass).async_discard()
    assert f"Could not delete {maker.folder / 'keys'}" in caplog.text


# What is excluded from backups

SUPERVISOR = (
    "**/__pycache__/*",
    "**/.DS_Store",
    "*.db-shm",
    "*.corrupt.*",
    "*.log.*",
    "*.log",
    ".storage/*.corrupt.*",
    "OZW_Log.txt",
    "backups/*.tar",
    "tmp_backups/*.tar",
    "tts/*",
    ".cache/*",
)
"""``HOMEASSISTANT_BACKUP_EXCLUDE`` of ``supervisor/homeassistant/module.py``, August 2026."""


@pytest.mark.parametrize("who", ["core", "supervisor"])
def test_the_vault_is_outside_backups_and_the_copy_is_not(
    who: str, tmp_path: Path
) -> None:
    """Both archive with securetar, which asks for every path and skips a folder whole.

    The lists are Home Assistant's own, and the Supervisor's as it is published.
    """
    excluded = list(SUPERVISOR if who == "supervisor" else EXCLUDE_FROM_BACKUP)
    for name in (".cache/voice_retention/keys", f"{BACKUP_FOLDER}/vault.db", "x.yaml"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    archive = tmp_path.with_suffix(".tar")
    with tarfile.open(archive, "w") as tar:
        atomic_contents_add(
            tar,
            tmp_path,
            lambda path: any(path.full_match(f"data/{item}") for item in excluded),
            "data",
        )
    with tarfile.open(archive) as tar:
        names = set(tar.getnames())
    assert {"data/x.yaml", f"data/{BACKUP_FOLDER}/vault.db"} <= names
    assert not any("voice_retention/" in name and "cache" in name for name in names)
    assert not any(name.endswith("keys") for name in names)
