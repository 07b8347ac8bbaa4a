"""Test copies for backups: what is in them, and what comes of one that is restored."""

from collections.abc import Callable
import os
from pathlib import Path
import shutil
import sqlite3
from typing import Any

import pytest

from custom_components.voice_retention.policy.models import ALL_CONTENT, Content
from custom_components.voice_retention.vault import (
    RecordingFilter,
    UnavailableReason,
    Vault,
    VaultUnavailableError,
    adoption,
    copies,
)
from custom_components.voice_retention.vault.copies import CopyOrder
from custom_components.voice_retention.vault.keyring import Keyring
from custom_components.voice_retention.vault.reports import AdoptReport

from .make import NOW, RESPONSE, TRANSCRIPT, ledger_entry, utterance


@pytest.fixture
def target(tmp_path: Path) -> Path:
    """Return where the copy is to be."""
    return tmp_path / "copy"


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """Return where another vault is."""
    return tmp_path / "elsewhere" / "vault"


def order(
    folder: Path,
    *,
    with_keys: bool = False,
    seconds: float = 60,
    is_wanted: Callable[[], bool] = lambda: True,
) -> CopyOrder:
    """Order a copy."""
    return CopyOrder(
        folder=folder, with_keys=with_keys, seconds=seconds, is_wanted=is_wanted
    )


async def stored(vault: Vault) -> set[str]:
    """Return what is in a vault."""
    found = await vault.recordings.find(RecordingFilter())
    return {item.recording_id for item in found}


async def restored(folder: Path, copy: Path) -> tuple[set[str], AdoptReport | None]:
    """Open a vault beside a restored copy; return what is in it, and what was reported."""
    vault = await Vault.open(folder, copy)
    found, report = await stored(vault), vault.opened.adopted
    check = await vault.receipts.check()
    await vault.close()
    assert check.first_broken is None
    assert not copy.exists()
    return found, report


async def test_a_copy_without_keys_is_dead(vault: Vault, target: Path) -> None:
    """Nobody who has it can read a word, and no draft is left beside the vault."""
    said = [utterance() for _ in range(3)]
    await vault.recordings.store(said)
    assert await vault.copies.make(order(target))
    assert {path.name for path in target.iterdir()} == {"vault.db"}
    assert target.stat().st_mode & 0o777 == 0o700
    assert (target / "vault.db").stat().st_mode & 0o777 == 0o600
    data = (target / "vault.db").read_bytes()
    for item in said:
        assert item.audio
        assert item.audio[:64] not in data
    assert TRANSCRIPT.encode() not in data
    assert RESPONSE.encode() not in data
    assert not (vault._storage.files.folder / "copy").exists()


async def test_a_copy_with_keys_comes_up_elsewhere(
    vault: Vault, target: Path, elsewhere: Path
) -> None:
    """With all that is known of it: ledger, and the chain of receipts."""
    said = utterance()
    await vault.recordings.store([said], [ledger_entry()])
    await vault.receipts.add("purge", {"n": 1}, at=NOW)
    await vault.copies.make(order(target, with_keys=True))
    other = await Vault.open(elsewhere, target)
    assert other.opened.adopted == AdoptReport(kept=1, lost=0)
    assert await other.recordings.read_audio(said.recording_id) == said.audio
    assert await other.ledger.last_runs() == await vault.ledger.last_runs()
    assert await other.receipts.page(10) == await vault.receipts.page(10)
    await other.receipts.add("purge", {"n": 2}, at=NOW)
    assert (await other.receipts.check()).first_broken is None
    await other.close()
    assert not target.exists()


async def test_without_keys_only_what_is_known_of_it_comes_up(
    vault: Vault, target: Path, elsewhere: Path
) -> None:
    """Who heard what stays known; the recordings are counted and gone."""
    await vault.recordings.store([utterance(), utterance()], [ledger_entry()])
    await vault.copies.make(order(target))
    assert await restored(elsewhere, target) == (set(), AdoptReport(kept=0, lost=2))
    other = await Vault.open(elsewhere)
    assert await other.ledger.last_runs()
    assert other.opened.adopted is None
    await other.close()


async def test_a_lost_database_comes_back_while_its_keys_are_there(
    vault: Vault, folder: Path, target: Path
) -> None:
    """The one use of a copy without keys: the keys never left."""
    said = [utterance() for _ in range(30)]
    await vault.recordings.store(said)
    await vault.copies.make(order(target))
    await vault.close()
    for path in folder.glob("vault.db*"):
        path.unlink()
    ids = {item.recording_id for item in said}
    assert await restored(folder, target) == (ids, AdoptReport(kept=30, lost=0))


async def test_what_comes_back_takes_no_place_of_another_recording(
    vault: Vault, folder: Path, target: Path, elsewhere: Path
) -> None:
    """Both were the first of their vault; adopting may have been cut short after the keys."""
    back, there = utterance(), utterance()
    await vault.recordings.store([back])
    await vault.copies.make(order(target))
    other = await Vault.open(elsewhere)
    await other.recordings.store([there])
    other._storage.keyring.add(vault._storage.keyring.copy([back.recording_id]))
    await other.close()
    assert await restored(elsewhere, target) == (
        {back.recording_id, there.recording_id},
        AdoptReport(kept=1, lost=0),
    )


async def test_what_was_purged_stays_purged(
    vault: Vault, folder: Path, target: Path
) -> None:
    """A vault that has lived takes no keys from a copy, for it may have purged them."""
    kept, purged = utterance(), utterance()
    await vault.recordings.store([kept, purged])
    await vault.copies.make(order(target, with_keys=True))
    await vault.deletion.delete([purged.recording_id])
    await vault.close()
    assert await restored(folder, target) == (
        {kept.recording_id},
        AdoptReport(kept=0, lost=1),
    )


async def test_what_is_purged_while_the_copy_lies_there_is_dead_in_it(
    vault: Vault, target: Path, elsewhere: Path
) -> None:
    """An archive may be reading it, so the key is overwritten where it lies."""
    kept, purged = utterance(), utterance()
    ids = [purged.recording_id]
    await vault.recordings.store([kept, purged])
    await vault.copies.make(order(target, with_keys=True))
    keys = target / "keys"
    before = keys.stat()
    assert await vault.copies.count(target, ids, ALL_CONTENT) == 3
    assert await vault.copies.destroy(target, ids, {Content.AUDIO}) == 1
    assert await vault.copies.destroy(target, ids, ALL_CONTENT) == 2
    assert await vault.copies.count(target, ids, ALL_CONTENT) == 0
    after = keys.stat()
    assert (after.st_ino, after.st_size) == (before.st_ino, before.st_size)
    assert await restored(elsewhere, target) == (
        {kept.recording_id},
        AdoptReport(kept=1, lost=1),
    )
    assert await vault.copies.count(target, ids, ALL_CONTENT) == 0
    assert await vault.copies.destroy(target, ids, ALL_CONTENT) == 0


async def test_a_purge_during_the_copying_wins(
    vault: Vault, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database is copied with the row still in it; its key never gets there."""
    said = utterance()
    await vault.recordings.store([said])
    copy_database = copies._copy_database

    def copy_then_purge(*args: Any) -> Any:
        ids = copy_database(*args)
        vault._storage.keyring.destroy([said.recording_id], ALL_CONTENT)
        return ids

    monkeypatch.setattr(copies, "_copy_database", copy_then_purge)
    await vault.copies.make(order(target, with_keys=True))
    assert await vault.copies.count(target, [said.recording_id], ALL_CONTENT) == 0


async def test_a_copy_that_takes_too_long_or_comes_too_late_is_none(
    vault: Vault, target: Path
) -> None:
    """Not half a copy either: the archive would stumble over it."""
    await vault.recordings.store([utterance() for _ in range(50)])
    assert not await vault.copies.make(order(target, seconds=0))
    assert not await vault.copies.make(
        order(target, with_keys=True, is_wanted=lambda: False)
    )
    assert not target.exists()
    assert not (vault._storage.files.folder / "copy").exists()


async def test_a_full_disk_makes_no_copy(
    vault: Vault, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The archive itself needs the room."""
    await vault.recordings.store([utterance()])
    usage = shutil.disk_usage(target.parent)._replace(free=4096)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    with pytest.raises(VaultUnavailableError) as caught:
        await vault.copies.make(order(target))
    assert caught.value.reason is UnavailableReason.DISK_FULL
    assert not target.exists()


async def test_a_database_in_trouble_makes_no_copy(
    vault: Vault, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What goes wrong is told, and nothing is left."""

    def occupy(path: Path) -> int:
        shutil.copy(vault._storage.files.database, path)
        return os.open(path, os.O_RDONLY)

    monkeypatch.setattr(copies, "open_private", occupy)
    with pytest.raises(VaultUnavailableError):
        await vault.copies.make(order(target))
    assert not target.exists()
    assert not (vault._storage.files.folder / "copy").exists()


@pytest.mark.parametrize(
    "trouble", ["garbage", "other version", "other tables", "none"]
)
async def test_a_copy_that_is_none_is_cleared_away(
    folder: Path, target: Path, trouble: str
) -> None:
    """Whatever lies there, the vault opens."""
    target.mkdir()
    if trouble == "garbage":
        (target / "vault.db").write_bytes(os.urandom(20_000))
    elif trouble != "none":
        with sqlite3.connect(target / "vault.db") as connection:
            connection.execute("CREATE TABLE recordings (recording_id TEXT)")
            version = 99 if trouble == "other version" else 1
            connection.execute(f"PRAGMA user_version={version}")
        connection.close()
    expected = None if trouble == "none" else adoption.UNREADABLE
    assert await restored(folder, target) == (set(), expected)


async def test_damaged_keys_are_as_good_as_none(
    vault: Vault, target: Path, elsewhere: Path
) -> None:
    """Those of another version too."""
    await vault.recordings.store([utterance()])
    await vault.copies.make(order(target, with_keys=True))
    open_keys = Keyring.open.__func__  # type: ignore[attr-defined]

    def refuse(cls: type[Keyring], path: Path) -> Keyring:
        if path.parent == target:
            raise VaultUnavailableError(UnavailableReason.UNREADABLE)
        opened: Keyring = open_keys(cls, path)
        return opened

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Keyring, "open", classmethod(refuse))
        assert await restored(elsewhere, target) == (set(), AdoptReport(kept=0, lost=1))


async def test_our_own_full_disk_costs_no_copy(
    vault: Vault, target: Path, elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is taken in when there is room again, also after it was begun."""
    said = utterance()
    await vault.recordings.store([said], [ledger_entry()])
    await vault.copies.make(order(target, with_keys=True))
    with monkeypatch.context() as patch:
        full = VaultUnavailableError(UnavailableReason.DISK_FULL)
        patch.setattr(adoption, "_adopt_recordings", _raise(full))
        with pytest.raises(VaultUnavailableError):
            await Vault.open(elsewhere, target)
    assert target.exists()
    assert await restored(elsewhere, target) == (
        {said.recording_id},
        AdoptReport(kept=1, lost=0),
    )


def _raise(error: Exception) -> Callable[..., None]:
    """Return a function that raises."""

    def raising(*args: object) -> None:
        raise error

    return raising
