"""Name why a place failed, without a word of what the error says: it may be what was said."""

import errno
from pathlib import Path
import sqlite3
import traceback
from typing import Final

from sqlalchemy.exc import DBAPIError

from ..errors import VaultUnavailable
from ..places.protocol import PlaceError

IN_USE: Final = "in_use"
"""Something is left that is being used, such as a run that is still going on."""

INTERNAL: Final = "internal_error"
"""Something is not as this release of ours expects it."""

UNKNOWN_WORDS: Final = "words_unknown"
"""What leads to the traces could not be read any more."""

_BY_ERRNO: Final = {
    errno.ENOSPC: "disk_full",
    errno.EDQUOT: "disk_full",
    errno.EROFS: "read_only",
    errno.EACCES: "no_permission",
    errno.EPERM: "no_permission",
}
_BY_SQLITE_CODE: Final = {
    sqlite3.SQLITE_BUSY: "database_locked",
    sqlite3.SQLITE_LOCKED: "database_locked",
    sqlite3.SQLITE_FULL: "disk_full",
    sqlite3.SQLITE_READONLY: "read_only",
}
_MOST_FRAMES: Final = 4


def reason_of(err: BaseException) -> str:
    """Return a key that stays the same from release to release."""
    if isinstance(err, VaultUnavailable | PlaceError):
        return str(err.reason)
    if isinstance(err, TimeoutError):
        return "timeout"
    if isinstance(err, OSError):
        return _BY_ERRNO.get(err.errno or 0, "file_error")
    if isinstance(err, DBAPIError):
        code = getattr(err.orig, "sqlite_errorcode", 0)
        return _BY_SQLITE_CODE.get(code & 0xFF, "database_error")
    return INTERNAL


def is_final(err: BaseException) -> bool:
    """Return whether trying again changes nothing."""
    return isinstance(err, PlaceError) and err.is_final


def describe(err: BaseException) -> str:
    """Tell for the log what kind of error it is and where it came from."""
    kinds = [type(err).__name__]
    while (cause := err.__cause__) is not None:
        kinds.append(type(cause).__name__)
        err = cause
    frames = traceback.extract_tb(err.__traceback__)[-_MOST_FRAMES:]
    where = ", ".join(f"{Path(item.filename).name}:{item.lineno}" for item in frames)
    return f"{' from '.join(kinds)} at {where}"
