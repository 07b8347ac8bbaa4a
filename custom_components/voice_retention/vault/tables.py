"""Define what is stored and how it is written into columns."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Final, override

from sqlalchemy import (
    REAL,
    Column,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
)
from sqlalchemy.types import TypeDecorator

from ..policy.models import (
    AccessKind,
    Content,
    Locality,
    OriginKind,
    Outcome,
    Reason,
    Route,
)
from .errors import UnavailableReason, VaultUnavailableError

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


def microseconds(duration: timedelta) -> int:
    """Return a duration in the unit in which moments are stored."""
    return duration // _MICROSECOND


class Moment(TypeDecorator[datetime]):
    """An aware moment, stored as microseconds since 1970 in UTC."""

    impl = Integer
    cache_ok = True

    @override
    def process_bind_param(
        self, value: datetime | None, dialect: Dialect
    ) -> int | None:
        """Return the number to store."""
        return None if value is None else microseconds(value - _EPOCH)

    @override
    def process_result_value(
        self, value: Any | None, dialect: Dialect
    ) -> datetime | None:
        """Return the moment that was stored."""
        try:
            return None if value is None else _EPOCH + value * _MICROSECOND
        except (TypeError, OverflowError) as err:
            raise VaultUnavailableError(UnavailableReason.DAMAGED) from err


class Flag(TypeDecorator[bool]):
    """A truth value, stored as zero or one."""

    impl = Integer
    cache_ok = True

    @override
    def process_bind_param(self, value: bool | None, dialect: Dialect) -> int:
        """Return the number to store."""
        return int(bool(value))

    @override
    def process_result_value(self, value: Any | None, dialect: Dialect) -> bool:
        """Return the truth value that was stored."""
        return bool(value)


class Choice[E: StrEnum](TypeDecorator[E]):
    """A member of an enum, stored as its value."""

    impl = Text
    cache_ok = True

    def __init__(self, members: type[E]) -> None:
        """Remember the enum."""
        super().__init__()
        self.members = members

    @override
    def process_bind_param(self, value: E | None, dialect: Dialect) -> str | None:
        """Return the text to store."""
        return None if value is None else value.value

    @override
    def process_result_value(self, value: Any | None, dialect: Dialect) -> E | None:
        """Return the member that was stored."""
        return None if value is None else _member(self.members, value)


class Reasons(TypeDecorator[tuple[Reason, ...]]):
    """Reasons in their order, stored with commas between them."""

    impl = Text
    cache_ok = True

    @override
    def process_bind_param(
        self, value: tuple[Reason, ...] | None, dialect: Dialect
    ) -> str:
        """Return the text to store."""
        return ",".join(value or ())

    @override
    def process_result_value(
        self, value: Any | None, dialect: Dialect
    ) -> tuple[Reason, ...]:
        """Return the reasons that were stored."""
        return tuple(_member(Reason, part) for part in (value or "").split(",") if part)


def _member[E: StrEnum](members: type[E], value: str) -> E:
    """Return the member that a stored text stands for."""
    try:
        return members(value)
    except ValueError as err:
        raise VaultUnavailableError(UnavailableReason.DAMAGED) from err


metadata = MetaData()

recordings = Table(
    "recordings",
    metadata,
    # In the order in which they were stored. What somebody looks at ends at one of them.
    Column("number", Integer, primary_key=True),
    Column("recording_id", Text, nullable=False, unique=True),
    Column("created", Moment, nullable=False),
    # Whose recording it is; the origin's own key differs from it when it is only a claim.
    Column("satellite_key", Text, nullable=False),
    Column("origin_kind", Choice(OriginKind), nullable=False),
    Column("origin_key", Text),
    Column("satellite_id", Text),
    Column("device_id", Text),
    Column("pipeline_id", Text),
    Column("run_id", Text),
    Column("conversation_id", Text),
    Column("pipeline_engine_id", Text, nullable=False),
    Column("engine_id", Text),
    Column("locality", Choice(Locality)),
    Column("route", Choice(Route), nullable=False),
    Column("reasons", Reasons, nullable=False),
    Column("language", Text, nullable=False),
    Column("audio_format", Text, nullable=False),
    Column("audio_codec", Text, nullable=False),
    Column("audio_bit_rate", Integer, nullable=False),
    Column("audio_sample_rate", Integer, nullable=False),
    Column("audio_channels", Integer, nullable=False),
    Column("audio_seconds", REAL, nullable=False),
    Column("audio_bytes", Integer, nullable=False),
    Column("is_truncated", Flag, nullable=False),
    Column("outcome", Choice(Outcome), nullable=False),
    # Empty once the content is gone: only what is still there can expire.
    Column("audio_expires", Moment),
    Column("text_expires", Moment),
    Column("held_until", Moment),
    # Stored bytes of each content; empty when it is not kept (any more).
    Column("audio_size", Integer),
    Column("transcript_size", Integer),
    Column("response_size", Integer),
    # A number is never given twice: that of a deleted recording would let a new one in.
    sqlite_autoincrement=True,
    sqlite_strict=True,
)

SIZES: Final = {
    Content.AUDIO: recordings.c.audio_size,
    Content.TRANSCRIPT: recordings.c.transcript_size,
    Content.RESPONSE: recordings.c.response_size,
}
"""The column that tells whether, and how large, a content is there."""


def contents_of(sizes: Iterable[int | None]) -> frozenset[Content]:
    """Return the contents that are there, given the values of ``SIZES`` in a row."""
    return frozenset(
        content for content, size in zip(SIZES, sizes, strict=True) if size is not None
    )


Index("recordings_by_created", recordings.c.created, recordings.c.recording_id)
Index(
    "recordings_by_satellite",
    recordings.c.satellite_key,
    recordings.c.created,
    recordings.c.recording_id,
    # For the totals, which are asked for after every sentence.
    recordings.c.audio_size,
    recordings.c.transcript_size,
    recordings.c.response_size,
)
for _column in (
    recordings.c.audio_expires,
    recordings.c.text_expires,
    recordings.c.held_until,
):
    Index(f"recordings_by_{_column.name}", _column, sqlite_where=_column.is_not(None))

contents = Table(
    "contents",
    metadata,
    Column(
        "recording_id",
        Text,
        ForeignKey(recordings.c.recording_id, ondelete="CASCADE"),
        primary_key=True,
    ),
    Column("content", Choice(Content), primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
    sqlite_strict=True,
)

ledger = Table(
    "ledger",
    metadata,
    Column("entry_id", Integer, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("sent", Choice(Content), nullable=False),
    Column("satellite_key", Text, nullable=False),
    Column("satellite_id", Text),
    Column("device_id", Text),
    Column("run_id", Text),
    Column("engine_id", Text),
    Column("locality", Choice(Locality)),
    Column("evidence", Text, nullable=False),
    Column("route", Choice(Route), nullable=False),
    Column("reasons", Reasons, nullable=False),
    Column("audio_bytes", Integer, nullable=False),
    Column("audio_seconds", REAL, nullable=False),
    Column("characters", Integer, nullable=False),
    sqlite_autoincrement=True,
    sqlite_strict=True,
)
Index("ledger_by_at", ledger.c.at)
Index("ledger_by_run", ledger.c.run_id)
Index(
    "ledger_by_satellite",
    ledger.c.sent,
    ledger.c.satellite_key,
    ledger.c.entry_id,
    sqlite_where=ledger.c.engine_id.is_not(None),
)

sent_totals = Table(
    "sent_totals",
    metadata,
    Column("satellite_key", Text, primary_key=True),
    # Of all that ever went to engines not proven local, whatever became of the entries.
    Column("audio_bytes", Integer, nullable=False),
    Column("characters", Integer, nullable=False),
    sqlite_strict=True,
)

accesses = Table(
    "accesses",
    metadata,
    Column("access_id", Integer, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("kind", Choice(AccessKind), nullable=False),
    Column("user_id", Text),
    Column("recording_id", Text, nullable=False),
    sqlite_strict=True,
)
Index("accesses_by_at", accesses.c.at)
Index("accesses_by_recording", accesses.c.recording_id)

receipts = Table(
    "receipts",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("receipt_id", Text, nullable=False, unique=True),
    Column("at", Moment, nullable=False),
    Column("kind", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("previous_digest", Text, nullable=False),
    Column("digest", Text, nullable=False),
    # A number is never given twice, so a receipt cut off at the end is missed.
    sqlite_autoincrement=True,
    sqlite_strict=True,
)
Index("receipts_by_kind", receipts.c.kind, receipts.c.at)

pending = Table(
    "pending",
    metadata,
    Column("purge_id", Text, primary_key=True),
    Column("started", Moment, nullable=False),
    Column("scope", Text, nullable=False),
    # Contents of its recordings whose keys and rows are still to go.
    Column("doomed", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("interruptions", Integer, nullable=False),
    # Empty while it is under way.
    Column("next_try", Moment),
    sqlite_strict=True,
)

trails = Table(
    "trails",
    metadata,
    # Written before the purge itself, so nothing of it is begun without them.
    Column("purge_id", Text, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("recording_ids", Text, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    sqlite_strict=True,
)
