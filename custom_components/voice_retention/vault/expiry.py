"""Know when stored content has to go, and change that."""

from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Integer,
    and_,
    false,
    func,
    or_,
    select,
    type_coerce,
    update,
)

from ..policy.choices import FOREVER, Rule
from ..policy.models import Content, Origin
from .columns import microseconds
from .errors import RecordingNotFoundError
from .models import Due, StoredRecording
from .reports import RescheduleResult
from .rows import recording_of
from .search import among, is_held, is_not_held
from .storage import Storage
from .tables import SIZES, contents_of, recordings

_TEXT: Final = frozenset({Content.TRANSCRIPT, Content.RESPONSE})
_AUDIO: Final = frozenset({Content.AUDIO})


_HAS_AUDIO: Final = recordings.c.audio_size.is_not(None)
_HAS_TEXT: Final = or_(
    recordings.c.transcript_size.is_not(None), recordings.c.response_size.is_not(None)
)


class Expiry:
    """When the recordings of the vault expire."""

    def __init__(self, storage: Storage) -> None:
        """Work on this storage."""
        self._storage: Final = storage

    async def due(self, now: datetime) -> list[Due]:
        """Return everything whose time is over, except what is held."""
        return await self._storage.read(lambda connection: _due(connection, now))

    async def overdue(self, now: datetime, grace: timedelta) -> int:
        """Return how many recordings should have been gone for longer than ``grace``."""
        return await self._storage.read(
            lambda connection: (
                connection.scalar(
                    select(func.count())
                    .select_from(recordings)
                    .where(_is_due(now - grace))
                )
                or 0
            )
        )

    async def next_expiry(self, now: datetime) -> datetime | None:
        """Return when something is due next, which may be a moment already past."""
        return await self._storage.read(lambda connection: _next(connection, now))

    async def hold(self, recording_id: str, until: datetime | None) -> StoredRecording:
        """Protect a recording from expiry up to a moment, or end that."""
        (recording,) = await self.hold_all([recording_id], until)
        return recording

    async def hold_all(
        self, recording_ids: Collection[str], until: datetime | None
    ) -> list[StoredRecording]:
        """Protect recordings, or end that: all of them, or none if one is not there."""
        return await self._storage.write(
            lambda connection: _hold(connection, recording_ids, until)
        )

    async def reschedule(self, rule_for: Callable[[Origin], Rule]) -> RescheduleResult:
        """Let everything stored expire as the rule for its origin now says.

        ``rule_for`` is called in another thread, once for each kind of origin and satellite.
        """
        return await self._storage.write(
            lambda connection: _reschedule(connection, rule_for)
        )


def _is_due(now: datetime) -> ColumnElement[bool]:
    """Hold for recordings with content whose time is over."""
    return and_(
        or_(recordings.c.audio_expires <= now, recordings.c.text_expires <= now),
        is_not_held(now),
    )


def _due(connection: Connection, now: datetime) -> list[Due]:
    """Return which contents of which recordings are due."""
    rows = connection.execute(
        select(
            recordings.c.recording_id,
            recordings.c.audio_expires <= now,
            recordings.c.text_expires <= now,
            *SIZES.values(),
        ).where(_is_due(now))
    )
    found: list[Due] = []
    for recording_id, is_audio_due, is_text_due, *sizes in rows:
        over = (_AUDIO if is_audio_due else frozenset()) | (
            _TEXT if is_text_due else frozenset()
        )
        found.append(Due(recording_id, over & contents_of(sizes)))
    return found


def _next(connection: Connection, now: datetime) -> datetime | None:
    """Return the earliest expiry, where that of held content is put off."""
    moments: list[datetime | None] = []
    for expires in (recordings.c.audio_expires, recordings.c.text_expires):
        moments.append(
            connection.scalar(
                # That it is there is said so that the partial index serves.
                select(func.min(expires)).where(expires.is_not(None), is_not_held(now))
            )
        )
        put_off = func.max(expires, recordings.c.held_until)
        moments.append(
            connection.scalar(
                select(func.min(put_off)).where(is_held(now), expires.is_not(None))
            )
        )
    return min((moment for moment in moments if moment is not None), default=None)


def _hold(
    connection: Connection, recording_ids: Collection[str], until: datetime | None
) -> list[StoredRecording]:
    """Set the end of the protection of recordings and return them, newest first."""
    rows = connection.execute(
        update(recordings)
        .where(among(recordings.c.recording_id, recording_ids))
        .values(held_until=until)
        .returning(*recordings.c)
    )
    held = [recording_of(row) for row in rows]
    if missing := {*recording_ids} - {item.recording_id for item in held}:
        raise RecordingNotFoundError(min(missing))
    return sorted(
        held, key=lambda item: (item.created, item.recording_id), reverse=True
    )


class _Change:
    """A new limit for one column of expiries, and which rows it changes in which way."""

    def __init__(
        self,
        column: Column[datetime],
        is_there: ColumnElement[bool],
        limit: timedelta,
    ) -> None:
        """Compare the expiries in a column with those that a limit makes."""
        self.column: Final = column
        self.new: ColumnElement[int] | None = None
        self.is_shorter: ColumnElement[bool] = false()
        self.is_longer: ColumnElement[bool] = and_(is_there, column.is_not(None))
        if limit != FOREVER:
            new = type_coerce(recordings.c.created, Integer) + microseconds(limit)
            self.new = new
            self.is_shorter = and_(is_there, or_(column.is_(None), column > new))
            self.is_longer = and_(is_there, column < new)


def _reschedule(
    connection: Connection, rule_for: Callable[[Origin], Rule]
) -> RescheduleResult:
    """Set the expiry of everything stored, origin by origin."""
    origins = connection.execute(
        select(recordings.c.origin_kind, recordings.c.origin_key).distinct()
    ).all()
    shortened = lengthened = 0
    for kind, key in origins:
        origin = Origin(kind=kind, satellite_key=key)
        rule = rule_for(origin)
        meant = and_(
            recordings.c.satellite_key == origin.holder,
            recordings.c.origin_kind == kind,
            recordings.c.origin_key.is_not_distinct_from(key),
        )
        audio = _Change(recordings.c.audio_expires, _HAS_AUDIO, rule.keep_audio)
        text = _Change(recordings.c.text_expires, _HAS_TEXT, rule.keep_transcript)
        shorter, longer = connection.execute(
            select(
                func.count().filter(or_(audio.is_shorter, text.is_shorter)),
                func.count().filter(or_(audio.is_longer, text.is_longer)),
            ).where(meant)
        ).one()
        shortened += shorter
        lengthened += longer
        for change in (audio, text) if shorter or longer else ():
            connection.execute(
                update(recordings)
                .where(meant, or_(change.is_shorter, change.is_longer))
                .values({change.column: change.new})
            )
    return RescheduleResult(shortened=shortened, lengthened=lengthened)
