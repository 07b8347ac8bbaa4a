"""Test that what is deleted is gone, and nothing else is."""

import asyncio
from collections.abc import Collection
import os
from pathlib import Path
import sqlite3
from time import perf_counter

import pytest

from custom_components.voice_retention.policy.choices import NEVER
from custom_components.voice_retention.policy.models import (
    ALL_CONTENT,
    Content,
    new_recording_id,
)
from custom_components.voice_retention.vault import (
    RecordingFilter,
    RecordingNotFoundError,
    UnavailableReason,
    Vault,
    VaultUnavailableError,
)
from custom_components.voice_retention.vault.deletion import BATCH

from .make import DAY, NOW, TRANSCRIPT, utterance

EVERYTHING = RecordingFilter()
TEXT = frozenset({Content.TRANSCRIPT, Content.RESPONSE})


async def test_a_deleted_recording_is_gone(vault: Vault) -> None:
    """And only that one."""
    kept, deleted = utterance(), utterance()
    await vault.recordings.store([kept, deleted])
    result = await vault.deletion.delete([deleted.recording_id])

    assert result.recordings == 1
    assert result.contents == dict.fromkeys(ALL_CONTENT, 1)
    assert result.is_wal_truncated
    assert await vault.deletion.verify_gone([deleted.recording_id]) == 0
    assert await vault.deletion.verify_gone([kept.recording_id]) == 3
    with pytest.raises(RecordingNotFoundError):
        await vault.recordings.read_audio(deleted.recording_id)
    assert await vault.recordings.read_text([deleted.recording_id]) == {}
    [found] = await vault.recordings.find(EVERYTHING)
    assert found.recording_id == kept.recording_id
    assert await vault.recordings.read_audio(kept.recording_id) == kept.audio


async def test_deleting_again_finds_nothing(vault: Vault) -> None:
    """Two doors may be asked for the same at the same time."""
    said = utterance()
    await vault.recordings.store([said])
    doomed = [said.recording_id, new_recording_id(), "nonsense"]
    await vault.deletion.delete(doomed)
    result = await vault.deletion.delete(doomed)
    assert result.recordings == 0
    assert result.contents == dict.fromkeys(ALL_CONTENT, 0)
    assert await vault.deletion.verify_gone(doomed) == 0


@pytest.mark.parametrize(
    "which", [{Content.AUDIO}, {Content.TRANSCRIPT}, {Content.RESPONSE}, TEXT]
)
async def test_one_content_can_be_deleted_alone(
    vault: Vault, which: Collection[Content]
) -> None:
    """The rest stays readable, and expires when it would have."""
    said = utterance()
    await vault.recordings.store([said])
    [before] = await vault.recordings.find(EVERYTHING)
    result = await vault.deletion.delete([said.recording_id], which)
    assert (result.recordings, sum(result.contents.values())) == (0, len(which))

    [found] = await vault.recordings.find(EVERYTHING)
    assert found.contents == ALL_CONTENT - set(which)
    assert found.size < before.size
    has_audio, has_text = Content.AUDIO in found.contents, found.contents & TEXT
    assert found.audio_expires == (NOW + DAY if has_audio else None)
    assert found.text_expires == (NOW + DAY if has_text else None)
    assert await vault.deletion.verify_gone([said.recording_id], which) == 0
    if has_audio:
        assert await vault.recordings.read_audio(said.recording_id) == said.audio
    if Content.TRANSCRIPT in found.contents:
        texts = await vault.recordings.read_text([said.recording_id])
        assert texts[said.recording_id].transcript == TRANSCRIPT


async def test_a_recording_goes_with_its_last_content(vault: Vault) -> None:
    """What is left would tell when somebody spoke."""
    said = utterance(keep_transcript=NEVER)
    await vault.recordings.store([said])
    result = await vault.deletion.delete([said.recording_id], {Content.AUDIO})
    assert result.recordings == 1
    assert await vault.recordings.find(EVERYTHING) == []


async def test_progress_is_told_batch_by_batch(vault: Vault) -> None:
    """A long purge would look stuck otherwise."""
    said = [utterance() for _ in range(2 * BATCH + 1)]
    await vault.recordings.store(said)
    told: list[int] = []
    await vault.deletion.delete(
        (item.recording_id for item in said), on_progress=told.append
    )
    assert told == [BATCH, 2 * BATCH, 2 * BATCH + 1]


async def test_deleting_gives_the_space_back(vault: Vault, folder: Path) -> None:
    """Free pages inside the file are of no use to anybody else."""
    said = [utterance(audio=os.urandom(200_000)) for _ in range(60)]
    await vault.recordings.store(said)
    before = (await vault.recordings.totals()).size
    await vault.deletion.delete(item.recording_id for item in said[:50])
    assert (await vault.recordings.totals()).size < before / 4
    assert (folder / "vault.db-wal").stat().st_size == 0
    assert await vault.recordings.read_audio(said[-1].recording_id) == said[-1].audio


async def test_a_reader_in_the_way_is_told_of(vault: Vault, folder: Path) -> None:
    """Then old pages may still lie in the log; the receipt must not say otherwise."""
    said = utterance()
    await vault.recordings.store([said])
    with sqlite3.connect(folder / "vault.db") as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM recordings").fetchall()
        result = await vault.deletion.delete([said.recording_id])
        assert not result.is_wal_truncated
        reader.execute("ROLLBACK")
    reader.close()
    assert await vault.deletion.verify_gone([said.recording_id]) == 0
    assert (await vault.deletion.delete([])).is_wal_truncated


async def test_a_disk_that_only_claims_to_write_is_found_out(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The receipt says verified: that means looked up, not believed."""
    said = utterance()
    await vault.recordings.store([said])
    with monkeypatch.context() as lying:
        lying.setattr(os, "pwrite", lambda _file, data, _offset: len(data))
        await vault.deletion.delete([said.recording_id])
    assert await vault.deletion.verify_gone([said.recording_id]) == 3
    assert await vault.deletion.verify_gone([said.recording_id], TEXT) == 2


async def test_damage_found_while_tidying_up_is_told(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was asked for is deleted, but the vault cannot go on like this."""
    said = utterance()
    await vault.recordings.store([said])

    def fail(_: object) -> bool:
        raise sqlite3.DatabaseError("database disk image is malformed")

    with monkeypatch.context() as broken:
        broken.setattr(
            "custom_components.voice_retention.vault.deletion.vacuum_step", fail
        )
        with pytest.raises(VaultUnavailableError) as raised:
            await vault.deletion.delete([said.recording_id])
    assert raised.value.reason is UnavailableReason.DAMAGED
    assert await vault.deletion.verify_gone([said.recording_id]) == 0


async def test_sentences_are_stored_during_a_long_deletion(vault: Vault) -> None:
    """A purge of everything must not hold up what is said meanwhile."""
    doomed = [utterance() for _ in range(20 * BATCH)]
    await vault.recordings.store(doomed)
    progress: list[int] = []
    deleting = asyncio.create_task(
        vault.deletion.delete(
            [item.recording_id for item in doomed], on_progress=progress.append
        )
    )
    stored, longest = [], 0.0
    while not deleting.done():
        said = utterance()
        begun = perf_counter()
        await vault.recordings.store([said])
        longest = max(longest, perf_counter() - begun)
        assert await vault.recordings.read_audio(said.recording_id) == said.audio
        stored.append(said.recording_id)
    assert (await deleting).recordings == len(doomed)
    assert len(stored) > 5
    assert longest < 2
    found = await vault.recordings.find(EVERYTHING)
    assert {item.recording_id for item in found} == set(stored)


async def test_the_key_is_destroyed_before_the_rows(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All keys, and also when no row can be deleted, as on a full disk."""
    said, another = utterance(), utterance()
    doomed = [said.recording_id, another.recording_id]
    await vault.recordings.store([said, another])
    monkeypatch.setattr("custom_components.voice_retention.vault.deletion.BATCH", 1)

    def fail(*_: object) -> None:
        raise sqlite3.OperationalError("disk I/O error")

    with monkeypatch.context() as broken:
        broken.setattr(
            "custom_components.voice_retention.vault.deletion.remove_rows", fail
        )
        with pytest.raises(VaultUnavailableError):
            await vault.deletion.delete(doomed)
    # The rows are still there, and are counted as such.
    assert await vault.deletion.verify_gone(doomed) == 6
    assert vault._storage.keyring.on_disk() == {}
    assert await vault.recordings.read_text(doomed) == {}
    for recording_id in doomed:
        with pytest.raises(RecordingNotFoundError):
            await vault.recordings.read_audio(recording_id)

    assert (await vault.deletion.delete(doomed)).recordings == 2
    assert await vault.deletion.verify_gone(doomed) == 0
