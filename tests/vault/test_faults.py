"""Test that a failing disk is named for what it is, and costs nothing but what it must."""

from collections.abc import Awaitable, Callable, Iterator
import errno
import os
from pathlib import Path
import shutil
import sqlite3
import subprocess

import pytest
from sqlalchemy.exc import DBAPIError

from custom_components.voice_retention.policy.models import Content, Route, Utterance
from custom_components.voice_retention.vault import (
    LedgerEntry,
    LedgerFilter,
    RecordingFilter,
    RecordingNotFoundError,
    UnavailableReason,
    Vault,
    VaultUnavailableError,
    recover,
)
from custom_components.voice_retention.vault.errors import storage_errors_translated

from .make import NOW, utterance

EVERYTHING = RecordingFilter()


class Disk:
    """A small disk of its own, which can be filled up and made read-only."""

    def __init__(self, path: Path, size: str) -> None:
        """Mount it."""
        self.path = path
        self._call("mount", "-t", "tmpfs", "-o", f"size={size},mode=700", "tmpfs", path)

    def make_read_only(self) -> None:
        """Refuse to write from now on; nothing may be open for writing."""
        self._call("mount", "-o", "remount,ro", self.path)

    def make_writable(self) -> None:
        """Take writes again."""
        self._call("mount", "-o", "remount,rw", self.path)

    def fill(self) -> Path:
        """Take all the space that is left."""
        path = self.path / "something else"
        with path.open("wb", buffering=0) as file:
            try:
                while True:
                    file.write(bytes(4096))
            except OSError:
                return path

    def unmount(self) -> None:
        """Remove it, also when something is still open on it."""
        self._call("umount", "--lazy", self.path)

    @staticmethod
    def _call(*command: str | Path) -> None:
        """Run a command."""
        subprocess.run(command, check=True, capture_output=True)  # noqa: S603


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    """Return a disk of three megabytes."""
    path = tmp_path / "disk"
    path.mkdir()
    try:
        disk = Disk(path, "3m")
    except subprocess.CalledProcessError, FileNotFoundError:
        pytest.skip("mounting a disk takes an administrator")
    yield disk
    disk.unmount()


async def assert_unavailable(
    reason: UnavailableReason, *calls: Callable[[], Awaitable[object]]
) -> None:
    """Check that each call fails for one reason."""
    for call in calls:
        with pytest.raises(VaultUnavailableError) as raised:
            await call()
        assert raised.value.reason is reason, call


async def fill_up(vault: Vault) -> list[Utterance]:
    """Store until nothing more fits, and return what did."""
    stored: list[Utterance] = []
    while True:
        said = utterance(audio=os.urandom(100_000))
        try:
            await vault.recordings.store([said])
        except VaultUnavailableError as err:
            assert err.reason is UnavailableReason.DISK_FULL  # noqa: PT017
            assert await vault.deletion.verify_gone([said.recording_id]) == 0
            return stored
        stored.append(said)


async def assert_holds(vault: Vault, said: list[Utterance]) -> None:
    """Check that exactly these are stored and readable."""
    found = await vault.recordings.find(EVERYTHING)
    assert {item.recording_id for item in found} == {item.recording_id for item in said}
    for item in said:
        assert await vault.recordings.read_audio(item.recording_id) == item.audio
    assert vault._storage.keyring.contents() == {
        item.recording_id: item.contents for item in found
    }


async def test_a_full_disk_costs_only_the_sentence_that_did_not_fit(
    disk: Disk,
) -> None:
    """What is stored stays readable, and storing works again once there is space."""
    filler = disk.path / "filler"
    filler.write_bytes(bytes(500_000))
    folder = disk.path / "vault"
    vault = await Vault.open(folder)
    stored = await fill_up(vault)
    assert stored
    await assert_holds(vault, stored)

    filler.unlink()
    said = utterance()
    await vault.recordings.store([said])
    await assert_holds(vault, [*stored, said])
    await vault.close()
    vault = await Vault.open(folder)
    await assert_holds(vault, [*stored, said])
    await vault.close()


async def test_a_recording_can_be_made_unreadable_on_a_full_disk(disk: Disk) -> None:
    """Destroying a key takes no space; the rows follow when there is some."""
    reserve = disk.path / "reserve"
    reserve.write_bytes(bytes(500_000))
    vault = await Vault.open(disk.path / "vault")
    stored = await fill_up(vault)
    disk.fill()
    doomed = stored.pop(0)
    await assert_unavailable(
        UnavailableReason.DISK_FULL,
        lambda: vault.deletion.delete([doomed.recording_id]),
    )
    with pytest.raises(RecordingNotFoundError):
        await vault.recordings.read_audio(doomed.recording_id)
    assert vault._storage.keyring.on_disk().keys() == {
        item.recording_id for item in stored
    }
    reserve.unlink()
    await vault.deletion.delete([doomed.recording_id])
    assert await vault.deletion.verify_gone([doomed.recording_id]) == 0
    await assert_holds(vault, stored)
    await vault.close()


async def test_a_full_disk_does_not_keep_the_vault_from_closing(disk: Disk) -> None:
    """Home Assistant is to stop all the same."""
    folder = disk.path / "vault"
    vault = await Vault.open(folder)
    stored = await fill_up(vault)
    filler = disk.fill()
    await vault.close()
    filler.unlink()
    vault = await Vault.open(folder)
    await assert_holds(vault, stored)
    await vault.close()


async def test_a_vault_on_a_full_disk_says_so(disk: Disk) -> None:
    """There must be space at least to begin."""
    disk.fill()
    await assert_unavailable(
        UnavailableReason.DISK_FULL, lambda: Vault.open(disk.path / "vault")
    )


async def test_a_read_only_disk_is_named(disk: Disk) -> None:
    """That is how many an SD card ends."""
    folder = disk.path / "vault"
    vault = await Vault.open(folder)
    said = utterance()
    await vault.recordings.store([said])
    await vault.close()
    disk.make_read_only()
    await assert_unavailable(
        UnavailableReason.READ_ONLY,
        lambda: Vault.open(folder),
        lambda: Vault.open(disk.path / "another"),
        lambda: recover(folder),
    )
    disk.make_writable()
    vault = await Vault.open(folder)
    assert await vault.recordings.read_audio(said.recording_id) == said.audio
    await vault.close()


async def test_a_disk_that_becomes_read_only_can_still_be_read(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the system makes it after an error, with our files open."""
    said = utterance()
    await vault.recordings.store([said])

    def refuse(*_: object) -> int:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    with monkeypatch.context() as broken:
        broken.setattr(os, "pwrite", refuse)
        await assert_unavailable(
            UnavailableReason.READ_ONLY,
            lambda: vault.recordings.store([utterance()]),
            lambda: vault.deletion.delete([said.recording_id], {Content.RESPONSE}),
        )
    assert await vault.recordings.read_audio(said.recording_id) == said.audio
    result = await vault.deletion.delete([said.recording_id])
    assert result.recordings == 1
    assert await vault.deletion.verify_gone([said.recording_id]) == 0


@pytest.mark.parametrize("name", [".", "keys", "vault.db"])
async def test_a_vault_that_cannot_be_read_says_so(folder: Path, name: str) -> None:
    """Something else may be where it should be."""
    await (await Vault.open(folder)).close()
    path = folder / name
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    path.touch() if name == "." else path.mkdir()
    await assert_unavailable(UnavailableReason.UNREADABLE, lambda: Vault.open(folder))


async def test_every_call_names_the_fault(vault: Vault, folder: Path) -> None:
    """Whoever calls deals with one kind of error only."""
    said = utterance()
    await vault.recordings.store([said])
    connection = sqlite3.connect(folder / "vault.db")
    for table in ("recordings", "contents", "ledger", "sent_totals", "receipts"):
        connection.execute(f"ALTER TABLE {table} RENAME TO {table}_gone")
    connection.close()
    key = said.recording_id
    entry = LedgerEntry(
        at=NOW,
        satellite_key="kitchen",
        engine_id=None,
        locality=None,
        route=Route.REFUSE,
    )
    await assert_unavailable(
        UnavailableReason.DAMAGED,
        lambda: vault.recordings.store([utterance()]),
        lambda: vault.recordings.find(EVERYTHING),
        lambda: vault.recordings.page(EVERYTHING, limit=1),
        lambda: vault.recordings.read_text([key]),
        lambda: vault.recordings.read_audio(key),
        lambda: vault.recordings.read_audio_range(key, 0, 1),
        vault.recordings.totals,
        lambda: vault.recordings.sizes(NOW),
        lambda: vault.expiry.due(NOW),
        lambda: vault.expiry.overdue(NOW, NOW - NOW),
        lambda: vault.expiry.next_expiry(NOW),
        lambda: vault.expiry.hold(key, NOW),
        lambda: vault.expiry.reschedule(lambda _: pytest.fail("never asked")),
        lambda: vault.ledger.record(entry),
        vault.ledger.last_runs,
        lambda: vault.ledger.sent_to_cloud_since(NOW),
        lambda: vault.ledger.page(LedgerFilter(), limit=1),
        lambda: vault.ledger.count(LedgerFilter()),
        lambda: vault.ledger.delete(LedgerFilter()),
        vault.ledger.last_number,
        vault.ledger.sent_totals,
        vault.ledger.oldest,
        lambda: vault.receipts.add("purge", {}, at=NOW),
        lambda: vault.receipts.page(1),
        vault.receipts.check,
        lambda: vault.deletion.verify_gone([key]),
        lambda: vault.deletion.delete([key]),
    )


def sqlite_error(code: int | None) -> sqlite3.Error:
    """Return an error of SQLite with a code."""
    error = sqlite3.OperationalError("failed")
    if code is not None:
        error.sqlite_errorcode = code
    return error


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (OSError(errno.ENOSPC, "full"), UnavailableReason.DISK_FULL),
        (OSError(errno.EDQUOT, "over quota"), UnavailableReason.DISK_FULL),
        (OSError(errno.EROFS, "read-only"), UnavailableReason.READ_ONLY),
        (PermissionError(errno.EACCES, "not yours"), UnavailableReason.READ_ONLY),
        (OSError(errno.EIO, "broken"), UnavailableReason.UNREADABLE),
        (OSError("no number"), UnavailableReason.UNREADABLE),
        (sqlite_error(sqlite3.SQLITE_FULL), UnavailableReason.DISK_FULL),
        (sqlite_error(sqlite3.SQLITE_READONLY_DBMOVED), UnavailableReason.READ_ONLY),
        (sqlite_error(sqlite3.SQLITE_CORRUPT_INDEX), UnavailableReason.DAMAGED),
        (sqlite_error(sqlite3.SQLITE_NOTADB), UnavailableReason.DAMAGED),
        (sqlite_error(sqlite3.SQLITE_IOERR_READ), UnavailableReason.DAMAGED),
        (sqlite_error(sqlite3.SQLITE_IOERR_WRITE), UnavailableReason.UNREADABLE),
        (sqlite_error(sqlite3.SQLITE_BUSY), UnavailableReason.UNREADABLE),
        (sqlite_error(None), UnavailableReason.DAMAGED),
    ],
)
def test_an_error_is_translated_to_what_a_person_can_act_on(
    error: Exception, reason: UnavailableReason
) -> None:
    """Free some space, look at the disk, or recover."""
    with pytest.raises(VaultUnavailableError) as raised, storage_errors_translated():
        raise error
    assert raised.value.reason is reason
    with pytest.raises(VaultUnavailableError) as raised, storage_errors_translated():
        raise DBAPIError("SELECT", None, error)
    assert raised.value.reason is reason


def test_damage_is_known_by_words_that_cannot_be_read() -> None:
    """SQLite quotes in its complaint what it found in a damaged file."""
    with pytest.raises(VaultUnavailableError) as raised, storage_errors_translated():
        raise UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid start byte")
    assert raised.value.reason is UnavailableReason.DAMAGED


def test_other_errors_are_left_alone() -> None:
    """A mistake of ours must not look like a broken disk."""
    with pytest.raises(ValueError, match="mistake"), storage_errors_translated():
        raise ValueError("mistake")
