"""Test that the vault forgets no purge, and opens no trail without its key."""

from pathlib import Path
import sqlite3

import pytest

from custom_components.voice_retention.policy.models import ALL_CONTENT, Content
from custom_components.voice_retention.vault import (
    NewReceipt,
    PendingPurge,
    RecordingFilter,
    TrailPart,
    UnavailableReason,
    Vault,
    VaultUnavailableError,
    recover,
)
from custom_components.voice_retention.vault.database import open_writer

from .make import NOW, utterance

EVERYTHING = RecordingFilter()
PURGE = "f" * 32
SECRET = b"what was said"


def purge(*, doomed: frozenset[Content] = ALL_CONTENT) -> PendingPurge:
    """Return a purge."""
    return PendingPurge(
        purge_id=PURGE, started=NOW, scope={"who": "all"}, doomed=doomed, state={}
    )


def parts(*recording_ids: str) -> list[TrailPart]:
    """Return a trail in two parts."""
    return [
        TrailPart(recording_ids=(), data=SECRET),
        TrailPart(recording_ids=recording_ids, data=b""),
    ]


async def test_a_purge_is_there_until_it_is_settled(vault: Vault) -> None:
    """With its receipt, its key goes too."""
    await vault.pending.begin(purge(), parts())
    assert await vault.pending.all() == [purge()]
    assert await vault.pending.read_trail(PURGE) == [SECRET, b""]
    receipt = NewReceipt(receipt_id="1", kind="user", body={}, at=NOW)
    await vault.pending.settle(purge(), [receipt], is_done=True)
    assert await vault.pending.all() == []
    assert await vault.pending.read_trail(PURGE) == []
    assert vault._storage.keyring.on_disk() == {}
    (stored,) = await vault.receipts.page(1)
    assert stored.receipt_id == "1"


async def test_opening_the_vault_deletes_what_a_purge_had_begun_to(
    folder: Path,
) -> None:
    """Before anybody can read it."""
    vault = await Vault.open(folder)
    meant, other = utterance(), utterance()
    await vault.recordings.store([meant, other])
    await vault.pending.begin(purge(), parts(meant.recording_id))
    await vault.close()
    vault = await Vault.open(folder)
    assert vault.opened.removed_recordings == vault.opened.destroyed_keys == 0
    assert await vault.deletion.verify_gone([meant.recording_id]) == 0
    assert await vault.recordings.read_audio(other.recording_id) == other.audio
    assert await vault.pending.read_trail(PURGE) == [SECRET, b""]
    await vault.close()


async def test_a_purge_deletes_only_the_contents_that_it_means(folder: Path) -> None:
    """The voice can go and the text stay, or all of it, when only a place is purged."""
    vault = await Vault.open(folder)
    said = utterance()
    await vault.recordings.store([said])
    await vault.pending.begin(
        purge(doomed=frozenset({Content.AUDIO})), parts(said.recording_id)
    )
    await vault.close()
    vault = await Vault.open(folder)
    (found,) = await vault.recordings.find(EVERYTHING)
    assert found.contents == {Content.TRANSCRIPT, Content.RESPONSE}
    await vault.pending.settle(purge(doomed=frozenset()), [], is_done=False)
    await vault.close()
    vault = await Vault.open(folder)
    assert await vault.recordings.find(EVERYTHING) == [found]
    await vault.close()


async def test_a_trail_that_was_never_begun_is_forgotten(folder: Path) -> None:
    """As when the machine lost its power just before."""
    vault = await Vault.open(folder)
    await vault.pending.begin(purge(), parts())
    await vault.close()
    with sqlite3.connect(folder / "vault.db") as connection:
        connection.execute("DELETE FROM pending")
    connection.close()
    vault = await Vault.open(folder)
    assert vault._storage.keyring.on_disk() == {}
    assert await vault.pending.read_trail(PURGE) == []
    await vault.close()


async def test_a_purge_that_cannot_be_begun_leaves_no_key(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All of it or nothing."""

    async def fail(*_: object) -> None:
        raise VaultUnavailableError(UnavailableReason.DISK_FULL)

    with monkeypatch.context() as broken:
        broken.setattr(vault._storage, "write", fail)
        with pytest.raises(VaultUnavailableError):
            await vault.pending.begin(purge(), parts())
    assert vault._storage.keyring.on_disk() == {}
    await vault.pending.begin(purge(), parts())
    assert await vault.pending.all() == [purge()]


async def test_a_changed_part_of_a_trail_does_not_open(vault: Vault) -> None:
    """Nor one that was put in the place of another."""
    await vault.pending.begin(purge(), parts())
    engine = open_writer(vault._storage.files.database)
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE trails SET number = 2 WHERE number = 0")
    engine.dispose()
    assert await vault.pending.read_trail(PURGE) == [b"", None]


async def test_a_recovery_saves_purges_and_their_trails(folder: Path) -> None:
    """What was to be deleted stays deleted, and is not counted as lost."""
    vault = await Vault.open(folder)
    meant, other = utterance(), utterance()
    await vault.recordings.store([meant, other])
    await vault.pending.begin(purge(), parts(meant.recording_id))
    await vault.close()
    result = await recover(folder)
    assert result.lost == 0
    vault = await Vault.open(folder)
    assert await vault.pending.read_trail(PURGE) == [SECRET, b""]
    (found,) = await vault.recordings.find(EVERYTHING)
    assert found.recording_id == other.recording_id
    await vault.close()
