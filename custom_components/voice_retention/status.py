"""Show the state of the household's voice data as one snapshot."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from .assist.ways_out import WayOut
from .exports.models import ExportProgress
from .policy.models import Evidence, Locality
from .policy.paths import Gap, VoicePath
from .purge.progress import Progress
from .vault.books import SentToCloud


@dataclass(frozen=True, kw_only=True, slots=True)
class LastHeard:
    """Who last heard a satellite."""

    engine_id: str
    engine_name: str
    locality: Locality
    evidence: str
    """In the household's language."""

    at: datetime
    facts: tuple[Evidence, ...] = ()
    """What the evidence says, for who reads another language."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Coverage:
    """Where voice goes, and where it can get past the guard."""

    paths: tuple[VoicePath, ...] = ()
    """Of every satellite and wake word."""

    uncovered: tuple[str, ...] = ()
    """Names of satellites that can reach a cloud engine past the guard though they must not."""

    gaps: tuple[Gap, ...] = ()
    """The steps of their paths at which they can."""

    ways_out: Mapping[WayOut, tuple[str, ...]] = field(default_factory=dict)
    """Engines that can be called without any pipeline."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Status:
    """What the entities, diagnostics and the panel show; none computes its own."""

    is_available: bool = True
    """Whether the vault could be asked."""

    recordings: Mapping[str, int] = field(default_factory=dict)
    """Number of recordings by satellite key."""

    stored: int = 0
    size: int = 0
    """Bytes of content in the vault."""

    overdue: int = 0
    oldest: datetime | None = None
    sent_to_cloud_today: int = 0
    """Bytes of audio sent to engines that are not proven local, since local midnight."""

    characters_to_cloud_today: int = 0
    """Length of the transcripts and responses sent to such engines."""

    sent_to_cloud: Mapping[str, SentToCloud] = field(default_factory=dict)
    """All that was ever sent to such engines, by satellite key."""

    last_purge: datetime | None = None
    progress: Progress | None = None
    """Of a purge that takes long, while it does."""

    exporting: ExportProgress | None = None
    """Of an export that takes long, while it does."""

    last_sweep: datetime | None = None
    last_heard: Mapping[str, LastHeard] = field(default_factory=dict)
    """By satellite key."""

    coverage: Coverage = Coverage()
