"""Store recordings encrypted, each content under a key of its own; the only code that touches our storage."""

from .errors import (
    DamagedContentError,
    RecordingNotFoundError,
    UnavailableReason,
    VaultError,
    VaultUnavailableError,
)
from .models import (
    Cursor,
    DeleteResult,
    Due,
    Heard,
    LedgerEntry,
    LedgerFilter,
    LedgerPage,
    OpenReport,
    Page,
    ReceiptCheck,
    RecordingFilter,
    RecordingText,
    RecoveryResult,
    RescheduleResult,
    SentToCloud,
    StoredReceipt,
    StoredRecording,
    Totals,
)
from .recovery import recover
from .vault import Vault

__all__ = [
    "Cursor",
    "DamagedContentError",
    "DeleteResult",
    "Due",
    "Heard",
    "LedgerEntry",
    "LedgerFilter",
    "LedgerPage",
    "OpenReport",
    "Page",
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
    "UnavailableReason",
    "Vault",
    "VaultError",
    "VaultUnavailableError",
    "recover",
]
