"""Keep purges that are begun until they are done, so that none is forgotten.

What leads to the traces of a purge tells what was said. It is sealed under a key of its own,
which is destroyed when the purge is done everywhere. The order is what makes each moment a
safe one to be killed at: key and trail, then the purge itself; later the receipt together
with the end of the purge, then the key.
"""

from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from itertools import batched
import json
from typing import Any, Final

from sqlalchemy import Connection, Engine, Row, delete, insert, select, update

from ..policy.models import Content
from .books import NewReceipt, PendingPurge, TrailPart
from .cipher import TrailCipher, new_key
from .deletion import remove_rows
from .errors import VaultUnavailableError
from .keyring import Keyring
from .receipts import append
from .storage import Storage
from .tables import pending, trails

_TRAIL: Final = Content.TRANSCRIPT
"""Whose place in the keyring the key of a trail takes: words are what a trail is about."""

_BATCH: Final = 500


class PendingPurges:
    """The purges of the vault that are not done everywhere."""

    def __init__(self, storage: Storage) -> None:
        """Work on this storage."""
        self._storage: Final = storage
        self._keyring: Final = storage.keyring

    async def begin(self, purge: PendingPurge, parts: Sequence[TrailPart]) -> None:
        """Write down a purge before anything of it is deleted: all of it or nothing.

        From then on opening the vault deletes the doomed contents of its recordings.
        """
        key = new_key()
        cipher = TrailCipher(purge_id=purge.purge_id, key=key)
        # There may be so many that it takes a while.
        *others, last = await self._storage.with_writer(
            lambda _: [
                {
                    "purge_id": purge.purge_id,
                    "number": number,
                    "recording_ids": json.dumps(part.recording_ids),
                    "sealed": cipher.encrypt(number, part.data),
                }
                for number, part in enumerate(parts)
            ]
        )
        try:
            await self._storage.with_writer(
                lambda _: self._keyring.add({purge.purge_id: {_TRAIL: key}})
            )
            for part in others:
                await self._storage.write(partial(_insert_part, part=part))
            await self._storage.write(partial(_insert, part=last, purge=purge))
        except VaultUnavailableError:
            # Whatever is left over, opening the vault removes it.
            with suppress(VaultUnavailableError):
                await self._storage.with_writer(
                    lambda _: self._keyring.destroy([purge.purge_id], {_TRAIL})
                )
            raise

    async def all(self) -> list[PendingPurge]:
        """Return all purges, the oldest first."""
        query = select(pending).order_by(pending.c.started, pending.c.purge_id)
        return await self._storage.read(
            lambda connection: [_purge_of(row) for row in connection.execute(query)]
        )

    async def read_trail(self, purge_id: str) -> list[bytes | None]:
        """Return the parts of a trail; none for each that cannot be opened (any more)."""
        return await self._storage.read(
            lambda connection: _read_trail(connection, self._keyring, purge_id)
        )

    async def settle(
        self, purge: PendingPurge, receipts: Sequence[NewReceipt], *, is_done: bool
    ) -> None:
        """Store how far a purge is, or that it is done, and its receipts, or nothing."""

        def settle(engine: Engine) -> None:
            with engine.begin() as connection:
                _settle(connection, purge, receipts, is_done=is_done)
            if is_done:
                # A disk that fails here is told so again at the next write or opening.
                with suppress(OSError):
                    self._keyring.destroy([purge.purge_id], {_TRAIL})

        await self._storage.with_writer(settle)


def finish_deletions(engine: Engine, keyring: Keyring) -> None:
    """Delete what purges had begun to delete: first every key, then the rows."""
    with engine.begin() as connection:
        known = select(pending.c.purge_id)
        connection.execute(delete(trails).where(trails.c.purge_id.not_in(known)))
        rows = connection.execute(
            select(pending.c.doomed, trails.c.recording_ids)
            .join(trails, trails.c.purge_id == pending.c.purge_id)
            .where(pending.c.doomed != _doomed(frozenset()))
        )
        doomed: defaultdict[frozenset[Content], list[str]] = defaultdict(list)
        for which, ids in rows:
            doomed[_contents(which)] += json.loads(ids)
    for which, recording_ids in doomed.items():
        keyring.destroy(recording_ids, which)
    for which, recording_ids in doomed.items():
        for batch in batched(recording_ids, _BATCH, strict=False):
            with engine.begin() as connection:
                remove_rows(connection, batch, which)


def trail_keys(engine: Engine) -> dict[str, frozenset[Content]]:
    """Return which keys the trails need, by purge."""
    query = select(pending.c.purge_id)
    with engine.begin() as connection:
        # As with recordings: an index may be damaged.
        purge_ids = connection.scalars(
            query.with_hint(pending, "NOT INDEXED", "sqlite")
        )
        return dict.fromkeys(purge_ids, frozenset({_TRAIL}))


def _insert_part(connection: Connection, part: dict[str, Any]) -> None:
    """Write down a part of a trail."""
    connection.execute(insert(trails).values(part))


def _insert(connection: Connection, part: dict[str, Any], purge: PendingPurge) -> None:
    """Write down the last part of a trail, and with it the purge."""
    _insert_part(connection, part)
    connection.execute(
        insert(pending).values(
            purge_id=purge.purge_id,
            started=purge.started,
            scope=json.dumps(purge.scope),
            **_changing(purge),
        )
    )


def _settle(
    connection: Connection,
    purge: PendingPurge,
    receipts: Sequence[NewReceipt],
    *,
    is_done: bool,
) -> None:
    """Add receipts, and change or end a purge."""
    for receipt in receipts:
        append(connection, receipt)
    if not is_done:
        connection.execute(
            update(pending)
            .where(pending.c.purge_id == purge.purge_id)
            .values(_changing(purge))
        )
        return
    for table in (pending, trails):
        connection.execute(delete(table).where(table.c.purge_id == purge.purge_id))


def _changing(purge: PendingPurge) -> dict[str, Any]:
    """Return the columns that change while a purge is pending."""
    return {
        "doomed": _doomed(purge.doomed),
        "state": json.dumps(purge.state),
        "attempts": purge.attempts,
        "interruptions": purge.interruptions,
        "next_try": purge.next_try,
    }


def _read_trail(
    connection: Connection, keyring: Keyring, purge_id: str
) -> list[bytes | None]:
    """Open the parts of a trail."""
    query = select(trails.c.number, trails.c.sealed).order_by(trails.c.number)
    rows = connection.execute(query.where(trails.c.purge_id == purge_id))
    key = keyring.key(purge_id, _TRAIL)
    cipher = None if key is None else TrailCipher(purge_id=purge_id, key=key)
    return [
        None if cipher is None else cipher.decrypt(number, sealed)
        for number, sealed in rows
    ]


def _purge_of(row: Row[Any]) -> PendingPurge:
    """Return the purge that a row describes."""
    columns = dict(row._mapping)
    return PendingPurge(
        scope=json.loads(columns.pop("scope")),
        doomed=_contents(columns.pop("doomed")),
        state=json.loads(columns.pop("state")),
        **columns,
    )


def _doomed(which: frozenset[Content]) -> str:
    """Return contents as text."""
    return ",".join(sorted(which))


def _contents(text: str) -> frozenset[Content]:
    """Return the contents that a text names."""
    return frozenset(Content(part) for part in text.split(",") if part)
