"""Find and delete the folders that pipeline runs recorded into, without leaving their root.

Everything here blocks: it is for the executor.
"""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
import os
from pathlib import Path
import re
import stat
import time
from typing import Final

from ..const import LOGGER

BYTES_PER_SECOND: Final = 16_000 * 2
LONGEST_RUN: Final = timedelta(hours=12)
"""A run waits for its wake word; one that seems to be longer has the clock of another boot."""

SLACK: Final = timedelta(seconds=1)
"""How far two clocks may be apart."""

_DEVICE_ID: Final = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, kw_only=True, slots=True)
class RunFolder:
    """What one run recorded."""

    path: Path
    device_id: str | None
    pipeline_name: str
    number: int
    started: datetime
    ended: datetime

    def spans(self, moment: datetime) -> bool:
        """Return whether a moment lies in the run."""
        return self.started - SLACK <= moment <= self.ended + SLACK


def find_folders(root: Path) -> list[RunFolder]:
    """List the folders below a root that hold recordings; links are not followed."""
    # A number is the monotonic clock at the start of the run, and begins anew at a boot.
    clocks_apart = time.time_ns() - time.monotonic_ns()
    found = []
    for path, _, names in root.walk(on_error=_tell):
        *names_above, name = path.relative_to(root).parts or ("",)
        if (
            not names_above
            or not name.isdecimal()
            or not (files := list(_wav_files(path, names)))
        ):
            continue
        is_named = len(names_above) > 1 and bool(_DEVICE_ID.fullmatch(names_above[0]))
        ended = max(_moment(status.st_mtime_ns) for _, status in files)
        started = _moment(int(name) + clocks_apart)
        if not ended - LONGEST_RUN <= started <= ended + SLACK:
            started = min(_first_sound(status) for _, status in files)
        found.append(
            RunFolder(
                path=path,
                device_id=names_above[0] if is_named else None,
                pipeline_name="/".join(names_above[1:] if is_named else names_above),
                number=int(name),
                started=started,
                ended=ended,
            )
        )
    return found


def delete_folders(root: Path, paths: Iterable[Path], errors: list[OSError]) -> int:
    """Delete the recordings in folders, each that can be; return how many folders are free."""
    return sum(_delete(root, path, errors) for path in paths)


def _delete(root: Path, path: Path, errors: list[OSError]) -> bool:
    """Delete the recordings in one folder, and what is empty then, up to the root."""
    if not path.resolve().is_relative_to(root.resolve()):
        LOGGER.warning("A folder of recordings is a link now and is left alone")
        return False
    try:
        for file, _ in list(_wav_files(path, [item.name for item in path.iterdir()])):
            file.unlink(missing_ok=True)
    except OSError as err:
        LOGGER.warning("A debug recording could not be deleted: %s", err.strerror)
        errors.append(err)
        return False
    # Whatever else somebody put there stays, with its folder.
    with suppress(OSError):
        while path != root:
            path.rmdir()
            path = path.parent
    return True


def _wav_files(path: Path, names: list[str]) -> Iterator[tuple[Path, os.stat_result]]:
    """Yield the recordings in a folder, no links among them."""
    for name in names:
        file = path / name
        with suppress(FileNotFoundError):
            if file.suffix == ".wav" and stat.S_ISREG((status := file.lstat()).st_mode):
                yield file, status


def _first_sound(status: os.stat_result) -> datetime:
    """Return when a recording began, as its length tells."""
    seconds = status.st_size / BYTES_PER_SECOND
    return _moment(status.st_mtime_ns) - timedelta(seconds=seconds)


def _moment(nanoseconds: int) -> datetime:
    """Return the moment of a file system's or system's clock; wrong ones are in the past."""
    with suppress(OverflowError, ValueError, OSError):
        return datetime.fromtimestamp(nanoseconds / 1e9, UTC)
    return datetime.min.replace(tzinfo=UTC)


def _tell(err: OSError) -> None:
    """Tell of a folder that cannot be read; a root that is not there holds nothing."""
    if not isinstance(err, FileNotFoundError):
        LOGGER.warning("A folder of debug recordings cannot be read: %s", err.strerror)
