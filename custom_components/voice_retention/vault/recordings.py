"""Store recordings, find them and read their content."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, func, select

from ..policy.expiry import StoredSize
from ..policy.models import Content, Utterance
from .books import LedgerEntry
from .cipher import plain_length
from .content import read_content, read_texts, store_all
from .models import (
    Cursor,
    Page,
    RecordingFilter,
    RecordingText,
    StoredRecording,
    Totals,
)
from .rows import recording_of
from .search import NEWEST_FIRST, beyond, condition
from .storage import Storage
from .tables import recordings

_SIZE: Final = (
    func.coalesce(recordings.c.audio_size, 0)
    + func.coalesce(recordings.c.transcript_size, 0)
    + func.coalesce(recordings.c.response_size, 0)
)


class Recordings:
    """The recordings of the vault."""

    def __init__(self, storage: Storage) -> None:
        """Work on this storage."""
        self._storage: Final = storage
        self._keyring: Final = storage.keyring

    async def store(
        self, utterances: Sequence[Utterance], runs: Sequence[LedgerEntry] = ()
    ) -> None:
        """Store what is to be kept of some utterances, and where they went.

        All of it is stored or, on failure, nothing.
        """
        await self._storage.with_writer(
            lambda engine: store_all(engine, self._keyring, utterances, runs)
        )

    async def find(self, wanted: RecordingFilter) -> list[StoredRecording]:
        """Return all recordings that meet a filter, newest first."""
        return await self._storage.read(lambda connection: _find(connection, wanted))

    async def page(
        self, wanted: RecordingFilter, *, limit: int, cursor: Cursor | None = None
    ) -> Page:
        """Return the first recordings from a cursor on that meet a filter, newest first."""
        return await self._storage.read(
            lambda connection: _page(connection, wanted, limit, cursor)
        )

    async def read_text(
        self, recording_ids: Collection[str]
    ) -> dict[str, RecordingText]:
        """Return transcript and response of those recordings that have any."""
        return await self._storage.read(
            lambda connection: read_texts(connection, self._keyring, recording_ids)
        )

    async def read_audio(self, recording_id: str) -> bytes:
        """Return the audio as it was sent to the engine."""
        return await self._storage.read(
            lambda connection: read_content(
                connection, self._keyring, recording_id, Content.AUDIO
            )
        )

    async def read_audio_range(
        self, recording_id: str, start: int, length: int
    ) -> bytes:
        """Return part of the audio; what lies beyond its end is left out."""
        return await self._storage.read(
            lambda connection: read_content(
                connection, self._keyring, recording_id, Content.AUDIO, (start, length)
            )
        )

    async def audio_length(self, recording_id: str) -> int:
        """Return how many bytes of audio are there of a recording; zero if none is."""
        query = select(recordings.c.audio_size).where(
            recordings.c.recording_id == recording_id
        )
        sealed = await self._storage.read(lambda connection: connection.scalar(query))
        return 0 if sealed is None else plain_length(sealed)

    async def totals(self) -> Totals:
        """Return how much is stored."""
        return await self._storage.read(
            lambda connection: _totals(connection, self._storage.files.size())
        )

    async def sizes(self, now: datetime) -> list[StoredSize]:
        """Return what the size cap needs to know of every recording."""
        return await self._storage.read(lambda connection: _sizes(connection, now))


def _find(connection: Connection, wanted: RecordingFilter) -> list[StoredRecording]:
    """Return all recordings that meet a filter."""
    rows = connection.execute(
        select(recordings).where(condition(wanted)).order_by(*NEWEST_FIRST)
    )
    return [recording_of(row) for row in rows]


def _page(
    connection: Connection, wanted: RecordingFilter, limit: int, cursor: Cursor | None
) -> Page:
    """Return one page, and where the next one begins."""
    meets = condition(wanted)
    query = select(recordings).where(meets).order_by(*NEWEST_FIRST).limit(limit + 1)
    if cursor is not None:
        query = query.where(beyond(cursor))
    found = [recording_of(row) for row in connection.execute(query)]
    items = found[:limit]
    return Page(
        items=items,
        total=connection.scalar(
            select(func.count()).select_from(recordings).where(meets)
        )
        or 0,
        next_cursor=Cursor(items[-1].created, items[-1].recording_id)
        if len(found) > limit
        else None,
    )


def _totals(connection: Connection, file_size: int) -> Totals:
    """Add everything up, satellite by satellite."""
    rows = connection.execute(
        select(
            recordings.c.satellite_key,
            func.count(),
            func.sum(_SIZE),
            func.min(recordings.c.created),
        ).group_by(recordings.c.satellite_key)
    ).all()
    return Totals(
        count=sum(count for _, count, _, _ in rows),
        size=file_size,
        content_size=sum(size for _, _, size, _ in rows),
        oldest=min((oldest for _, _, _, oldest in rows), default=None),
        by_satellite={key: count for key, count, _, _ in rows},
    )


def _sizes(connection: Connection, now: datetime) -> list[StoredSize]:
    """Return the size of every recording."""
    rows = connection.execute(
        select(
            recordings.c.recording_id,
            recordings.c.created,
            _SIZE,
            recordings.c.held_until,
        )
    )
    return [
        StoredSize(
            recording_id=recording_id,
            created=created,
            size=size,
            is_held=held_until is not None and held_until > now,
        )
        for recording_id, created, size, held_until in rows
    ]
