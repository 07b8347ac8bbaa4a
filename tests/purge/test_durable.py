"""Test that a purge that was begun is finished, whatever comes in between."""

from collections.abc import AsyncIterator
from dataclasses import fields
from datetime import timedelta
from pathlib import Path
import shutil
from unittest.mock import patch

from freezegun.api import FrozenDateTimeFactory
import pytest

from custom_components.voice_retention.errors import VaultUnavailable
from custom_components.voice_retention.places.protocol import Target
from custom_components.voice_retention.places.trail import Trail
from custom_components.voice_retention.policy.models import ALL_CONTENT, Content
from custom_components.voice_retention.purge import queue, sealing
from custom_components.voice_retention.purge.scope import AskedBy, Scope
from custom_components.voice_retention.purge.sealing import parts_of, target_of
from custom_components.voice_retention.purge.work import (
    FIRST_PAUSE,
    LONGEST_PAUSE,
    Work,
)
from tests.vault.make import DAY, HOUR, NOW, RESPONSE, TRANSCRIPT
from tests.vault.test_crash import each_step

from .conftest import Cellar, words_of

EVERYTHING = Scope(asked_by=AskedBy.USER)
WORDS = {TRANSCRIPT, RESPONSE}


@pytest.fixture
async def cellars(cellar: Cellar) -> AsyncIterator[list[Cellar]]:
    """Return a list of cellars that are closed when the test is over."""
    cellars = [cellar]
    yield cellars
    for item in cellars:
        await item.storage.async_close()


async def assert_nothing_is_owed(cellar: Cellar) -> None:
    """Check that no purge and no key of one is left."""
    assert await cellar.queue.async_all() == []
    assert await cellar.pending() == []
    async with cellar.storage.async_use() as vault:
        assert vault._storage.keyring.on_disk() == {
            key: item.contents for key, item in (await cellar.stored()).items()
        }


async def test_every_instruction_can_be_the_last(
    cellars: list[Cellar], folder: Path, tmp_path: Path
) -> None:
    """The next start goes on with it: the recordings first, then the other places."""
    (cellar,) = cellars
    purged = await cellar.store()
    kept = await cellar.store("bedroom")
    snapshots: list[tuple[str, Path]] = []

    def take(step: str) -> None:
        snapshot = tmp_path / f"step {len(snapshots)}"
        shutil.copytree(folder, snapshot)
        snapshots.append((step, snapshot))

    scope = Scope(asked_by=AskedBy.USER, satellite_keys=frozenset({"kitchen"}))
    async with cellar.storage.async_use() as vault:
        with each_step(vault, take):
            await cellar.purger.async_purge(scope)
    is_begun = False
    for step, snapshot in snapshots:
        reborn = cellar.copy(snapshot)
        was_pending = bool(await reborn.pending())
        was_done = any(item.kind == "user" for item in await reborn.receipts())
        assert was_pending or was_done or not is_begun, step
        is_begun = is_begun or was_pending
        # Before anything else is asked of the vault, the recordings are gone.
        assert (purged in await reborn.stored()) is not is_begun, step
        assert await reborn.purger.async_retry()
        assert kept in await reborn.stored(), step
        if is_begun:
            (stored,) = [
                item for item in await reborn.receipts() if item.kind == "user"
            ]
            assert stored.body["complete"], step
            assert stored.body["places"][0]["deleted"] == 3, step
            assert stored.body["interruptions"] == int(was_pending), step
        if was_pending:
            target = reborn.garage.targets[0]
            assert words_of(target) == WORDS, step
            assert target.recordings[0].recording_id == purged
        await assert_nothing_is_owed(reborn)
        await reborn.storage.async_close()
    assert is_begun


async def test_an_interrupted_purge_remembers_what_it_did(
    cellars: list[Cellar], folder: Path
) -> None:
    """What a place deleted before counts, and so does each interruption."""
    (cellar,) = cellars
    await cellar.store()
    interrupted = KeyboardInterrupt()
    with (
        patch.object(cellar.garage, "async_find", side_effect=interrupted),
        pytest.raises(KeyboardInterrupt),
    ):
        await cellar.purger._async_purge(EVERYTHING)
    for _ in range(2):
        cellar = await cellar.restart(folder)
        cellars.append(cellar)
        with (
            patch.object(cellar.garage, "async_find", side_effect=interrupted),
            pytest.raises(KeyboardInterrupt),
        ):
            await cellar.purger.async_retry()
    assert cellar.attic.calls == []
    cellars.append(cellar := await cellar.restart(folder))
    assert await cellar.purger.async_retry()
    (receipt,) = [stored.body for stored in await cellar.receipts()]
    assert receipt["interruptions"] == 3
    assert receipt["asked_by"] == "user"
    assert [item["deleted"] for item in receipt["places"]] == [3, 3, 3]
    assert [counts for _, counts in cellar.told] == [{"kitchen": 1}]


async def test_what_a_place_could_not_do_is_tried_again(cellar: Cellar) -> None:
    """For what was said up to then, and not for what has been said since."""
    cellar.attic.can_delete = 2
    cellar.garage.error = KeyError()
    first = await cellar.purger.async_purge(EVERYTHING)
    assert first.retry_at == NOW + FIRST_PAUSE
    assert await cellar.queue.async_count_owed() == 1
    assert await cellar.queue.async_next_try() == NOW + FIRST_PAUSE
    calls = len(cellar.attic.calls)
    assert await cellar.purger.async_retry()
    assert len(cellar.attic.calls) == calls, "it is not its time yet"


async def test_a_retry_says_what_it_completes(
    cellar: Cellar, clock: FrozenDateTimeFactory
) -> None:
    """Nobody has to guess whether what was left is gone by now."""
    cellar.attic.can_delete = 2
    cellar.garage.error = KeyError()
    first = await cellar.purger.async_purge(EVERYTHING)
    clock.tick(FIRST_PAUSE)
    assert not await cellar.purger.async_retry()
    assert cellar.attic.targets[0].end is None
    assert cellar.attic.targets[-1].end == NOW
    clock.tick(2 * FIRST_PAUSE)
    cellar.garage.error = None
    assert await cellar.purger.async_retry()
    second, third, stored = [item.body for item in await cellar.receipts()]
    assert stored["receipt_id"] == first.receipt_id
    assert {second["completes"], third["completes"]} == {first.receipt_id}
    assert [item["place"] for item in third["places"]] == ["attic", "garage"]
    assert third["retry_at"] is not None
    assert [item["place"] for item in second["places"]] == ["garage"]
    assert second["complete"]
    await assert_nothing_is_owed(cellar)


async def test_a_retry_that_does_nothing_leaves_no_receipt(
    cellar: Cellar, clock: FrozenDateTimeFactory
) -> None:
    """A place that is broken for a month would fill the vault with them."""
    cellar.attic.error = KeyError()
    await cellar.purger.async_purge(EVERYTHING)
    pauses = []
    for _ in range(12):
        before = await cellar.queue.async_next_try()
        clock.move_to(before)
        assert not await cellar.purger.async_retry()
        pauses.append(await cellar.queue.async_next_try() - before)
    assert pauses[:3] == [2 * FIRST_PAUSE, 4 * FIRST_PAUSE, 8 * FIRST_PAUSE]
    assert pauses[-1] == LONGEST_PAUSE
    assert len(await cellar.receipts()) == 1
    cellar.attic.error = None
    clock.tick(LONGEST_PAUSE)
    assert await cellar.purger.async_retry()
    assert len(await cellar.receipts()) == 2


async def test_a_retry_survives_restarts(
    cellars: list[Cellar], folder: Path, clock: FrozenDateTimeFactory
) -> None:
    """And what leads to the traces lies in no file that can be read without its key."""
    (cellar,) = cellars
    await cellar.store()
    cellar.attic.error = KeyError()
    first = await cellar.purger.async_purge(EVERYTHING)
    reborn = await cellar.restart(folder)
    cellars.append(reborn)
    files = b"".join(path.read_bytes() for path in folder.iterdir())
    for word in WORDS:
        assert word.encode() not in files
    assert await reborn.queue.async_count_owed() == 1
    assert await reborn.purger.async_retry()
    assert reborn.attic.calls == []
    clock.tick(FIRST_PAUSE)
    assert await reborn.purger.async_retry()
    assert words_of(reborn.attic.targets[0]) == WORDS
    assert reborn.garage.calls == []
    (retry, _) = [item.body for item in await reborn.receipts()]
    assert retry["completes"] == first.receipt_id
    assert retry["interruptions"] == 0
    await assert_nothing_is_owed(reborn)


async def test_a_dry_run_owes_nothing(cellar: Cellar) -> None:
    """Nothing was to be deleted."""
    cellar.attic.error = KeyError()
    with patch.object(cellar.garage, "async_find", side_effect=KeyError):
        receipt = await cellar.purger.async_purge(
            Scope(asked_by=AskedBy.USER, dry_run=True)
        )
    assert receipt.failed_places == ("garage",)
    assert receipt.retry_at is None
    await assert_nothing_is_owed(cellar)


async def test_a_retry_of_a_period_ends_where_the_period_does(
    cellar: Cellar, clock: FrozenDateTimeFactory
) -> None:
    """It must not reach further than what was asked for."""
    cellar.attic.can_delete = 0
    await cellar.purger.async_purge(
        Scope(asked_by=AskedBy.USER, end=NOW - timedelta(days=2))
    )
    clock.tick(FIRST_PAUSE)
    await cellar.purger.async_retry()
    assert cellar.attic.targets[-1].end == NOW - timedelta(days=2)


async def test_an_expiry_is_not_owed_by_the_vault(
    cellar: Cellar, clock: FrozenDateTimeFactory
) -> None:
    """What it could not delete is due again; other places are owed as ever."""
    recording_id = await cellar.store()
    cellar.attic.error = OSError()
    scope = Scope(asked_by=AskedBy.EXPIRY, recording_ids=frozenset({recording_id}))
    with patch.object(
        cellar.storage, "async_delete", side_effect=VaultUnavailable("disk_full")
    ):
        receipt = await cellar.purger.async_purge(scope)
    assert [item.failed for item in receipt.places] == ["disk_full", "file_error", None]
    (work,) = await cellar.queue.async_all()
    assert work.left == ("attic",)
    cellar.attic.error = None
    clock.tick(FIRST_PAUSE)
    assert await cellar.purger.async_retry()
    await assert_nothing_is_owed(cellar)


async def test_an_expiry_that_did_nothing_leaves_no_receipt(cellar: Cellar) -> None:
    """It is tried every minute while the disk is full."""
    cellar.attic.left = cellar.garage.left = 0
    scope = Scope(
        asked_by=AskedBy.EXPIRY, recording_ids=frozenset({await cellar.store()})
    )
    with patch.object(
        cellar.storage, "async_delete", side_effect=VaultUnavailable("disk_full")
    ):
        assert not (await cellar.purger.async_purge(scope)).is_complete
    with patch.object(
        cellar.storage, "async_find", side_effect=VaultUnavailable("disk_full")
    ):
        assert not (await cellar.purger.async_purge(scope)).is_complete
    assert await cellar.receipts() == []
    await assert_nothing_is_owed(cellar)


async def test_a_purge_that_the_vault_cannot_take_is_written_down_later(
    cellars: list[Cellar], folder: Path, clock: FrozenDateTimeFactory
) -> None:
    """On a full disk there is still the key to destroy, and other places to purge."""
    (cellar,) = cellars
    await cellar.store()
    cellar.attic.error = KeyError()
    trouble = VaultUnavailable("disk_full")
    with (
        patch.object(cellar.book, "async_begin_purge", side_effect=trouble),
        patch.object(cellar.book, "async_settle_purge", side_effect=trouble),
    ):
        first = await cellar.purger.async_purge(EVERYTHING)
        assert await cellar.queue.async_count_owed() == 1
        clock.tick(FIRST_PAUSE)
        assert not await cellar.purger.async_retry()
    assert words_of(cellar.attic.targets[-1]) == WORDS
    assert await cellar.stored() == {}
    assert await cellar.receipts() == []
    assert await cellar.purger.async_retry()
    reborn = await cellar.restart(folder)
    cellars.append(reborn)
    (stored,) = await reborn.receipts()
    assert stored.body == first.as_dict()
    clock.tick(LONGEST_PAUSE)
    assert await reborn.purger.async_retry()
    assert words_of(reborn.attic.targets[-1]) == WORDS
    await assert_nothing_is_owed(reborn)


async def test_a_purge_that_is_done_while_the_vault_is_away_only_owes_its_receipt(
    cellar: Cellar,
) -> None:
    """The words are not kept a moment longer for it."""
    trouble = VaultUnavailable("disk_full")
    with (
        patch.object(cellar.book, "async_begin_purge", side_effect=trouble),
        patch.object(cellar.book, "async_settle_purge", side_effect=trouble),
    ):
        receipt = await cellar.purger.async_purge(EVERYTHING)
    assert receipt.is_complete
    assert await cellar.queue.async_count_owed() == 0
    assert await cellar.purger.async_retry()
    assert [item.body for item in await cellar.receipts()] == [receipt.as_dict()]
    await assert_nothing_is_owed(cellar)


async def test_only_so_many_purges_wait_for_the_vault(
    cellar: Cellar, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Memory has an end; the latest ones are remembered."""
    monkeypatch.setattr(queue, "MAX_LOOSE", 2)
    trouble = VaultUnavailable("disk_full")
    cellar.attic.error = KeyError()
    with (
        patch.object(cellar.book, "async_begin_purge", side_effect=trouble),
        patch.object(cellar.book, "async_settle_purge", side_effect=trouble),
    ):
        for _ in range(3):
            await cellar.purger.async_purge(EVERYTHING)
    assert len(await cellar.queue.async_all()) == 2
    assert "Gave up purge" in caplog.text


async def test_a_purge_without_the_vault_is_planned_anew(
    cellar: Cellar, clock: FrozenDateTimeFactory
) -> None:
    """The other places were purged as far as was known; now the words are known too."""
    before = await cellar.store(age=HOUR)
    trouble = VaultUnavailable("disk_full")
    with patch.object(cellar.storage, "async_find", side_effect=trouble):
        first = await cellar.purger.async_purge(EVERYTHING)
        assert [item.failed for item in first.places] == ["disk_full"] * 3
        assert first.retry_at == NOW + FIRST_PAUSE
        assert cellar.attic.left == 0
        clock.tick(FIRST_PAUSE)
        assert not await cellar.purger.async_retry()
    later = await cellar.store(age=-HOUR)
    clock.tick(LONGEST_PAUSE)
    assert await cellar.purger.async_retry()
    assert set(await cellar.stored()) == {later}
    assert words_of(cellar.attic.targets[-1]) == WORDS
    (retry, _) = [item.body for item in await cellar.receipts()]
    assert retry["completes"] == first.receipt_id
    assert retry["places"][0]["deleted"] == 3
    assert retry["complete"]
    assert before not in await cellar.stored()
    await assert_nothing_is_owed(cellar)


async def test_a_retry_waits_for_the_vault(
    cellar: Cellar, clock: FrozenDateTimeFactory
) -> None:
    """Without its trail nobody knows what to look for."""
    cellar.attic.error = KeyError()
    await cellar.purger.async_purge(EVERYTHING)
    cellar.attic.error = None
    clock.tick(FIRST_PAUSE)
    trouble = VaultUnavailable("damaged")
    with patch.object(cellar.book, "async_read_trail", side_effect=trouble):
        assert not await cellar.purger.async_retry()
    with patch.object(cellar.book, "async_pending_purges", side_effect=trouble):
        assert await cellar.purger.async_retry()
    assert cellar.attic.left == 3
    assert await cellar.purger.async_retry()
    assert cellar.attic.left == 0


async def test_a_trail_whose_key_is_gone_is_told(
    cellars: list[Cellar], folder: Path, clock: FrozenDateTimeFactory
) -> None:
    """As with a vault that came back from a backup, where no keys are."""
    (cellar,) = cellars
    await cellar.store()
    cellar.attic.error = KeyError()
    await cellar.purger.async_purge(EVERYTHING)
    await cellar.storage.async_close()
    (folder / "keys").unlink()
    cellars.append(reborn := cellar.copy(folder))
    clock.tick(FIRST_PAUSE)
    assert await reborn.purger.async_retry()
    assert reborn.attic.left == 0
    (retry, _) = [item.body for item in await reborn.receipts()]
    assert [item["failed"] for item in retry["places"]] == ["words_unknown"]
    assert retry["retry_at"] is None
    await assert_nothing_is_owed(reborn)


async def test_a_place_that_is_no_more_is_owed_nothing(
    cellars: list[Cellar], folder: Path, clock: FrozenDateTimeFactory
) -> None:
    """A release may leave one out."""
    (cellar,) = cellars
    cellar.attic.error = KeyError()
    await cellar.purger.async_purge(EVERYTHING)
    cellars.append(reborn := await cellar.restart(folder))
    del reborn.purger._places["attic"]
    clock.tick(FIRST_PAUSE)
    assert await reborn.purger.async_retry()
    await assert_nothing_is_owed(reborn)


def full_target(count: int) -> Target:
    """Return a target with something in each field."""
    return Target(
        recordings=(),
        contents=frozenset({Content.AUDIO, Content.RESPONSE}),
        satellite_ids=frozenset({"assist_satellite.kitchen"}),
        includes_other_clients=True,
        satellite_keys=frozenset({"kitchen"}),
        start=NOW - DAY,
        end=NOW,
        is_exact=False,
        spared_runs=frozenset({"spared"}),
        trail=Trail(
            **{
                item.name: frozenset(f"{item.name} {number}" for number in range(count))
                for item in fields(Trail)
            }
        ),
    )


async def test_a_target_is_the_same_after_it_was_written_down(
    cellar: Cellar, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In one part and in many, with each of its fields."""
    await cellar.store()
    await cellar.store(report=None, engine_id=None)
    await cellar.purger.async_purge(EVERYTHING)
    target = cellar.attic.targets[0]
    assert len(target.recordings) == 2
    full = full_target(3)
    parts = []
    for part in (500, 1):
        monkeypatch.setattr(sealing, "PART", part)
        parts = parts_of(target)
        assert target_of([item.data for item in parts]) == target
        ids = [key for item in parts for key in item.recording_ids]
        assert ids == [item.recording_id for item in target.recordings]
        assert target_of([item.data for item in parts_of(full)]) == full
    assert not [
        name
        for name, value in (
            (item.name, getattr(full, item.name)) for item in fields(full)
        )
        if value in (None, frozenset()) and name != "on_progress"
    ], "a new field is to be written down too"
    assert TRANSCRIPT not in repr(parts)


def test_work_is_the_same_after_it_was_written_down() -> None:
    """Whatever a scope can say."""
    scope = Scope(
        asked_by=AskedBy.BUTTON,
        user_id="alice",
        user_name="Alice",
        asked_through="script.forget",
        satellite_keys=frozenset({"kitchen"}),
        start=NOW - DAY,
        end=NOW,
        recording_ids=frozenset({"a", "b"}),
        contents=frozenset({Content.AUDIO}),
        places=frozenset({"vault"}),
        include_held=True,
        include_ledger=True,
    )
    work = Work(
        purge_id="0" * 32,
        scope=scope,
        started=NOW,
        left=("vault", "attic"),
        held=("c",),
        trouble="disk_full",
        is_planned=False,
        receipt_id="1" * 32,
        attempts=2,
        interruptions=3,
        next_try=NOW + DAY,
    )
    assert Work.from_pending(work.as_pending()) == work
    assert work.as_pending().doomed == frozenset()
    assert scope.contents < ALL_CONTENT
