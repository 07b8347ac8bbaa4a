"""Turn a filter into the condition of a query."""

from collections.abc import Collection
from datetime import datetime
import json
from typing import Final

from sqlalchemy import (
    ColumnElement,
    and_,
    false,
    func,
    literal,
    or_,
    select,
    true,
    tuple_,
)

from .columns import Moment
from .models import Cursor, RecordingFilter
from .tables import SIZES, recordings

NEWEST_FIRST: Final = (recordings.c.created.desc(), recordings.c.recording_id.desc())


def beyond(cursor: Cursor) -> ColumnElement[bool]:
    """Hold for recordings that come after a cursor when the newest is first."""
    return tuple_(recordings.c.created, recordings.c.recording_id) < tuple_(
        literal(cursor.created, Moment), literal(cursor.recording_id)
    )


def among(column: ColumnElement[str], values: Collection[str]) -> ColumnElement[bool]:
    """Compare a column with any number of values.

    They go in as one parameter, because SQLite limits how many a statement may have.
    """
    listed = func.json_each(json.dumps(list(values))).table_valued("value")
    return column.in_(select(listed.c.value))


def is_held(now: datetime) -> ColumnElement[bool]:
    """Hold for recordings that are protected from expiry."""
    return recordings.c.held_until > now


def is_not_held(now: datetime) -> ColumnElement[bool]:
    """Hold for recordings that nothing protects from expiry."""
    return or_(recordings.c.held_until.is_(None), recordings.c.held_until <= now)


def condition(wanted: RecordingFilter) -> ColumnElement[bool]:
    """Return the condition that a filter stands for."""
    table = recordings.c
    conditions: list[ColumnElement[bool]] = [
        column == value
        for column, value in (
            (table.engine_id, wanted.engine_id),
            (table.locality, wanted.locality),
            (table.outcome, wanted.outcome),
        )
        if value is not None
    ]
    conditions.extend(
        among(column, values)
        for column, values in (
            (table.recording_id, wanted.recording_ids),
            (table.satellite_key, wanted.satellite_keys),
            (table.device_id, wanted.device_ids),
        )
        if values is not None
    )
    if wanted.start is not None:
        conditions.append(table.created >= wanted.start)
    if wanted.end is not None:
        conditions.append(table.created < wanted.end)
    if wanted.held_at is not None:
        conditions.append(is_held(wanted.held_at))
    if wanted.not_held_at is not None:
        conditions.append(is_not_held(wanted.not_held_at))
    if wanted.up_to is not None:
        # Nearly all are, so the index of the numbers would be the wrong one to go by.
        conditions.append(table.number + 0 <= wanted.up_to)
    if wanted.contents is not None:
        conditions.append(
            or_(false(), *(SIZES[content].is_not(None) for content in wanted.contents))
        )
    return and_(true(), *conditions)
