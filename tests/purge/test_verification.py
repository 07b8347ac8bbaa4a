"""Test that a search long after a purge finds what came back, and admits what it cannot see."""

from datetime import timedelta
from pathlib import Path
import sqlite3

from freezegun.api import FrozenDateTimeFactory
import pytest

from custom_components.voice_retention.policy.models import Content
from custom_components.voice_retention.purge.scope import AskedBy, Scope
from tests.vault.make import DAY, HOUR, NOW

from .conftest import Cellar

EVERYTHING = Scope(asked_by=AskedBy.USER)
KITCHEN = Scope(asked_by=AskedBy.USER, satellite_keys=frozenset({"kitchen"}))


@pytest.fixture(autouse=True)
def _speaker(cellar: Cellar) -> None:
    """Let one of the places tell who spoke; in the other one there are only words."""
    cellar.attic.is_named = True


async def test_what_is_gone_is_found_to_be(
    cellar: Cellar, clock: FrozenDateTimeFactory
) -> None:
    """And what was said since, or was held, is no sign of anything."""
    held = await cellar.store(age=HOUR)
    await cellar.store(age=HOUR)
    await cellar.hold(held, NOW + DAY)
    await cellar.purger.async_purge(KITCHEN)
    clock.tick(HOUR)
    await cellar.store(age=-HOUR)
    await cellar.hold(held, NOW - DAY)
    found = await cellar.verify()
    assert found.is_good
    assert found.as_dict() == {
        "good": True,
        "chain": {"intact": True, "receipts": 1, "first_broken": None},
        "receipts": 1,
        "searched": {"vault": 1, "attic": 1},
        "not_searched": {"garage": {"words_gone": 1}},
        "findings": [],
    }
    target = cellar.attic.verified[-1]
    assert target.end == NOW
    assert target.spared_runs == {"run"}
    assert not target.trail.has_texts


async def test_what_comes_back_is_found(cellar: Cellar) -> None:
    """From a backup, say; in the vault by satellite and time, elsewhere by the speaker."""
    await cellar.store(age=HOUR)
    await cellar.purger.async_purge(KITCHEN)
    await cellar.store(age=HOUR)
    await cellar.store("bedroom", age=HOUR)
    cellar.attic.left = 2
    found = await cellar.verify()
    (receipt,) = await cellar.receipts()
    assert not found.is_good
    assert [item.as_dict() for item in found.findings] == [
        {
            "receipt_id": receipt.receipt_id,
            "sequence": 1,
            "place": place,
            "left": left,
        }
        for place, left in (("vault", 3), ("attic", 2))
    ]


async def test_of_single_recordings_only_the_vault_tells(cellar: Cellar) -> None:
    """Their ids are known, and nothing that would lead anywhere else."""
    recording_id = await cellar.store()
    scope = Scope(
        asked_by=AskedBy.EXPIRY,
        recording_ids=frozenset({recording_id}),
        contents=frozenset({Content.AUDIO}),
    )
    await cellar.purger.async_purge(scope)
    found = await cellar.verify()
    assert found.is_good
    assert found.searched == {"vault": 1}
    assert found.not_searched == {
        "attic": {"words_gone": 1},
        "garage": {"words_gone": 1},
    }


async def test_a_place_that_failed_is_not_blamed_again(
    cellar: Cellar, clock: FrozenDateTimeFactory
) -> None:
    """Its receipt said so; the one that completes it is verified instead."""
    cellar.attic.can_delete = 0
    await cellar.purger.async_purge(EVERYTHING)
    found = await cellar.verify()
    assert found.is_good
    assert found.not_searched["attic"] == {"not_done": 1}
    cellar.attic.can_delete = 3
    clock.tick(timedelta(minutes=1))
    await cellar.purger.async_retry()
    found = await cellar.verify()
    assert found.is_good
    assert found.searched == {"vault": 1, "attic": 1}


async def test_a_place_that_cannot_be_searched_is_named(
    cellar: Cellar, caplog: pytest.LogCaptureFixture
) -> None:
    """Also one that this release does not know any more."""
    await cellar.purger.async_purge(EVERYTHING)
    cellar.attic.error = KeyError("secret")
    del cellar.verifier._places["garage"]
    found = await cellar.verify()
    assert found.not_searched == {
        "attic": {"internal_error": 1},
        "garage": {"place_unknown": 1},
    }
    assert "secret" not in caplog.text


async def test_a_receipt_that_was_changed_or_lost_is_found(
    cellar: Cellar, folder: Path
) -> None:
    """Whoever has something to hide begins there."""
    for _ in range(3):
        await cellar.purger.async_purge(EVERYTHING)
    assert (await cellar.verify()).chain.first_broken is None
    for statement in (
        "UPDATE receipts SET body = replace(body, 'true', 'false') WHERE seq = 2",
        "DELETE FROM receipts WHERE seq = 2",
    ):
        with sqlite3.connect(folder / "vault.db") as connection:
            connection.execute(statement)
        connection.close()
        found = await cellar.verify()
        assert not found.is_good
        assert found.as_dict()["chain"]["first_broken"] == 2


async def test_the_ledger_and_other_receipts_are_nothing_to_search_for(
    cellar: Cellar,
) -> None:
    """They hold no voice data."""
    async with cellar.storage.async_use() as vault:
        await vault.receipts.add("settings", {"shortened": 1}, at=NOW)
    found = await cellar.verify()
    assert found.receipts == 0
    assert found.chain.count == 1
