"""Name what is written down of what was done with recordings: ledger, accesses, receipts, and purges under way."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ..policy.models import AccessKind, Content, Evidence, Locality, Reason, Route


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
