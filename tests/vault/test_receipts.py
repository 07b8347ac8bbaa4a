"""Test that receipts are kept, all of them, as they were."""

from datetime import timedelta, timezone
from pathlib import Path
import sqlite3
from typing import Any

import pytest

from custom_components.voice_retention.vault import ReceiptCheck, Vault, receipts

from .make import HOUR, NOW

BODY: dict[str, Any] = {
    "places": [{"place": "vault", "found": 3, "deleted": 3, "verified": True}],
    "by": "Zoë",
    "seconds": 0.1,
}


async def add(vault: Vault, count: int) -> None:
    """Add some receipts."""
    for number in range(1, count + 1):
        await vault.receipts.add("purge", BODY | {"number": number}, at=NOW)


def change(folder: Path, statement: str, *values: str) -> None:
    """Change the database behind the vault's back."""
    connection = sqlite3.connect(folder / "vault.db")
    with connection:
        connection.execute(statement, values)
    connection.close()


async def test_a_receipt_comes_back_as_it_was_added(vault: Vault) -> None:
    """It is the proof that something was deleted."""
    local = NOW.astimezone(timezone(timedelta(hours=5)))
    added = await vault.receipts.add("expiry", BODY, at=local)
    assert (added.seq, added.kind, added.at, added.body) == (1, "expiry", NOW, BODY)
    assert await vault.receipts.page(10) == [added]


async def test_receipts_are_paged_newest_first(vault: Vault) -> None:
    """There may be years of them."""
    await add(vault, 5)
    assert [item.seq for item in await vault.receipts.page(2)] == [5, 4]
    assert [item.seq for item in await vault.receipts.page(3, before_seq=4)] == [
        3,
        2,
        1,
    ]
    assert await vault.receipts.page(3, before_seq=1) == []


async def test_the_latest_of_some_kinds_is_known(vault: Vault) -> None:
    """It is shown as the last purge, or the last sweep."""
    for kind, number in (("purge", 1), ("expiry", 2), ("opened", 3)):
        await vault.receipts.add(kind, BODY, at=NOW + number * HOUR)
    assert await vault.receipts.latest(["purge", "expiry"]) == NOW + 2 * HOUR
    assert await vault.receipts.latest(["no such"]) is None
    assert await vault.receipts.latest([]) is None


async def test_every_receipt_names_the_one_before_it(vault: Vault) -> None:
    """That makes them a chain."""
    await add(vault, 3)
    third, second, first = await vault.receipts.page(3)
    assert third.previous_digest == second.digest
    assert second.previous_digest == first.digest
    assert first.previous_digest == "0" * 64
    assert len({item.receipt_id for item in (first, second, third)}) == 3


async def test_an_untouched_chain_is_whole(vault: Vault) -> None:
    """Also when it has no link yet, and after reopening."""
    whole = ReceiptCheck(count=0, first_broken=None)
    assert await vault.receipts.check() == whole
    await add(vault, 4)
    assert await vault.receipts.check() == ReceiptCheck(count=4, first_broken=None)


@pytest.mark.parametrize(
    ("statement", "first_broken"),
    [
        ("UPDATE receipts SET body = '{}' WHERE seq = 2", 2),
        ("UPDATE receipts SET body = 'nonsense' WHERE seq = 2", 2),
        ("UPDATE receipts SET kind = 'expiry' WHERE seq = 1", 1),
        ("UPDATE receipts SET at = at + 1 WHERE seq = 3", 3),
        ("UPDATE receipts SET receipt_id = 'other' WHERE seq = 3", 3),
        ("UPDATE receipts SET digest = previous_digest WHERE seq = 3", 3),
        ("DELETE FROM receipts WHERE seq = 1", 1),
        ("DELETE FROM receipts WHERE seq = 2", 2),
        ("DELETE FROM receipts WHERE seq = 3", 3),
        ("DELETE FROM receipts", 1),
    ],
)
async def test_a_changed_or_missing_receipt_is_noticed(
    vault: Vault, folder: Path, statement: str, first_broken: int
) -> None:
    """Otherwise a purge could be made to look as if it had never been."""
    await add(vault, 3)
    change(folder, statement)
    assert (await vault.receipts.check()).first_broken == first_broken


async def test_a_receipt_cannot_be_replaced_by_another_sound_one(
    vault: Vault, folder: Path
) -> None:
    """Its own digest can be made to fit, but then that of the next does not."""
    await add(vault, 3)
    [second] = await vault.receipts.page(1, before_seq=3)
    forged = {
        "seq": 2,
        "receipt_id": second.receipt_id,
        "at": second.at,
        "kind": second.kind,
        "body": "{}",
        "previous_digest": second.previous_digest,
    }
    digest = receipts._digest(forged)
    change(folder, "UPDATE receipts SET body = '{}', digest = ? WHERE seq = 2", digest)
    assert await vault.receipts.check() == ReceiptCheck(count=2, first_broken=3)


async def test_a_broken_chain_goes_on(vault: Vault, folder: Path) -> None:
    """New receipts are needed all the same, and the break stays visible."""
    await add(vault, 3)
    change(folder, "DELETE FROM receipts WHERE seq = 3")
    await add(vault, 1)
    assert (await vault.receipts.page(1))[0].seq == 4
    assert (await vault.receipts.check()).first_broken == 3
