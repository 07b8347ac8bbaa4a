"""Test that a recovery saves what is readable, and lets nothing else live on."""

from contextlib import suppress
from pathlib import Path
import random
import shutil
import sqlite3

import pytest
from sqlalchemy import Connection, Engine

from custom_components.voice_retention.policy.models import (
    ALL_CONTENT,
    AccessKind,
    Content,
    Locality,
    Route,
    Utterance,
)
from custom_components.voice_retention.vault import (
    Access,
    DamagedContentError,
    LedgerEntry,
    RecordingFilter,
    RecordingNotFoundError,
    RecoveryResult,
    SentToCloud,
    UnavailableReason,
    Vault,
    VaultUnavailableError,
    recover,
    recovery,
)
from custom_components.voice_retention.vault.captures import Capture

from .make import DAY, HOUR, NOW, utterance

EVERYTHING = RecordingFilter()
PAGE = 4096
ENTRY = LedgerEntry(
    at=NOW,
    satellite_key="kitchen",
    engine_id="stt.cloud_speech",
    locality=Locality.CLOUD,
    route=Route.ENGINE,
    audio_bytes=3200,
)
ACCESS = Access(
    at=NOW, kind=AccessKind.PLAYED, user_id="somebody", recording_id="0" * 32
)
CAPTURE = Capture(
    at=NOW,
    until=NOW + HOUR,
    user_id="somebody",
    satellite_key="kitchen",
    device_id="device",
)


async def filled(folder: Path, count: int = 60) -> dict[str, Utterance]:
    """Make a vault with recordings, a ledger and receipts, and close it."""
    said = [utterance(created=NOW + number * HOUR) for number in range(count)]
    vault = await Vault.open(folder)
    await vault.recordings.store(said)
    await vault.ledger.record(ENTRY)
    await vault.accesses.record(ACCESS)
    await vault.captures.record(CAPTURE)
    for number in range(5):
        await vault.receipts.add("purge", {"number": number}, at=NOW)
    await vault.close()
    return {item.recording_id: item for item in said}


def files(folder: Path) -> dict[str, bytes]:
    """Return all files in a folder, except those that SQLite makes anew at will."""
    return {
        path.name: data
        for path in folder.iterdir()
        if (data := path.read_bytes()) and not path.name.endswith("-shm")
    }


def pages_of(folder: Path, table: str) -> list[int]:
    """Return where the pages of a table begin in the database, root first."""
    connection = sqlite3.connect(folder / "vault.db")
    rows = connection.execute(
        "SELECT pageno FROM dbstat WHERE name = ? ORDER BY path", [table]
    ).fetchall()
    connection.close()
    return [(number - 1) * PAGE for (number,) in rows]


def overwrite(path: Path, start: int, data: bytes) -> None:
    """Write over a part of a file."""
    with path.open("r+b") as file:
        file.seek(start)
        file.write(data)


async def recovered(folder: Path, said: dict[str, Utterance]) -> RecoveryResult:
    """Recover, and check that what is kept is right and everything else is gone."""
    result = await recover(folder)
    assert files(folder).keys() == {"keys", "vault.db"}
    vault = await Vault.open(folder)
    assert vault.opened.removed_recordings == vault.opened.destroyed_keys == 0
    found = await vault.recordings.find(EVERYTHING)
    assert len(found) == result.kept
    keys = vault._storage.keyring.contents()
    assert keys == {item.recording_id: item.contents for item in found}
    for item in found:
        original = said[item.recording_id]
        assert item.created == original.created
        texts = await vault.recordings.read_text([item.recording_id])
        for content in item.contents:
            if content is Content.AUDIO:
                audio = await vault.recordings.read_audio(item.recording_id)
                assert audio == original.audio
            else:
                text = texts[item.recording_id]
                assert getattr(text, content) == getattr(original, content)
    await vault.close()
    return result


async def test_a_sound_vault_is_recovered_whole(folder: Path) -> None:
    """Somebody may press the button without need."""
    said = await filled(folder)
    sent = {"kitchen": SentToCloud(audio_bytes=3200)}
    inode = (folder / "vault.db").stat().st_ino
    assert await recovered(folder, said) == RecoveryResult(kept=60, lost=0)
    assert (folder / "vault.db").stat().st_ino != inode
    vault = await Vault.open(folder)
    assert await vault.ledger.last_runs() == {"kitchen": ENTRY}
    assert await vault.ledger.sent_totals() == sent
    assert await vault.accesses.of([ACCESS.recording_id]) == {
        ACCESS.recording_id: [ACCESS]
    }
    assert await vault.captures.find(
        satellite_keys=None, start=None, end=None, limit=9
    ) == [CAPTURE]
    assert (await vault.receipts.check()).count == 5
    assert (await vault.receipts.check()).first_broken is None
    [first, *_] = await vault.recordings.find(EVERYTHING)
    assert first.audio_expires == first.text_expires == first.created + DAY
    await vault.close()


async def test_what_is_only_in_the_log_is_recovered_too(folder: Path) -> None:
    """A crash leaves the latest sentences there."""
    said = await filled(folder, 5)
    vault = await Vault.open(folder)
    late = utterance()
    await vault.recordings.store([late])
    crashed = folder.with_name("crashed")
    shutil.copytree(folder, crashed)
    await vault.close()
    said[late.recording_id] = late
    assert "vault.db-wal" in files(crashed)
    assert await recovered(crashed, said) == RecoveryResult(kept=6, lost=0)


@pytest.mark.parametrize(
    ("table", "least", "most"),
    [("recordings", 20, 59), ("contents", 20, 60), ("ledger", 60, 60)],
)
async def test_a_damaged_page_costs_only_what_was_on_it(
    folder: Path, table: str, least: int, most: int
) -> None:
    """Both what comes before it and what comes after it is saved."""
    said = await filled(folder)
    pages = pages_of(folder, table)
    overwrite(folder / "vault.db", pages[len(pages) // 2], b"\xa5" * PAGE)
    with pytest.raises(VaultUnavailableError) as raised:
        await Vault.open(folder)
    assert raised.value.reason is UnavailableReason.DAMAGED
    result = await recovered(folder, said)
    assert least <= result.kept <= most
    assert result.kept + result.lost == 60


async def test_what_lies_between_two_damaged_pages_is_found(folder: Path) -> None:
    """A scan from either end stops before it."""
    said = await filled(folder, 203)
    vault = await Vault.open(folder)
    await vault.deletion.delete(list(said)[100:103])
    await vault.close()
    leaves = pages_of(folder, "recordings")[1:]
    assert len(leaves) > 8
    for place in (2, -3):
        overwrite(folder / "vault.db", leaves[place], b"\xa5" * PAGE)
    result = await recovered(folder, said)
    per_page = 200 / len(leaves)
    assert result.kept > 200 - 4 * per_page


@pytest.mark.parametrize(
    "index",
    ["sqlite_autoindex_contents_1", "recordings_by_satellite", "recordings_by_created"],
)
async def test_a_damaged_index_costs_nothing(folder: Path, index: str) -> None:
    """It can be made anew."""
    said = await filled(folder)
    [root, *_] = pages_of(folder, index)
    overwrite(folder / "vault.db", root, b"\xa5" * PAGE)
    assert await recovered(folder, said) == RecoveryResult(kept=60, lost=0)


async def test_nothing_is_left_of_a_database_that_cannot_be_read(
    folder: Path,
) -> None:
    """Its keys would be the only thing that somebody with a copy is missing."""
    said = await filled(folder, 3)
    (folder / "vault.db").write_bytes(b"nothing we know")
    keys = (folder / "keys").read_bytes()
    assert await recovered(folder, said) == RecoveryResult(kept=0, lost=3)
    assert any(keys[128:])
    assert not any((folder / "keys").read_bytes()[128:])


async def test_keys_behind_a_damaged_header_are_used(folder: Path) -> None:
    """Each key has a checksum of its own."""
    said = await filled(folder, 3)
    overwrite(folder / "keys", 0, b"something")
    with pytest.raises(VaultUnavailableError):
        await Vault.open(folder)
    assert await recovered(folder, said) == RecoveryResult(kept=3, lost=0)


def execute(folder: Path, *statements: str) -> None:
    """Change the database behind the vault's back."""
    connection = sqlite3.connect(folder / "vault.db")
    connection.execute("PRAGMA ignore_check_constraints=ON")
    connection.execute("PRAGMA writable_schema=ON")
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE recordings SET locality = 'cloub' WHERE rowid = 1",
        "UPDATE recordings SET created = 1 << 62 WHERE rowid = 1",
        "UPDATE recordings SET reasons = 'no such' WHERE rowid = 1",
        "UPDATE recordings SET language = CAST(x'ff' AS TEXT) WHERE rowid = 1",
        "UPDATE contents SET recording_id = 'another' WHERE rowid <= 3",
        "UPDATE contents SET sealed = zeroblob(100) WHERE rowid <= 3",
        "UPDATE contents SET content = content || '?' WHERE rowid <= 3",
        "DELETE FROM contents WHERE rowid <= 3",
        "DELETE FROM recordings WHERE rowid = 1",
    ],
)
async def test_a_row_that_makes_no_sense_is_lost_alone(
    folder: Path, statement: str
) -> None:
    """One bad row must not make a recovery fail, nor come along."""
    said = await filled(folder, 3)
    execute(folder, statement)
    assert await recovered(folder, said) == RecoveryResult(kept=2, lost=1)


async def test_only_the_damaged_content_of_a_recording_is_lost(folder: Path) -> None:
    """A transcript is worth saving without its audio."""
    said = await filled(folder, 1)
    execute(folder, "UPDATE contents SET sealed = x'00' WHERE content = 'audio'")
    assert await recovered(folder, said) == RecoveryResult(kept=1, lost=0)
    vault = await Vault.open(folder)
    [found] = await vault.recordings.find(EVERYTHING)
    assert found.contents == ALL_CONTENT - {Content.AUDIO}
    await vault.close()


async def test_a_row_that_the_new_database_refuses_is_left_out(folder: Path) -> None:
    """Damage may let through what a sound database never would."""
    said = await filled(folder, 3)
    execute(
        folder,
        "UPDATE sqlite_schema SET sql = replace(sql, 'language TEXT NOT NULL',"
        " 'language TEXT') WHERE name = 'recordings'",
    )
    execute(folder, "UPDATE recordings SET language = NULL WHERE rowid = 2")
    assert await recovered(folder, said) == RecoveryResult(kept=2, lost=1)


async def test_an_open_vault_is_not_recovered(vault: Vault, folder: Path) -> None:
    """Its files are in use."""
    with pytest.raises(VaultUnavailableError) as raised:
        await recover(folder)
    assert raised.value.reason is UnavailableReason.IN_USE
    await vault.recordings.store([utterance()])


async def test_a_recovery_that_fails_changes_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk may be too full for a second database."""
    said = await filled(folder)
    before = files(folder)

    def fail(engine: Engine, size: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(recovery, "prepare", fail)
        with pytest.raises(VaultUnavailableError) as raised:
            await recover(folder)
    assert raised.value.reason is UnavailableReason.DISK_FULL
    assert files(folder) == before
    assert await recovered(folder, said) == RecoveryResult(kept=60, lost=0)


async def test_a_disk_in_trouble_is_no_reason_to_destroy_keys(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What cannot be read at the moment is not damaged."""
    said = await filled(folder, 3)
    keys = (folder / "keys").read_bytes()

    def fail(*_: object) -> None:
        error = sqlite3.OperationalError("database is locked")
        error.sqlite_errorcode = sqlite3.SQLITE_BUSY
        raise error

    with monkeypatch.context() as broken:
        broken.setattr(Connection, "scalars", fail)
        with pytest.raises(VaultUnavailableError) as raised:
            await recover(folder)
    assert raised.value.reason is UnavailableReason.UNREADABLE
    assert (folder / "keys").read_bytes() == keys
    assert await recovered(folder, said) == RecoveryResult(kept=3, lost=0)


def flip_bits(folder: Path, seed: int) -> None:
    """Flip a few bits anywhere in the files."""
    chance = random.Random(seed)  # noqa: S311
    for _ in range(chance.choice([1, 1, 2, 20])):
        path = folder / chance.choice(["vault.db", "vault.db", "keys"])
        data = bytearray(path.read_bytes())
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        path.write_bytes(data)


async def assert_never_wrong(vault: Vault, said: dict[str, Utterance]) -> None:
    """Check that whatever can be read is what was said."""
    for recording_id, original in said.items():
        try:
            assert await vault.recordings.read_audio(recording_id) == original.audio
        except DamagedContentError, RecordingNotFoundError:
            continue
    texts = await vault.recordings.read_text(said)
    for recording_id, text in texts.items():
        assert text.transcript in {None, said[recording_id].transcript}
        assert text.response in {None, said[recording_id].response}


@pytest.mark.parametrize(
    "seeds",
    [
        range(30),
        pytest.param(
            range(30, 400), marks=[pytest.mark.slow, pytest.mark.timeout(900)]
        ),
    ],
    ids=["quick", "long"],
)
async def test_flipped_bits_are_noticed_or_harmless(
    folder: Path, tmp_path: Path, seeds: range
) -> None:
    """Whatever a dying disk makes of our files: no wrong words, and a way back."""
    said = await filled(folder, 12)
    for seed in seeds:
        damaged = tmp_path / f"damaged {seed}"
        shutil.copytree(folder, damaged)
        flip_bits(damaged, seed)
        try:
            vault = await Vault.open(damaged)
        except VaultUnavailableError:
            pass
        else:
            with suppress(VaultUnavailableError):
                await assert_never_wrong(vault, said)
            await vault.close()
        await recover(damaged)
        vault = await Vault.open(damaged)
        await vault.recordings.find(EVERYTHING)
        await assert_never_wrong(vault, said)
        await vault.close()
        shutil.rmtree(damaged)
