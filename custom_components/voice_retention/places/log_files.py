"""Edit log files while Home Assistant goes on writing them.

A file is edited in place, since the log handler keeps it open: what comes after the first
sentence is written anew beside it, and copied back while the handler is kept from writing.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
import errno
import logging
import logging.handlers
import os
from pathlib import Path
import shutil
import stat
import time
from typing import IO, Final

from .log_redaction import HEADER
from .protocol import PlaceError

CHUNK: Final = 1024 * 1024
MAX_RECORD: Final = 4 * CHUNK
COMPRESSED: Final = frozenset({".bz2", ".gz", ".xz", ".zip", ".zst"})
_FAULT: Final = ".fault"
"""What Python writes when it crashes; it holds no text."""

_EDITED: Final = ".redacted"
_NOT_OURS: Final = frozenset({errno.EACCES, errno.EPERM, errno.EROFS, errno.ELOOP})
_QUEUE_SECONDS: Final = 2.0

type Redact = Callable[[str], str]


class LogNotOursError(PlaceError):
    """The log is no file that may be edited: a device, a link, or somebody else's."""

    reason = "not_ours"
    is_final = True


def files_of(log: Path) -> list[Path]:
    """List a log with those that were rotated away from it, as far as they are readable."""
    return [
        path
        for path in sorted(log.parent.glob(f"{log.name}*"))
        if (path == log or path.name.startswith(f"{log.name}."))
        and path.suffix not in COMPRESSED | {_FAULT, _EDITED}
        and not path.is_dir()
    ]


def remove_leftovers(log: Path) -> None:
    """Delete what an edit left beside a log when it was interrupted: it is full of words."""
    for path in log.parent.glob(f"{log.name}*{_EDITED}"):
        path.unlink(missing_ok=True)


def count_in_file(path: Path, redact: Redact) -> int:
    """Count the records that hold something to redact."""
    with _opened(path, os.O_RDONLY) as file:
        return sum(1 for _, record in _records(file) if redact(record) != record)


def redact_file(path: Path, redact: Redact) -> int:
    """Redact the records; return how many had to be."""
    with _opened(path, os.O_RDWR) as file:
        first = _first(file, redact)
        if first is None:
            return 0
        beside = path.with_name(f"{path.name}{_EDITED}")
        try:
            with _opened(beside, os.O_RDWR | os.O_CREAT | os.O_TRUNC) as edited:
                file.seek(first)
                begun = os.fstat(file.fileno()).st_size
                changed, done = _write_edited(file, edited, redact, first, begun)
                with _quiet(path):
                    file.seek(done)
                    more, _ = _write_edited(file, edited, redact, done, None)
                    _copy_back(edited, file, first)
                return changed + more
        finally:
            beside.unlink(missing_ok=True)


def wait_for_queues() -> None:
    """Wait until what was logged is written: Home Assistant does it in another thread."""
    stop = time.monotonic() + _QUEUE_SECONDS
    while time.monotonic() < stop and any(
        listener.queue.qsize()  # type: ignore[attr-defined]  # A simple queue has it too.
        for listener in _listeners()
    ):
        time.sleep(0.01)
    time.sleep(0.01)


def log_handlers() -> list[logging.Handler]:
    """List the handlers of all logs, also those behind a queue."""
    behind = [handler for item in _listeners() for handler in item.handlers]
    return [*logging.root.handlers, *behind]


def _listeners() -> list[logging.handlers.QueueListener]:
    """List what writes logs in other threads."""
    found = (getattr(handler, "listener", None) for handler in logging.root.handlers)
    return [listener for listener in found if listener is not None]


@contextmanager
def _opened(path: Path, flags: int) -> Iterator[IO[bytes]]:
    """Open a regular file, and nothing else."""
    try:
        # A pipe would wait for its other end otherwise.
        number = os.open(path, flags | os.O_NOFOLLOW | os.O_NONBLOCK, 0o600)
    except OSError as err:
        if err.errno in _NOT_OURS:
            raise LogNotOursError from err
        raise
    mode = "rb" if flags == os.O_RDONLY else "r+b"
    with os.fdopen(number, mode) as file:
        if not stat.S_ISREG(os.fstat(number).st_mode):
            raise LogNotOursError
        yield file


def _records(file: IO[bytes]) -> Iterator[tuple[int, str]]:
    """Yield every record from here on, with where it begins."""
    start = position = file.tell()
    lines: list[str] = []
    while line := file.readline(CHUNK):
        text = line.decode(errors="surrogateescape")
        if lines and (HEADER.match(text) or position - start > MAX_RECORD):
            yield start, "".join(lines)
            start, lines = position, []
        lines.append(text)
        position += len(line)
    if lines:
        yield start, "".join(lines)


def _first(file: IO[bytes], redact: Redact) -> int | None:
    """Return where the first record begins that has to be redacted."""
    for start, record in _records(file):
        if redact(record) != record:
            return start
    return None


def _write_edited(
    file: IO[bytes], edited: IO[bytes], redact: Redact, start: int, end: int | None
) -> tuple[int, int]:
    """Write the redacted records from here to before the one that reaches the end.

    Return how many were changed, and where the next one begins.
    """
    changed, position = 0, start
    for begin, record in _records(file):
        content = record.encode(errors="surrogateescape")
        # The last record may be just being written.
        if end is not None and begin + len(content) >= end:
            break
        redacted = redact(record)
        changed += redacted != record
        edited.write(redacted.encode(errors="surrogateescape"))
        position = begin + len(content)
    return changed, position


def _copy_back(edited: IO[bytes], file: IO[bytes], start: int) -> None:
    """Replace the end of a file, and overwrite what is cut off."""
    old_end = file.seek(0, os.SEEK_END)
    edited.seek(0)
    file.seek(start)
    shutil.copyfileobj(edited, file, CHUNK)
    new_end = file.tell()
    file.writelines(
        bytes(min(CHUNK, old_end - position))
        for position in range(new_end, old_end, CHUNK)
    )
    file.flush()
    os.fsync(file.fileno())
    file.truncate(new_end)
    os.fsync(file.fileno())


@contextmanager
def _quiet(path: Path) -> Iterator[None]:
    """Keep the handlers of a log, and of the one it was rotated from, from writing."""
    with ExitStack() as stack:
        for handler in log_handlers():
            if isinstance(handler, logging.FileHandler) and path.name.startswith(
                Path(handler.baseFilename).name
            ):
                handler.acquire()
                stack.callback(handler.release)
                handler.flush()
        yield
