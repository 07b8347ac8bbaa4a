"""Test that a failure is named by a key, and never by what an error says."""

import errno
import sqlite3

import pytest
from sqlalchemy.exc import OperationalError

from custom_components.voice_retention.errors import VaultUnavailable
from custom_components.voice_retention.places.log_files import LogNotOursError
from custom_components.voice_retention.places.protocol import PlaceError
from custom_components.voice_retention.places.recorder_rows import RecorderLockedError
from custom_components.voice_retention.purge.failures import (
    describe,
    is_final,
    reason_of,
)


def database_error(code: int) -> OperationalError:
    """Return an error of a database with a statement that holds a sentence."""
    cause = sqlite3.OperationalError("secret")
    cause.sqlite_errorcode = code
    return OperationalError("SELECT ?", ("secret",), cause)


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (VaultUnavailable("disk_full"), "disk_full"),
        (PlaceError(), "unavailable"),
        (RecorderLockedError(), "recorder_locked"),
        (LogNotOursError(), "not_ours"),
        (TimeoutError(), "timeout"),
        (OSError(errno.ENOSPC, "secret"), "disk_full"),
        (OSError(errno.EROFS, "secret"), "read_only"),
        (PermissionError(errno.EACCES, "secret"), "no_permission"),
        (OSError("secret"), "file_error"),
        (database_error(sqlite3.SQLITE_BUSY_SNAPSHOT), "database_locked"),
        (database_error(sqlite3.SQLITE_FULL), "disk_full"),
        (database_error(sqlite3.SQLITE_CORRUPT), "database_error"),
        (AttributeError("secret"), "internal_error"),
    ],
)
def test_a_failure_has_a_key(error: Exception, reason: str) -> None:
    """Automations compare it, and translations are found by it."""
    assert reason_of(error) == reason


def test_only_what_can_never_work_is_not_tried_again() -> None:
    """A log that is a link stays one; a database is unlocked some time."""
    assert is_final(LogNotOursError())
    assert not is_final(RecorderLockedError())
    assert not is_final(KeyError())


def test_the_log_tells_where_it_happened_and_nothing_else() -> None:
    """What an error says may be what was said, as the parameters of a statement are."""
    try:
        try:
            raise database_error(sqlite3.SQLITE_BUSY)
        except OperationalError as err:
            raise KeyError("secret") from err
    except KeyError as err:
        told = describe(err)
    assert "secret" not in told
    assert told.startswith("KeyError from OperationalError at test_failures.py:")
