"""Look through the recordings as somebody does who scrolls, chooses and searches."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
import math
from typing import Final

from sqlalchemy import Connection, Integer, Select, func, select, type_coerce

from .columns import microseconds
from .content import read_texts
from .keyring import Keyring
from .models import Cursor, RecordingFilter, RecordingText, StoredRecording
from .rows import recording_of
from .search import NEWEST_FIRST, beyond, condition
from .storage import Storage
from .tables import recordings

_SLICE_SECONDS: Final = 900
"""Every time zone is a quarter of an hour, or some, away from UTC, so each lies in one day anywhere."""

type Matches = Callable[[RecordingText], bool]


@dataclass(frozen=True, kw_only=True, slots=True)
class Shelf:
    """What there is to choose from."""

    satellite_keys: frozenset[str]
    engine_ids: frozenset[str]
    days: dict[date, int]
    """How many recordings there are of each day, the latest day first."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Hits:
    """What was found among some recordings."""

    items: list[tuple[StoredRecording, RecordingText]]
    scanned: int
    next_cursor: Cursor | None
    """Where to go on; none at the end."""


class Browsing:
    """The recordings of the vault, for people."""

    def __init__(self, storage: Storage) -> None:
        """Work on this storage."""
        self._storage: Final = storage
        self._keyring: Final = storage.keyring

    async def newest(self) -> int:
        """Return the number of what was stored last, or zero."""
        query = select(func.max(recordings.c.number))
        return await self._storage.read(
            lambda connection: connection.scalar(query) or 0
        )

    async def slice(
        self, wanted: RecordingFilter, *, offset: int, limit: int
    ) -> list[StoredRecording]:
        """Return the recordings from an offset on that meet a filter, newest first."""
        return await self._storage.read(
            lambda connection: _slice(connection, wanted, offset, limit)
        )

    async def count(self, wanted: RecordingFilter) -> int:
        """Count the recordings that meet a filter."""
        query = select(func.count()).select_from(recordings).where(condition(wanted))
        return await self._storage.read(
            lambda connection: connection.scalar(query) or 0
        )

    async def ids(self, wanted: RecordingFilter) -> frozenset[str]:
        """Return which recordings meet a filter."""
        query = select(recordings.c.recording_id).where(condition(wanted))
        return await self._storage.read(
            lambda connection: frozenset(connection.scalars(query))
        )

    async def shelf(self, zone: tzinfo) -> Shelf:
        """Return what there is to choose from, by the days of a time zone."""
        return await self._storage.read(lambda connection: _shelf(connection, zone))

    async def search(
        self,
        wanted: RecordingFilter,
        matches: Matches,
        *,
        limit: int,
        cursor: Cursor | None = None,
    ) -> Hits:
        """Look at the words of some recordings from a cursor on, newest first.

        It happens beside all other reading, which would wait for it otherwise.
        """
        return await self._storage.read_aside(
            lambda connection: _search(
                connection, self._keyring, _next(wanted, limit, cursor), matches
            )
        )


def _slice(
    connection: Connection, wanted: RecordingFilter, offset: int, limit: int
) -> list[StoredRecording]:
    """Walk an index to the offset, and only then read rows."""
    query = select(recordings.c.number).where(condition(wanted))
    numbers = connection.scalars(
        query.order_by(*NEWEST_FIRST).offset(offset).limit(limit)
    )
    return _recordings(connection, numbers.all())


def _recordings(
    connection: Connection, numbers: Collection[int]
) -> list[StoredRecording]:
    """Return the recordings of some numbers, newest first."""
    query = select(recordings).where(recordings.c.number.in_(numbers))
    return [
        recording_of(row) for row in connection.execute(query.order_by(*NEWEST_FIRST))
    ]


def _shelf(connection: Connection, zone: tzinfo) -> Shelf:
    """Return what there is to choose from."""
    satellites = select(recordings.c.satellite_key).distinct()
    engines = select(recordings.c.engine_id).distinct()
    created = type_coerce(recordings.c.created, Integer)
    part = (created // microseconds(timedelta(seconds=_SLICE_SECONDS))).label("part")
    slices = select(part, func.count()).group_by(part).order_by(part.desc())
    rows = connection.execute(slices)
    return Shelf(
        satellite_keys=frozenset(connection.scalars(satellites)),
        engine_ids=frozenset(
            engine_id for engine_id in connection.scalars(engines) if engine_id
        ),
        days=_days(((number * _SLICE_SECONDS, count) for number, count in rows), zone),
    )


def _days(slices: Iterable[tuple[int, int]], zone: tzinfo) -> dict[date, int]:
    """Add up by days what is counted from the latest moment back."""
    days: Counter[date] = Counter()
    day, begins = date.max, math.inf
    for seconds, count in slices:
        # Asked once a day: a year has tens of thousands of slices.
        if seconds < begins:
            day = datetime.fromtimestamp(seconds, zone).date()
            begins = datetime.combine(day, time.min, zone).timestamp()
        days[day] += count
    return dict(days)


def _next(
    wanted: RecordingFilter, limit: int, cursor: Cursor | None
) -> Select[tuple[int, datetime, str]]:
    """Return the query for the next recordings from a cursor on."""
    table = recordings.c
    query = select(table.number, table.created, table.recording_id)
    query = query.where(condition(wanted)).order_by(*NEWEST_FIRST).limit(limit)
    return query if cursor is None else query.where(beyond(cursor))


def _search(
    connection: Connection,
    keyring: Keyring,
    query: Select[tuple[int, datetime, str]],
    matches: Matches,
) -> Hits:
    """Open the words of some recordings, and keep those of the hits."""
    some = connection.execute(query).all()
    texts = read_texts(connection, keyring, [row.recording_id for row in some])
    numbers = [
        row.number
        for row in some
        if row.recording_id in texts and matches(texts[row.recording_id])
    ]
    return Hits(
        items=[
            (item, texts[item.recording_id])
            for item in _recordings(connection, numbers)
        ],
        scanned=len(some),
        next_cursor=Cursor(some[-1].created, some[-1].recording_id) if some else None,
    )
