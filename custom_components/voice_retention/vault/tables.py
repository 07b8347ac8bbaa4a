"""Define what is stored."""

from collections.abc import Iterable
from typing import Final

from sqlalchemy import (
    REAL,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
)

from ..policy.models import AccessKind, Content, Locality, OriginKind, Outcome, Route
from .columns import Choice, Flag, Moment, Reasons

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


Index(
    "recordings_by_created",
    recordings.c.created,
    recordings.c.recording_id,
    # For whoever looks through them by one of these: a hundred thousand rows are not read.
    recordings.c.satellite_key,
    recordings.c.engine_id,
    recordings.c.locality,
    recordings.c.outcome,
    recordings.c.held_until,
    recordings.c.audio_size,
    recordings.c.transcript_size,
    recordings.c.response_size,
)
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

captures = Table(
    "captures",
    metadata,
    Column("capture_id", Integer, primary_key=True),
    Column("at", Moment, nullable=False),
    # While it goes on, the latest at which it ends.
    Column("until", Moment, nullable=False),
    Column("user_id", Text),
    Column("satellite_key", Text, nullable=False),
    Column("device_id", Text, nullable=False),
    sqlite_strict=True,
)
Index("captures_by_at", captures.c.at)
Index("captures_by_device", captures.c.device_id, captures.c.at)

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
