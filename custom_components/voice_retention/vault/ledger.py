"""Remember where content was sent, without the content."""

from datetime import datetime
from typing import Final

from sqlalchemy import Connection, delete, func, insert, select

from ..policy.models import Content, Locality
from .models import LedgerEntry, SentToCloud
from .rows import LEDGER_COLUMNS, ledger_entry, ledger_row
from .storage import Storage
from .tables import ledger


class Ledger:
    """The ledger of the vault."""

    def __init__(self, storage: Storage) -> None:
        """Work on this storage."""
        self._storage: Final = storage

    async def record(self, *entries: LedgerEntry) -> None:
        """Add entries."""
        rows = [ledger_row(entry) for entry in entries]
        if rows:
            await self._storage.write(
                lambda connection: connection.execute(insert(ledger), rows)
            )

    async def last_runs(self, sent: Content = Content.AUDIO) -> dict[str, LedgerEntry]:
        """Return the latest entry about content that an engine got, by satellite key."""
        return await self._storage.read(lambda connection: _last_runs(connection, sent))

    async def sent_to_cloud_since(self, start: datetime) -> SentToCloud:
        """Return how much went to engines not proven local."""
        return await self._storage.read(
            lambda connection: _sent_to_cloud(connection, start)
        )

    async def delete_before(self, end: datetime) -> int:
        """Delete all older entries and return how many there were."""
        return await self._storage.write(
            lambda connection: (
                connection.execute(delete(ledger).where(ledger.c.at < end)).rowcount
            )
        )


def _last_runs(connection: Connection, sent: Content) -> dict[str, LedgerEntry]:
    """Return the latest entries in which an engine got this kind of content."""
    latest = (
        select(func.max(ledger.c.entry_id))
        .where(ledger.c.sent == sent, ledger.c.engine_id.is_not(None))
        .group_by(ledger.c.satellite_key)
    )
    rows = connection.execute(
        select(*LEDGER_COLUMNS).where(ledger.c.entry_id.in_(latest))
    )
    return {entry.satellite_key: entry for entry in map(ledger_entry, rows)}


def _sent_to_cloud(connection: Connection, start: datetime) -> SentToCloud:
    """Add up what went to the cloud."""
    audio_bytes, characters = connection.execute(
        select(func.total(ledger.c.audio_bytes), func.total(ledger.c.characters)).where(
            ledger.c.at >= start, ledger.c.locality != Locality.LOCAL
        )
    ).one()
    return SentToCloud(audio_bytes=int(audio_bytes), characters=int(characters))
