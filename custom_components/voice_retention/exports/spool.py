"""Keep a file on the disk that nobody can read there.

Its key is only in memory: when the process ends, however it ends, the file is noise.
"""

from collections.abc import Callable
from contextlib import suppress
import os
from pathlib import Path
import shutil
from threading import RLock
from typing import TYPE_CHECKING, Final

from ..vault.cipher import FRAME_SIZE, SEALED_FRAME_SIZE, SpoolCipher
from ..vault.files import open_private

FOLDER: Final = "exports"
"""Below the vault's folder."""

RESERVE: Final = 64 * 1024 * 1024
"""Bytes of the disk that an export leaves to everything else."""

LOOK_EVERY: Final = 64
"""Frames after which it is seen again whether the disk is getting full."""

FRAMES_OF_HEADER: Final = 2
"""A header may begin in one frame and end in the next."""


class SpoolGoneError(Exception):
    """The file was discarded while somebody was still at it."""


class DiskFullError(Exception):
    """What is left of the disk belongs to everything else."""


class SealedSpool:
    """A file that is written once and read often, sealed in frames.

    It can be written like any binary file, but going back is possible only to what was
    written since the last ``mark``, and there only to the beginning: enough for an archive,
    which fills in the header of a file when it knows its length. None of this is for the
    event loop; every method may be called from any thread.
    """

    def __init__(
        self, path: Path, free_space: Callable[[Path], int] | None = None
    ) -> None:
        """Make the file, readable by nobody but us."""
        self.path: Final = path
        self._free_space = free_space or _free_space
        self._lock: Final = RLock()
        self._cipher: SpoolCipher | None = SpoolCipher()
        self._position = self._mark = self._sealed = 0
        self._open: dict[int, bytearray] = {}
        """Frames that may still change, by number."""

        self.size = 0
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.ensure_room(0)
        self._descriptor: int | None = open_private(path)

    def ensure_room(self, size: int) -> None:
        """Raise when the disk has too little room for so many more bytes."""
        if self._free_space(self.path.parent) < size + RESERVE:
            raise DiskFullError

    # What an archive calls

    def tell(self) -> int:
        """Return where the next byte goes."""
        return self._position

    def seek(self, position: int) -> int:
        """Go to a place that can still be written."""
        self._position = position
        return position

    def flush(self) -> None:
        """Do nothing: a frame is written when it is full."""

    def write(self, data: bytes) -> int:
        """Write over what is there, or add to it."""
        rest = memoryview(data)
        with self._lock:
            if self._cipher is None:
                raise SpoolGoneError
            while rest:
                number, start = divmod(self._position, FRAME_SIZE)
                part = rest[: FRAME_SIZE - start]
                if start == 0 and self._position == self.size:
                    self._open[number] = bytearray()
                self._open[number][start : start + len(part)] = part
                rest = rest[len(part) :]
                self._position += len(part)
                self.size = max(self.size, self._position)
            self._seal_full()
        return len(data)

    # What its owner calls

    def mark(self) -> None:
        """Let everything before this place be as it is."""
        with self._lock:
            self._mark = self._position
            self._seal_full()

    def close(self) -> None:
        """Seal what is left."""
        with self._lock:
            if self._cipher is None:
                raise SpoolGoneError
            last = max(self._open, default=-1)
            for number in sorted(self._open):
                self._seal(number, is_last=number == last)

    def read(self, start: int) -> bytes:
        """Return what follows a place, to the end of its frame."""
        with self._lock:
            if self._cipher is None or self._descriptor is None:
                raise SpoolGoneError
            number, offset = divmod(start, FRAME_SIZE)
            sealed = os.pread(
                self._descriptor, SEALED_FRAME_SIZE, number * SEALED_FRAME_SIZE
            )
            frame = self._cipher.decrypt(
                number, sealed, is_last=number == (self.size - 1) // FRAME_SIZE
            )
        if frame is None:
            raise SpoolGoneError
        return frame[offset:]

    def discard(self) -> None:
        """Forget the key, then delete the file; raises when only the latter is not possible."""
        with self._lock:
            self._cipher = None
            self._open.clear()
            descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            os.close(descriptor)
        self.path.unlink(missing_ok=True)

    def _seal_full(self) -> None:
        """Write the frames that will not change any more."""
        first = self._mark // FRAME_SIZE
        may_change = range(first, first + FRAMES_OF_HEADER)
        last = max(self._open, default=0)
        for number in sorted(self._open):
            if number < last and number not in may_change:
                self._seal(number, is_last=False)

    def _seal(self, number: int, *, is_last: bool) -> None:
        """Write a frame; it is in memory no more, and never sealed again."""
        if TYPE_CHECKING:
            # Whoever discards the file leaves no frame to seal.
            assert self._cipher is not None
            assert self._descriptor is not None
        if self._sealed % LOOK_EVERY == 0:
            self.ensure_room(0)
        self._sealed += 1
        frame = bytes(self._open.pop(number))
        rest = memoryview(self._cipher.encrypt(number, frame, is_last=is_last))
        position = number * SEALED_FRAME_SIZE
        while rest:
            written = os.pwrite(self._descriptor, rest, position)
            rest, position = rest[written:], position + written


def _free_space(folder: Path) -> int:
    """Return how many bytes the disk of a folder has room for."""
    return shutil.disk_usage(folder).free


def remove_left_behind(folder: Path) -> None:
    """Delete what an earlier life of the process left; no key opens it any more."""
    for path in (folder / FOLDER).glob("*"):
        with suppress(OSError):
            path.unlink()
