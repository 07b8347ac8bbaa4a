"""Remember where content was sent, without the content."""

from collections.abc import Collection
from datetime import datetime
from typing import Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    delete,
    distinct,
    func,
    not_,
    or_,
    select,
    true,
)

from ..policy.models import Content, Locality
from .books import Heard, LedgerEntry, LedgerFilter, LedgerPage, SentToCloud
from .database import truncate_wal
from .entries import add_entries
from .rows import LEDGER_COLUMNS, ledger_entry
from .search import among
from .storage import Storage
from .tables import ledger, sent_totals


class Ledger:
    """The ledger of the vault."""

    def __init__(self, storage: Storage) -> None:
        """Work on this storage."""
        self._storage: Final = storage

    async def record(self, *entries: LedgerEntry) -> None:
        """Add entries."""
        await self._storage.write(lambda connection: add_entries(connection, entries))

    async def page(
        self, wanted: LedgerFilter, *, limit: int, before: int | None = None
    ) -> LedgerPage:
        """Return the latest entries that meet a filter, or the latest before one of them."""
        return await self._storage.read(
            lambda connection: _page(connection, wanted, limit, before)
        )

    async def last_runs(self, sent: Content = Content.AUDIO) -> dict[str, LedgerEntry]:
        """Return the latest entry about content that an engine got, by satellite key."""
        return await self._storage.read(lambda connection: _last_runs(connection, sent))

    async def sent_to_cloud_since(self, start: datetime) -> SentToCloud:
        """Return how much went to engines not proven local."""
        return await self._storage.read(
            lambda connection: _sent_to_cloud(connection, start)
        )

    async def sent_totals(self) -> dict[str, SentToCloud]:
        """Return how much ever went to engines not proven local, by satellite key.

        It never falls, also when entries are deleted.
        """
        return await self._storage.read(_sent_totals)

    async def oldest(self) -> datetime | None:
        """Return of when the oldest entry is."""
        return await self._storage.read(
            lambda connection: connection.scalar(select(func.min(ledger.c.at)))
        )

    async def last_number(self) -> int:
        """Return the number of the newest entry, or zero."""
        return await self._storage.read(
            lambda connection: (
                connection.scalar(select(func.max(ledger.c.entry_id))) or 0
            )
        )

    async def heard(
        self, run_ids: Collection[str], sent: Collection[Content]
    ) -> list[Heard]:
        """Return which engines got such content in some runs, satellite by satellite."""
        return await self._storage.read(
            lambda connection: _heard(connection, run_ids, sent)
        )

    async def count(self, wanted: LedgerFilter) -> int:
        """Count the entries that meet a filter."""
        query = select(func.count()).select_from(ledger).where(condition(wanted))
        return await self._storage.read(
            lambda connection: connection.scalar(query) or 0
        )

    async def engines_outside(self, wanted: LedgerFilter) -> set[str]:
        """Return the engines not proven local that got anything of what a filter means."""
        query = (
            select(ledger.c.engine_id)
            .where(
                condition(wanted),
                ledger.c.engine_id.is_not(None),
                ledger.c.locality.is_distinct_from(Locality.LOCAL),
            )
            .distinct()
        )
        return await self._storage.read(lambda connection: {*connection.scalars(query)})

    async def delete(self, wanted: LedgerFilter) -> int:
        """Delete the entries that meet a filter and return how many there were."""
        deleted = await self._storage.write(
            lambda connection: (
                connection.execute(delete(ledger).where(condition(wanted))).rowcount
            )
        )
        if deleted:
            # Old copies of their pages lie there; whoever reads just now may delay that.
            await self._storage.with_writer(truncate_wal)
        return deleted


def condition(wanted: LedgerFilter) -> ColumnElement[bool]:
    """Return the condition that a filter stands for."""
    table = ledger.c
    conditions: list[ColumnElement[bool]] = [
        column == value
        for column, value in (
            (table.engine_id, wanted.engine_id),
            (table.locality, wanted.locality),
        )
        if value is not None
    ]
    conditions.extend(
        among(column, values)
        for column, values in (
            (table.satellite_key, wanted.satellite_keys),
            (table.run_id, wanted.run_ids),
            (table.sent, wanted.sent),
        )
        if values is not None
    )
    if wanted.spared_runs:
        conditions.append(
            or_(table.run_id.is_(None), not_(among(table.run_id, wanted.spared_runs)))
        )
    if wanted.start is not None:
        conditions.append(table.at >= wanted.start)
    if wanted.end is not None:
        conditions.append(table.at < wanted.end)
    if wanted.up_to is not None:
        conditions.append(table.entry_id <= wanted.up_to)
    return and_(true(), *conditions)


def _page(
    connection: Connection, wanted: LedgerFilter, limit: int, before: int | None
) -> LedgerPage:
    """Return one page, and where the next one begins."""
    meets = condition(wanted)
    query = (
        select(ledger.c.entry_id, *LEDGER_COLUMNS)
        .where(meets)
        .order_by(ledger.c.entry_id.desc())
        .limit(limit + 1)
    )
    if before is not None:
        query = query.where(ledger.c.entry_id < before)
    rows = connection.execute(query).all()
    return LedgerPage(
        items=[ledger_entry(row) for row in rows[:limit]],
        total=connection.scalar(select(func.count()).select_from(ledger).where(meets))
        or 0,
        next_before=rows[limit - 1].entry_id if len(rows) > limit else None,
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


def _sent_totals(connection: Connection) -> dict[str, SentToCloud]:
    """Read the totals of every satellite."""
    return {
        row.satellite_key: SentToCloud(
            audio_bytes=row.audio_bytes, characters=row.characters
        )
        for row in connection.execute(select(sent_totals))
    }


def _sent_to_cloud(connection: Connection, start: datetime) -> SentToCloud:
    """Add up what went to the cloud."""
    audio_bytes, characters = connection.execute(
        select(func.total(ledger.c.audio_bytes), func.total(ledger.c.characters)).where(
            ledger.c.at >= start, ledger.c.locality != Locality.LOCAL
        )
    ).one()
    return SentToCloud(audio_bytes=int(audio_bytes), characters=int(characters))


def _heard(
    connection: Connection, run_ids: Collection[str], sent: Collection[Content]
) -> list[Heard]:
    """Add up what each engine got from each satellite."""
    whose = (ledger.c.engine_id, ledger.c.locality, ledger.c.satellite_key)
    rows = connection.execute(
        select(
            *whose,
            func.min(ledger.c.at).label("first"),
            func.max(ledger.c.at).label("last"),
            func.count(distinct(ledger.c.run_id)).label("sentences"),
            func.sum(ledger.c.audio_bytes).label("audio_bytes"),
            func.sum(ledger.c.audio_seconds).label("audio_seconds"),
            func.sum(ledger.c.characters).label("characters"),
        )
        .where(
            condition(LedgerFilter(run_ids=run_ids, sent=sent)),
            ledger.c.engine_id.is_not(None),
        )
        .group_by(*whose)
        .order_by(*whose)
    )
    return [Heard(**row._mapping) for row in rows]
