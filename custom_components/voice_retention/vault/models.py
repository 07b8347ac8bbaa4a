"""Name what goes into the vault and comes out of it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Self, override

from ..policy.models import (
    AudioFormat,
    Content,
    Locality,
    OriginKind,
    Outcome,
    Reason,
    Route,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredRecording:
    """What is known of a stored recording without decrypting anything."""

    recording_id: str
    created: datetime
    satellite_key: str
    """The satellite under which it is kept."""

    origin_kind: OriginKind
    origin_key: str | None
    """The satellite that spoke, or was claimed to."""

    satellite_id: str | None
    device_id: str | None
    pipeline_id: str | None
    run_id: str | None
    conversation_id: str | None
    pipeline_engine_id: str
    engine_id: str | None
    locality: Locality | None
    route: Route
    reasons: tuple[Reason, ...]
    language: str
    audio_format: AudioFormat
    audio_seconds: float
    audio_bytes: int
    is_truncated: bool
    outcome: Outcome
    audio_expires: datetime | None
    """None: kept until deleted, or not there."""

    text_expires: datetime | None
    """The same for transcript and response."""

    held_until: datetime | None
    contents: frozenset[Content]
    """What is still there."""

    size: int
    """Bytes that the contents take up."""

    def is_held(self, now: datetime) -> bool:
        """Return whether it is protected from expiry."""
        return self.held_until is not None and self.held_until > now


@dataclass(frozen=True, kw_only=True, slots=True)
class RecordingFilter:
    """Which recordings are meant: those that meet every condition that is given."""

    recording_ids: Collection[str] | None = None
    satellite_keys: Collection[str] | None = None
    device_ids: Collection[str] | None = None
    start: datetime | None = None
    """Created at this moment or later."""

    end: datetime | None = None
    """Created before this moment."""

    engine_id: str | None = None
    locality: Locality | None = None
    outcome: Outcome | None = None
    held_at: datetime | None = None
    """Protected from expiry at this moment."""

    not_held_at: datetime | None = None
    """Not protected from expiry at this moment."""

    contents: Collection[Content] | None = None
    """At least one of these is still there."""

    up_to: int | None = None
    """Not those that were stored after the one of this number."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """The place in a list of recordings, newest first, where the next page begins."""

    created: datetime
    recording_id: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read what ``str`` wrote; raises ``ValueError`` for anything else."""
        created, _, recording_id = text.partition("/")
        cursor = cls(datetime.fromisoformat(created), recording_id)
        if cursor.created.tzinfo is None:
            raise ValueError("A cursor carries its time zone")
        return cursor

    @override
    def __str__(self) -> str:
        """Return the cursor as a text that a client can send back."""
        return f"{self.created.isoformat()}/{self.recording_id}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """Some of the recordings that were asked for, newest first."""

    items: list[StoredRecording]
    total: int
    """How many there are on all pages."""

    next_cursor: Cursor | None


@dataclass(frozen=True, kw_only=True, slots=True)
class RecordingText:
    """What was said and answered."""

    transcript: str | None = None
    response: str | None = None
    damaged: frozenset[Content] = frozenset()
    """Stored, but not readable as what was stored."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Totals:
    """How much is stored."""

    count: int
    size: int
    """Bytes of the vault's files."""

    content_size: int
    """Bytes of all contents: what the size cap is about."""

    oldest: datetime | None
    by_satellite: Mapping[str, int]
    """Number of recordings by satellite key."""


@dataclass(frozen=True, slots=True)
class Due:
    """A recording with content whose time is over."""

    recording_id: str
    contents: frozenset[Content]
