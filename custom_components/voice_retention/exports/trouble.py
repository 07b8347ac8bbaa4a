"""Say what is wrong with the disk while an archive is made."""

from collections.abc import Iterator
from contextlib import contextmanager

from ..errors import VaultUnavailable
from ..vault.errors import (
    UnavailableReason,
    VaultUnavailableError,
    storage_errors_translated,
)
from .errors import NoRoomForExport
from .spool import DiskFullError


@contextmanager
def disk_errors_translated() -> Iterator[None]:
    """Say what is wrong with the disk in the household's language."""
    try:
        with storage_errors_translated():
            yield
    except DiskFullError as err:
        raise NoRoomForExport from err
    except VaultUnavailableError as err:
        if err.reason is UnavailableReason.DISK_FULL:
            raise NoRoomForExport from err
        raise VaultUnavailable(err.reason) from err
