"""Remember who had a satellite recorded past us; what came of that is not ours."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    and_,
    delete,
    func,
    insert,
    select,
    true,
    type_coerce,
    update,
)

from ..policy.models import AccessKind
from .books import Access
from .search import among
from .storage import Storage
from .tables import captures, recordings

_PER_SECOND: Final = 1_000_000
"""Of the unit in which moments are stored."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Capture:
    """Somebody had Home Assistant pass on what a device hears."""

    at: datetime
    until: datetime
    """When it was over; the latest at which it can have been, as long as it goes on."""

    user_id: str | None
    satellite_key: str
    device_id: str


class Captures:
    """The captures that the vault knows of."""

    def __init__(self, storage: Storage) -> None:
        """Work on this storage."""
        self._storage: Final = storage

    async def record(self, capture: Capture) -> int:
        """Add one; return its number."""
        row = {
            "at": capture.at,
            "until": capture.until,
            "user_id": capture.user_id,
            "satellite_key": capture.satellite_key,
            "device_id": capture.device_id,
        }
        query = insert(captures).values(row).returning(captures.c.capture_id)
        return await self._storage.write(
            lambda connection: connection.execute(query).scalar_one()
        )

    async def end(self, number: int, until: datetime) -> None:
        """Note that one was over before it had to be."""
        query = (
            update(captures).where(captures.c.capture_id == number).values(until=until)
        )
        await self._storage.write(lambda connection: connection.execute(query))

    async def find(
        self,
        *,
        satellite_keys: Collection[str] | None,
        start: datetime | None,
        end: datetime | None,
        limit: int,
    ) -> list[Capture]:
        """Return the latest captures that were begun in a time; none is open."""
        conditions: list[ColumnElement[bool]] = [true()]
        if satellite_keys is not None:
            conditions.append(among(captures.c.satellite_key, satellite_keys))
        if start is not None:
            conditions.append(captures.c.at >= start)
        if end is not None:
            conditions.append(captures.c.at < end)
        query = (
            select(captures)
            .where(and_(*conditions))
            .order_by(captures.c.capture_id.desc())
            .limit(limit)
        )
        rows = await self._storage.read(
            lambda connection: connection.execute(query).all()
        )
        return [
            Capture(
                at=row.at,
                until=row.until,
                user_id=row.user_id,
                satellite_key=row.satellite_key,
                device_id=row.device_id,
            )
            for row in rows
        ]

    async def oldest(self) -> datetime | None:
        """Return of when the oldest is."""
        return await self._storage.read(
            lambda connection: connection.scalar(select(func.min(captures.c.at)))
        )

    async def delete_before(self, end: datetime) -> int:
        """Delete all older ones and return how many there were."""
        return await self._storage.write(
            lambda connection: (
                connection.execute(delete(captures).where(captures.c.at < end)).rowcount
            )
        )


def captures_of(connection: Connection, recording_ids: Collection[str]) -> list[Access]:
    """Return which captures went on while some recordings were spoken, as accesses."""
    begun = type_coerce(recordings.c.created, Integer)
    length = recordings.c.audio_seconds * _PER_SECOND
    rows = connection.execute(
        select(captures.c.at, captures.c.user_id, recordings.c.recording_id)
        .join(recordings, recordings.c.device_id == captures.c.device_id)
        .where(
            among(recordings.c.recording_id, recording_ids),
            type_coerce(captures.c.at, Integer) < begun + length,
            type_coerce(captures.c.until, Integer) > begun,
        )
    )
    return [
        Access(
            at=row.at,
            kind=AccessKind.CAPTURED,
            user_id=row.user_id,
            recording_id=row.recording_id,
        )
        for row in rows
    ]
