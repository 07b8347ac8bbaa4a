"""Test opening and closing: what is sound opens, what is not is left as it is."""

import asyncio
from collections.abc import Callable
from functools import partial
import os
from pathlib import Path
import shutil
import sqlite3
import subprocess
import sys
from time import sleep

import pytest
from sqlalchemy import Engine

from custom_components.voice_retention.policy.models import (
    ALL_CONTENT,
    Content,
    Utterance,
)
from custom_components.voice_retention.vault import (
    OpenReport,
    RecordingFilter,
    UnavailableReason,
    Vault,
    VaultUnavailableError,
    database,
)
from custom_components.voice_retention.vault.database import SCHEMA_VERSION
from custom_components.voice_retention.vault.keyring import Keyring

from .make import utterance

EVERYTHING = RecordingFilter()
NOTHING_TO_DO = OpenReport(removed_recordings=0, destroyed_keys=0)


async def filled(folder: Path, count: int = 5) -> list[Utterance]:
    """Make a vault with some recordings, and close it."""
    said = [utterance() for _ in range(count)]
    vault = await Vault.open(folder)
    await vault.recordings.store(said)
    await vault.close()
    return said


def files(folder: Path) -> dict[str, bytes]:
    """Return everything in a folder that means anything."""
    return {
        path.name: data
        for path in folder.iterdir()
        # SQLite makes an empty log and an index into it whenever it likes.
        if (data := path.read_bytes()) and not path.name.endswith("-shm")
    }


def modes(folder: Path) -> dict[str, int]:
    """Return the permissions of a folder and of everything in it."""
    paths = (folder, *folder.iterdir())
    return {path.name: path.stat().st_mode & 0o777 for path in paths}


def open_to_others(folder: Path) -> None:
    """Let others look into a vault."""
    folder.chmod(0o755)
    (folder / "vault.db").chmod(0o644)


async def assert_holds(vault: Vault, said: list[Utterance]) -> None:
    """Check that exactly these are stored, each readable, and that all keys have rows."""
    found = await vault.recordings.find(EVERYTHING)
    assert {item.recording_id for item in found} == {item.recording_id for item in said}
    for item in said:
        assert await vault.recordings.read_audio(item.recording_id) == item.audio
    assert vault._storage.keyring.contents() == {
        item.recording_id: item.contents for item in found
    }


async def test_recordings_survive_closing_and_opening(folder: Path) -> None:
    """A restart is not a purge."""
    said = await filled(folder)
    vault = await Vault.open(folder)
    assert vault.opened == NOTHING_TO_DO
    await assert_holds(vault, said)
    await vault.close()


async def test_nobody_else_can_look_into_the_vault(vault: Vault, folder: Path) -> None:
    """Also not at what SQLite puts beside the database."""
    await vault.recordings.store([utterance()])
    names = ("keys", "vault.db", "vault.db-shm", "vault.db-wal")
    assert modes(folder) == {folder.name: 0o700, **dict.fromkeys(names, 0o600)}


async def test_a_folder_open_to_others_is_closed_to_them(folder: Path) -> None:
    """Somebody may have copied it back from elsewhere."""
    said = await filled(folder)
    open_to_others(folder)
    vault = await Vault.open(folder)
    assert modes(folder)[folder.name] == 0o700
    assert modes(folder)["vault.db"] == 0o600
    await assert_holds(vault, said)
    await vault.close()


async def test_after_closing_everything_is_in_two_files(folder: Path) -> None:
    """The log is emptied, so a copy of the folder is whole."""
    await filled(folder)
    assert modes(folder).keys() == {folder.name, "keys", "vault.db"}


async def test_the_database_is_set_up_to_lose_and_to_leave_nothing(
    vault: Vault,
) -> None:
    """Each of these is a promise that SQLite does not make by itself."""
    expected = {
        "journal_mode": "wal",
        "synchronous": 2,
        "secure_delete": 1,
        "auto_vacuum": 2,
        "foreign_keys": 1,
        "temp_store": 2,
        "user_version": SCHEMA_VERSION,
    }
    for name, value in expected.items():
        found = await vault._storage.with_writer(partial(database.pragma, name=name))
        assert found == value, name


async def test_the_reading_side_cannot_write(vault: Vault) -> None:
    """All changes go one way."""
    with pytest.raises(VaultUnavailableError) as raised:
        await vault._storage.read(
            lambda connection: connection.exec_driver_sql("DELETE FROM recordings")
        )
    assert raised.value.reason is UnavailableReason.READ_ONLY


async def test_a_closed_vault_says_so(folder: Path) -> None:
    """A call that comes too late must not hang."""
    vault = await Vault.open(folder)
    await vault.close()
    for call in (
        vault.recordings.find(EVERYTHING),
        vault.recordings.store([utterance()]),
    ):
        with pytest.raises(VaultUnavailableError) as raised:
            await call
        assert raised.value.reason is UnavailableReason.CLOSED


async def test_a_vault_is_open_only_once(vault: Vault, folder: Path) -> None:
    """Two would overwrite each other's keys."""
    with pytest.raises(VaultUnavailableError) as raised:
        await Vault.open(folder)
    assert raised.value.reason is UnavailableReason.IN_USE
    assert await vault.recordings.find(EVERYTHING) == []


async def test_giving_up_while_opening_leaves_nothing_locked(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Home Assistant cancels a set-up that takes too long, and tries again later."""
    said = await filled(folder)
    real_prepare = database.prepare

    def slow_prepare(engine: Engine, size: int) -> None:
        sleep(0.2)
        real_prepare(engine, size)

    with monkeypatch.context() as slow:
        slow.setattr(
            "custom_components.voice_retention.vault.vault.prepare", slow_prepare
        )
        opening = asyncio.create_task(Vault.open(folder))
        await asyncio.sleep(0.1)
        opening.cancel()
        with pytest.raises(asyncio.CancelledError):
            await opening
    vault = await Vault.open(folder)
    await assert_holds(vault, said)
    await vault.close()


async def test_a_restored_database_without_keys_is_emptied(folder: Path) -> None:
    """The keys are in no backup, so what a backup brings back stays unreadable."""
    await filled(folder, 3)
    (folder / "keys").unlink()
    vault = await Vault.open(folder)
    assert vault.opened == OpenReport(removed_recordings=3, destroyed_keys=0)
    await assert_holds(vault, [])
    await vault.close()


async def test_keys_without_a_database_are_destroyed(folder: Path) -> None:
    """They open nothing that we know of, but perhaps somebody's copy."""
    await filled(folder, 3)
    (folder / "vault.db").unlink()
    vault = await Vault.open(folder)
    assert vault.opened == OpenReport(removed_recordings=0, destroyed_keys=3)
    await assert_holds(vault, [])
    await vault.close()


async def test_an_older_database_does_not_bring_back_what_was_purged(
    folder: Path, tmp_path: Path
) -> None:
    """A copy made before a purge is dead after it."""
    before = await filled(folder, 3)
    shutil.copy(folder / "vault.db", tmp_path / "copy.db")
    purged, *kept = before
    newer = utterance()
    vault = await Vault.open(folder)
    await vault.deletion.delete([purged.recording_id])
    await vault.recordings.store([newer])
    await vault.close()

    shutil.copy(tmp_path / "copy.db", folder / "vault.db")
    vault = await Vault.open(folder)
    assert vault.opened == OpenReport(removed_recordings=1, destroyed_keys=1)
    await assert_holds(vault, kept)
    await vault.close()


async def test_only_the_content_without_a_key_is_removed(folder: Path) -> None:
    """A crash may come between the keys and the rows of a deletion."""
    whole, partly = await filled(folder, 2)
    keyring = Keyring.open(folder / "keys")
    keyring.destroy([partly.recording_id], {Content.TRANSCRIPT})
    keyring.close()

    vault = await Vault.open(folder)
    assert vault.opened == OpenReport(removed_recordings=1, destroyed_keys=0)
    found = {
        item.recording_id: item.contents
        for item in await vault.recordings.find(EVERYTHING)
    }
    assert found == {
        whole.recording_id: ALL_CONTENT,
        partly.recording_id: {Content.AUDIO, Content.RESPONSE},
    }
    await assert_holds(vault, [whole, partly])
    await vault.close()


async def test_a_key_for_content_that_is_not_there_is_destroyed(folder: Path) -> None:
    """A crash may also come between the keys and the rows of a store."""
    [said] = await filled(folder, 1)
    vault = await Vault.open(folder)
    await vault.deletion.delete([said.recording_id], {Content.AUDIO})
    await vault.close()
    keyring = Keyring.open(folder / "keys")
    keyring.destroy([said.recording_id], ALL_CONTENT)
    keyring.add({said.recording_id: dict.fromkeys(Content, bytes(31) + b"k")})
    keyring.close()

    vault = await Vault.open(folder)
    assert vault.opened == OpenReport(removed_recordings=0, destroyed_keys=1)
    remaining = {said.recording_id: {Content.TRANSCRIPT, Content.RESPONSE}}
    assert vault._storage.keyring.contents() == remaining
    await vault.close()


def overwrite(name: str, start: int, data: bytes) -> Callable[[Path], None]:
    """Return damage to one file."""

    def damage(folder: Path) -> None:
        with (folder / name).open("r+b") as file:
            file.seek(start)
            file.write(data)

    return damage


def execute(*statements: str) -> Callable[[Path], None]:
    """Return damage done with SQL."""

    def damage(folder: Path) -> None:
        connection = sqlite3.connect(folder / "vault.db")
        for statement in statements:
            connection.execute(statement)
        connection.commit()
        connection.close()

    return damage


def cut(folder: Path) -> None:
    """Cut the database short."""
    size = (folder / "vault.db").stat().st_size
    os.truncate(folder / "vault.db", size // 2)


def wrong_index(folder: Path) -> None:
    """Let an index name a satellite that the table does not."""
    path = folder / "vault.db"
    connection = sqlite3.connect(path)
    [(root,)] = connection.execute(
        "SELECT rootpage FROM sqlite_schema WHERE name = 'recordings_by_satellite'"
    ).fetchall()
    connection.close()
    page = path.read_bytes()[(root - 1) * 4096 : root * 4096]
    overwrite("vault.db", (root - 1) * 4096, page.replace(b"kitchen", b"kitsche"))(
        folder
    )


def without_a_table(folder: Path) -> None:
    """Take a table away."""
    execute("DROP TABLE receipts")(folder)


def another_database(folder: Path) -> None:
    """Put a database there that we did not make."""
    (folder / "vault.db").unlink()
    execute("CREATE TABLE recordings (recording_id)")(folder)


DAMAGES: dict[str, tuple[Callable[[Path], None], UnavailableReason]] = {
    "no database at all": (
        overwrite("vault.db", 0, b"garbage" * 20),
        UnavailableReason.DAMAGED,
    ),
    "a page of zeros": (
        overwrite("vault.db", 8192, bytes(4096)),
        UnavailableReason.DAMAGED,
    ),
    "many pages of noise": (
        overwrite("vault.db", 8192, b"\xa5" * 20_000),
        UnavailableReason.DAMAGED,
    ),
    "an index that lies": (wrong_index, UnavailableReason.DAMAGED),
    "cut short": (cut, UnavailableReason.DAMAGED),
    "another database": (another_database, UnavailableReason.DAMAGED),
    "a table less": (without_a_table, UnavailableReason.DAMAGED),
    "a newer version": (
        execute(f"PRAGMA user_version={SCHEMA_VERSION + 1}"),
        UnavailableReason.UNREADABLE,
    ),
    "keys with another header": (
        overwrite("keys", 0, b"something"),
        UnavailableReason.DAMAGED,
    ),
}


@pytest.mark.parametrize("is_small", [True, False], ids=["small", "large"])
@pytest.mark.parametrize(("damage", "reason"), DAMAGES.values(), ids=list(DAMAGES))
async def test_a_vault_that_is_not_sound_is_left_as_it_is(
    folder: Path,
    damage: Callable[[Path], None],
    reason: UnavailableReason,
    is_small: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Somebody may still save what is in it; our tidying up would not help them."""
    if not is_small:
        monkeypatch.setattr(database, "_FULL_CHECK_LIMIT", 0)
    await filled(folder)
    damage(folder)
    before = files(folder)
    for _ in range(2):
        with pytest.raises(VaultUnavailableError) as raised:
            await Vault.open(folder)
        assert raised.value.reason is reason
        assert files(folder) == before


async def test_the_log_of_an_unsound_database_is_left_too(folder: Path) -> None:
    """It may hold the only good copy of a damaged page."""
    vault = await Vault.open(folder)
    await vault.recordings.store([utterance() for _ in range(5)])
    crashed = folder.with_name("crashed")
    shutil.copytree(folder, crashed)
    await vault.close()
    overwrite("keys", 0, b"something")(crashed)
    before = files(crashed)
    assert before["vault.db-wal"]
    with pytest.raises(VaultUnavailableError):
        await Vault.open(crashed)
    assert files(crashed) == before


async def test_a_foreign_key_file_is_taken_over_when_nothing_needs_it(
    folder: Path,
) -> None:
    """There is nothing to save, and refusing for ever would help nobody."""
    await filled(folder, 0)
    overwrite("keys", 0, b"something" * 100)(folder)
    vault = await Vault.open(folder)
    said = utterance()
    await vault.recordings.store([said])
    await vault.close()
    vault = await Vault.open(folder)
    await assert_holds(vault, [said])
    await vault.close()


async def test_damage_found_later_is_named(vault: Vault, folder: Path) -> None:
    """A bit may flip in a text that stands for a choice."""
    await vault.recordings.store([utterance()])
    execute("UPDATE recordings SET locality = 'cloub'")(folder)
    with pytest.raises(VaultUnavailableError) as raised:
        await vault.recordings.find(EVERYTHING)
    assert raised.value.reason is UnavailableReason.DAMAGED

    execute("UPDATE recordings SET locality = NULL, created = 1 << 62")(folder)
    with pytest.raises(VaultUnavailableError) as raised:
        await vault.recordings.find(EVERYTHING)
    assert raised.value.reason is UnavailableReason.DAMAGED


def test_the_vault_needs_no_home_assistant() -> None:
    """It is tried and trusted by itself, also where Home Assistant is not installed."""
    program = Path(__file__).with_name("hammer.py")
    subprocess.run([sys.executable, program, "--check-imports"], check=True)  # noqa: S603
