"""Name what goes into the vault and comes out of it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self, override

from ..policy.models import (
    AccessKind,
    AudioFormat,
    Content,
    Evidence,
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


@dataclass(frozen=True, kw_only=True, slots=True)
class DeleteResult:
    """What a deletion found and destroyed."""

    recordings: int
    """Recordings of which nothing is left."""

    contents: Mapping[Content, int]
    """How many contents of each kind."""

    is_wal_truncated: bool
    """No old copy of a page lies in the write-ahead log any more."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RescheduleResult:
    """How many recordings now expire at another moment."""

    shortened: int
    lengthened: int


@dataclass(frozen=True, slots=True)
class Due:
    """A recording with content whose time is over."""

    recording_id: str
    contents: frozenset[Content]


@dataclass(frozen=True, kw_only=True, slots=True)
class AdoptReport:
    """What came of the copy in a restored backup."""

    kept: int
    """Recordings that are here now."""

    lost: int
    """Recordings that no key opens."""

    is_damaged: bool = False
    """The copy could not be read, or another version wrote it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenReport:
    """What had to be put right when the vault was opened."""

    removed_recordings: int
    """Recordings that lost content, because its key was gone."""

    destroyed_keys: int
    """Recordings whose keys were destroyed, because their content was gone."""

    adopted: AdoptReport | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class RecoveryResult:
    """What a recovery could save."""

    kept: int
    """Recordings with at least one readable content."""

    lost: int
    """Recordings whose keys were destroyed, because nothing of them was readable."""


@dataclass(frozen=True, kw_only=True, slots=True)
class LedgerEntry:
    """Where one run sent one kind of content. It holds no content itself."""

    at: datetime
    sent: Content = Content.AUDIO
    satellite_key: str
    satellite_id: str | None = None
    device_id: str | None = None
    run_id: str | None = None
    engine_id: str | None
    """The engine that got it; none when it was refused."""

    locality: Locality | None
    evidence: tuple[Evidence, ...] = ()
    route: Route
    reasons: tuple[Reason, ...] = ()
    audio_bytes: int = 0
    audio_seconds: float = 0.0
    characters: int = 0
    """Length of the transcript or the response, when that was sent."""


@dataclass(frozen=True, kw_only=True, slots=True)
class LedgerFilter:
    """Which entries of the ledger are meant: those that meet every condition that is given."""

    satellite_keys: Collection[str] | None = None
    run_ids: Collection[str] | None = None
    spared_runs: Collection[str] = ()
    """Not those of these runs."""

    start: datetime | None = None
    end: datetime | None = None
    """Exclusive."""

    engine_id: str | None = None
    locality: Locality | None = None
    sent: Collection[Content] | None = None
    up_to: int | None = None
    """Not those that came after the entry of this number."""


@dataclass(frozen=True, kw_only=True, slots=True)
class LedgerPage:
    """Some of the entries that were asked for, newest first."""

    items: list[LedgerEntry]
    total: int
    """How many there are on all pages."""

    next_before: int | None
    """The number before which the next page begins."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Heard:
    """What one engine got from one satellite in some runs."""

    engine_id: str
    locality: Locality | None
    satellite_key: str
    first: datetime
    last: datetime
    sentences: int
    audio_bytes: int
    audio_seconds: float
    characters: int


@dataclass(frozen=True, kw_only=True, slots=True)
class SentToCloud:
    """How much went to engines not proven local."""

    audio_bytes: int = 0
    characters: int = 0
    """Of transcripts and responses."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PendingPurge:
    """A purge that is begun and not done everywhere."""

    purge_id: str
    started: datetime
    scope: Mapping[str, Any]
    doomed: frozenset[Content]
    """Contents of its recordings whose keys and rows are still to go."""

    state: Mapping[str, Any]
    """What is done and what is left to do, in the words of whoever purges."""

    attempts: int = 0
    interruptions: int = 0
    next_try: datetime | None = None
    """None while it is under way."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TrailPart:
    """Part of what leads to the traces of a purge; it is sealed, the ids are not."""

    recording_ids: tuple[str, ...]
    data: bytes = field(repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class NewReceipt:
    """A receipt that is to be added to the chain."""

    receipt_id: str
    kind: str
    body: Mapping[str, Any]
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Access:
    """Somebody listened to a recording, or took it away."""

    at: datetime
    kind: AccessKind
    user_id: str | None
    """None is an automation or script."""

    recording_id: str


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredReceipt:
    """A receipt and its place in the chain of all receipts."""

    seq: int
    receipt_id: str
    at: datetime
    kind: str
    body: Mapping[str, Any]
    previous_digest: str
    digest: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ReceiptCheck:
    """Whether the receipts are those that were written, all of them."""

    count: int
    first_broken: int | None
    """The first number in the chain that is missing or was changed."""
