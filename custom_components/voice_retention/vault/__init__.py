"""Store recordings encrypted, each content under a key of its own; the only code that touches our storage."""

from .books import (
    Access,
    Heard,
    LedgerEntry,
    LedgerFilter,
    LedgerPage,
    NewReceipt,
    PendingPurge,
    ReceiptCheck,
    SentToCloud,
    StoredReceipt,
    TrailPart,
)
from .errors import (
    DamagedContentError,
    RecordingNotFoundError,
    UnavailableReason,
    VaultError,
    VaultUnavailableError,
)
from .models import (
    Cursor,
    Due,
    Page,
    RecordingFilter,
    RecordingText,
    StoredRecording,
    Totals,
)
from .recovery import recover
from .reports import DeleteResult, OpenReport, RecoveryResult, RescheduleResult
from .vault import Vault

__all__ = [
    "Access",
    "Cursor",
    "DamagedContentError",
    "DeleteResult",
    "Due",
    "Heard",
    "LedgerEntry",
    "LedgerFilter",
    "LedgerPage",
    "NewReceipt",
    "OpenReport",
    "Page",
    "PendingPurge",
    "ReceiptCheck",
    "RecordingFilter",
    "RecordingNotFoundError",
    "RecordingText",
    "RecoveryResult",
    "RescheduleResult",
    "SentToCloud",
    "StoredReceipt",
    "StoredRecording",
    "Totals",
    "TrailPart",
    "UnavailableReason",
    "Vault",
    "VaultError",
    "VaultUnavailableError",
    "recover",
]
