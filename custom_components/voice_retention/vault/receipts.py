"""Keep the receipts in a chain, so that none can be changed or lost unnoticed."""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from hashlib import sha256
import json
import secrets
from typing import Any, Final

from sqlalchemy import Connection, Row, func, insert, select, text

from .books import NewReceipt, ReceiptCheck, StoredReceipt
from .storage import Storage
from .tables import receipts

_FIRST: Final = "0" * 64
"""What the first receipt has for the digest of the one before it."""


class Receipts:
    """The receipts of the vault."""

    def __init__(self, storage: Storage) -> None:
        """Work on this storage."""
        self._storage: Final = storage

    async def add(
        self, kind: str, body: Mapping[str, Any], *, at: datetime
    ) -> StoredReceipt:
        """Append a receipt. Its body holds no content and nothing guessable."""
        receipt = NewReceipt(
            receipt_id=secrets.token_hex(16), kind=kind, body=body, at=at
        )
        return await self._storage.write(lambda connection: append(connection, receipt))

    async def page(
        self, limit: int, *, before_seq: int | None = None
    ) -> list[StoredReceipt]:
        """Return the latest receipts, or the latest before one of them."""
        query = select(receipts).order_by(receipts.c.seq.desc()).limit(limit)
        if before_seq is not None:
            query = query.where(receipts.c.seq < before_seq)
        return await self._storage.read(
            lambda connection: [_receipt_of(row) for row in connection.execute(query)]
        )

    async def of_kind(self, kind: str) -> list[StoredReceipt]:
        """Return all receipts of a kind."""
        query = select(receipts).where(receipts.c.kind == kind).order_by(receipts.c.seq)
        return await self._storage.read(
            lambda connection: [_receipt_of(row) for row in connection.execute(query)]
        )

    async def latest(self, kinds: Collection[str]) -> datetime | None:
        """Return when the latest receipt of one of these kinds was written."""
        query = select(func.max(receipts.c.at)).where(receipts.c.kind.in_(kinds))
        return await self._storage.read(lambda connection: connection.scalar(query))

    async def check(self) -> ReceiptCheck:
        """Follow the chain of all receipts from the first to the last that was written."""
        return await self._storage.read(_check)


def _canonical(value: object) -> str:
    """Return the one JSON text for a value."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _digest(row: Mapping[str, Any]) -> str:
    """Return the digest of a receipt, which covers that of the one before it."""
    at = row["at"].astimezone(UTC).isoformat()
    covered = _canonical([row["seq"], row["receipt_id"], at, row["kind"], row["body"]])
    return sha256(f"{row['previous_digest']}{covered}".encode()).hexdigest()


def _receipt_of(row: Row[Any]) -> StoredReceipt:
    """Return the receipt that a row describes."""
    columns = dict(row._mapping)
    columns["body"] = json.loads(columns["body"])
    return StoredReceipt(**columns)


def append(connection: Connection, receipt: NewReceipt) -> StoredReceipt:
    """Append a receipt to the last one."""
    last = connection.execute(
        select(receipts.c.digest).order_by(receipts.c.seq.desc()).limit(1)
    ).one_or_none()
    row = {
        "seq": _last_seq(connection) + 1,
        "receipt_id": receipt.receipt_id,
        "at": receipt.at,
        "kind": receipt.kind,
        "body": _canonical(receipt.body),
        "previous_digest": last.digest if last else _FIRST,
    }
    row["digest"] = _digest(row)
    return _receipt_of(
        connection.execute(insert(receipts).values(row).returning(receipts)).one()
    )


def _last_seq(connection: Connection) -> int:
    """Return the highest number that a receipt ever had."""
    query = text("SELECT seq FROM sqlite_sequence WHERE name = 'receipts'")
    return connection.scalar(query) or 0


def _check(connection: Connection) -> ReceiptCheck:
    """Compute every digest again."""
    previous, count = _FIRST, 0
    for row in connection.execute(select(receipts).order_by(receipts.c.seq)):
        expected = {**row._mapping, "previous_digest": previous}
        if row.seq != count + 1 or row.digest != _digest(expected):
            return ReceiptCheck(count=count, first_broken=count + 1)
        previous, count = row.digest, count + 1
    is_complete = count == _last_seq(connection)
    return ReceiptCheck(count=count, first_broken=None if is_complete else count + 1)
