"""Remember who listened to or took away what was said."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, delete, func, insert, select

from .books import Access
from .captures import captures_of
from .search import among
from .storage import Storage
from .tables import accesses


class Accesses:
    """The access log of the vault; it has no content and outlives the recordings."""

    def __init__(self, storage: Storage) -> None:
        """Work on this storage."""
        self._storage: Final = storage

    async def record(self, *entries: Access) -> None:
        """Add entries."""
        rows = [
            {
                "at": entry.at,
                "kind": entry.kind,
                "user_id": entry.user_id,
                "recording_id": entry.recording_id,
            }
            for entry in entries
        ]
        if rows:
            await self._storage.write(
                lambda connection: connection.execute(insert(accesses), rows)
            )

    async def of(self, recording_ids: Collection[str]) -> dict[str, list[Access]]:
        """Return who accessed some recordings, oldest first, by recording id.

        Whoever had their satellite captured while they were spoken counts too.
        """
        query = (
            select(accesses)
            .where(among(accesses.c.recording_id, recording_ids))
            .order_by(accesses.c.access_id)
        )

        def read(connection: Connection) -> list[Access]:
            """Read both."""
            return [
                *captures_of(connection, recording_ids),
                *(
                    Access(
                        at=row.at,
                        kind=row.kind,
                        user_id=row.user_id,
                        recording_id=row.recording_id,
                    )
                    for row in connection.execute(query)
                ),
            ]

        found: defaultdict[str, list[Access]] = defaultdict(list)
        for access in sorted(
            await self._storage.read(read), key=lambda access: access.at
        ):
            found[access.recording_id].append(access)
        return dict(found)

    async def oldest(self) -> datetime | None:
        """Return of when the oldest entry is."""
        return await self._storage.read(
            lambda connection: connection.scalar(select(func.min(accesses.c.at)))
        )

    async def delete_before(self, end: datetime) -> int:
        """Delete all older entries and return how many there were."""
        return await self._storage.write(
            lambda connection: (
                connection.execute(delete(accesses).where(accesses.c.at < end)).rowcount
            )
        )
