"""Name what is exported, and what has become of it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from homeassistant.core import CALLBACK_TYPE

from ..policy.models import AudioFormat, Content
from ..vault.models import RecordingFilter
from .spool import SealedSpool


@dataclass(frozen=True, kw_only=True, slots=True)
class ExportOrder:
    """What somebody wants to take away."""

    wanted: RecordingFilter
    contents: frozenset[Content]
    user_id: str | None
    """Who asked; none is an automation or script."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ExportProgress:
    """How far an export is; no content, and nothing that leads to any."""

    export_id: str
    recordings_done: int
    recordings: int


type Tell = Callable[[ExportProgress], None]


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadyExport:
    """An archive that can be taken away."""

    export_id: str
    recordings: int
    size: int
    url: str
    expires: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Item:
    """A recording that goes into an archive."""

    recording_id: str
    created: datetime
    contents: frozenset[Content]
    """What of it is wanted and there."""

    audio_format: AudioFormat
    file_name: str


@dataclass(kw_only=True, slots=True)
class Export:
    """An archive on its way from the vault to whoever asked for it."""

    export_id: str
    file_name: str
    spool: SealedSpool
    held: dict[str, frozenset[Content]] = field(default_factory=dict)
    """What it has, or is about to have, of which recording."""

    expires: datetime | None = None
    """None as long as it is not ready."""

    cancel_expiry: CALLBACK_TYPE | None = None
    is_discarded: bool = False
    attempts: int = 0
    """How often somebody began to take it away; only the last attempt goes on."""

    downloads: int = 0
    """How many of them have not ended yet."""
