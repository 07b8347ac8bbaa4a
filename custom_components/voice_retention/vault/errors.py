"""Name what can go wrong in the vault, and translate every storage error into it."""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
import errno
import sqlite3
from typing import Final

from sqlalchemy.exc import DBAPIError

from ..policy.models import Content


class UnavailableReason(StrEnum):
    """Why the vault cannot be used."""

    DAMAGED = "damaged"
    """What is stored is not what was written; ``recover`` saves what can be saved."""

    READ_ONLY = "read_only"
    DISK_FULL = "disk_full"
    UNREADABLE = "unreadable"
    """The system cannot give us the files, or a newer version of us wrote them."""

    IN_USE = "in_use"
    """Somebody else has this vault open."""

    CLOSED = "closed"


class VaultError(Exception):
    """The vault could not do what was asked."""


class VaultUnavailableError(VaultError):
    """Nothing can be stored or read at the moment."""

    def __init__(self, reason: UnavailableReason) -> None:
        """Remember why."""
        super().__init__(f"The vault is not available: {reason}")
        self.reason = reason


class RecordingNotFoundError(VaultError):
    """There is no such recording, or not this content of it (any more)."""

    def __init__(self, recording_id: str) -> None:
        """Remember which."""
        super().__init__(f"Recording {recording_id} was not found")
        self.recording_id = recording_id


class DamagedContentError(VaultError):
    """Content is not what was stored, or not of this recording."""

    def __init__(self, recording_id: str, content: Content) -> None:
        """Remember which."""
        super().__init__(f"The {content} of recording {recording_id} is damaged")
        self.recording_id = recording_id
        self.content = content


_BY_ERRNO: Final = {
    errno.ENOSPC: UnavailableReason.DISK_FULL,
    errno.EDQUOT: UnavailableReason.DISK_FULL,
    errno.EROFS: UnavailableReason.READ_ONLY,
    # Every file is opened for writing, so a missing permission is one to write.
    errno.EACCES: UnavailableReason.READ_ONLY,
    errno.EPERM: UnavailableReason.READ_ONLY,
}
_BY_SQLITE_CODE: Final = {
    # Our statements are right, so it is the tables that are not ours.
    sqlite3.SQLITE_ERROR: UnavailableReason.DAMAGED,
    # A disk that no longer gives back what it was given.
    sqlite3.SQLITE_IOERR_READ: UnavailableReason.DAMAGED,
    sqlite3.SQLITE_IOERR_SHORT_READ: UnavailableReason.DAMAGED,
    sqlite3.SQLITE_FULL: UnavailableReason.DISK_FULL,
    sqlite3.SQLITE_READONLY: UnavailableReason.READ_ONLY,
    sqlite3.SQLITE_CORRUPT: UnavailableReason.DAMAGED,
    sqlite3.SQLITE_NOTADB: UnavailableReason.DAMAGED,
}


@contextmanager
def storage_errors_translated() -> Iterator[None]:
    """Raise every error of the database and of the disk as ``VaultUnavailableError``."""
    try:
        yield
    except DBAPIError as err:
        raise VaultUnavailableError(_reason_of(err.orig)) from err
    except (sqlite3.Error, OSError) as err:
        raise VaultUnavailableError(_reason_of(err)) from err
    except UnicodeDecodeError as err:
        # SQLite complains of damage in the words that it found there.
        raise VaultUnavailableError(UnavailableReason.DAMAGED) from err


def _reason_of(err: BaseException | None) -> UnavailableReason:
    """Return the reason that an error of the database or of the disk stands for."""
    if isinstance(err, OSError):
        return _BY_ERRNO.get(err.errno or 0, UnavailableReason.UNREADABLE)
    code = getattr(err, "sqlite_errorcode", None)
    if code is None:
        # Raised by Python's module, which could not make sense of what it was given.
        return UnavailableReason.DAMAGED
    # The low byte is the primary code; the rest of an extended code says how it came to it.
    return _BY_SQLITE_CODE.get(
        code, _BY_SQLITE_CODE.get(code & 0xFF, UnavailableReason.UNREADABLE)
    )
