"""Keep the content keys in a file of fixed slots, so that a key is destroyed where it lies.

Nothing here ever rewrites the file to a new place: the old place would still hold the keys.
"""

from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
import fcntl
from hashlib import blake2b
import os
from pathlib import Path
import struct
from threading import Lock
from typing import Final, Self

from ..policy.models import ALL_CONTENT, Content
from .errors import UnavailableReason, VaultUnavailableError
from .files import open_private

_VERSION: Final = 1
_MAGIC: Final = b"VRKEYS\r\n"
_HEADER: Final = struct.Struct("<8sI100x16s")
_SLOT: Final = struct.Struct("<16s32s32s32s16s")
# Four to a disk sector: writing one slot can never tear another one.
SLOT_SIZE: Final = _SLOT.size
_NO_KEY: Final = bytes(32)
_FREE_SLOT: Final = bytes(SLOT_SIZE)
_ORDER: Final = (Content.AUDIO, Content.TRANSCRIPT, Content.RESPONSE)

type Keys = Mapping[Content, bytes]


def _checksum(data: bytes | bytearray) -> bytes:
    """Return the checksum that ends a slot or header, given all that comes before it."""
    return blake2b(data, digest_size=16).digest()


def _pack(recording_id: str, keys: Keys) -> bytes:
    """Return the slot for the keys of a recording; without keys, a free one."""
    if not keys:
        return _FREE_SLOT
    body = bytes.fromhex(recording_id) + b"".join(
        keys.get(content, _NO_KEY) for content in _ORDER
    )
    return body + _checksum(body)


def _unpack(slot: bytes | bytearray) -> tuple[str, Keys] | None:
    """Return what a slot holds, or none if it was not written to its end."""
    id_bytes, *keys, checksum = _SLOT.unpack(slot)
    if checksum != _checksum(slot[: -len(checksum)]):
        return None
    return id_bytes.hex(), {
        content: key
        for content, key in zip(_ORDER, keys, strict=True)
        if key != _NO_KEY
    }


def _header() -> bytes:
    """Return the header of a key file."""
    body = _HEADER.pack(_MAGIC, _VERSION, b"")[:-16]
    return body + _checksum(body)


class Keyring:
    """The keys of all recordings, in memory and in one file.

    Reading a key is for any thread; everything that writes is for one thread only.
    """

    def __init__(self, descriptor: int) -> None:
        """Start empty on an open file."""
        self._file = descriptor
        self._lock = Lock()
        self._image = bytearray()
        self._slots: dict[str, int] = {}
        self._free: list[int] = []
        self._unsynced: set[int] = set()
        self.is_damaged = False
        """The file has slots but not the header of a key file."""

    @classmethod
    def open(cls, path: Path) -> Self:
        """Read a key file, or begin one. Nothing is written before ``repair``."""
        descriptor = open_private(path)
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as err:
                raise VaultUnavailableError(UnavailableReason.IN_USE) from err
            keyring = cls(descriptor)
            keyring._load()
        except BaseException:
            os.close(descriptor)
            raise
        return keyring

    def _load(self) -> None:
        """Take in the whole file."""
        data = _read_all(self._file)
        header, self._image = data[:SLOT_SIZE], data[SLOT_SIZE:]
        self._image += bytes(-len(self._image) % SLOT_SIZE)
        if header != _header():
            if header.startswith(_MAGIC) and header[-16:] == _checksum(header[:-16]):
                # Whole, but of another version: not ours to repair.
                raise VaultUnavailableError(UnavailableReason.UNREADABLE)
            self.is_damaged = bool(self._image)
        for number in range(len(self._image) // SLOT_SIZE):
            self._load_slot(number)
        self._free.reverse()

    def _load_slot(self, number: int) -> None:
        """Take in one slot; a torn one is as good as absent, and is cleared on repair."""
        slot = self._slot(number)
        if slot == _FREE_SLOT:
            self._free.append(number)
            return
        held = _unpack(slot)
        if held is None or not held[1] or held[0] in self._slots:
            self._write_slot(number, _FREE_SLOT)
            self._free.append(number)
        else:
            self._slots[held[0]] = number

    def repair(self) -> None:
        """Write the header and clear the torn slots, if there is anything to repair."""
        if os.pread(self._file, SLOT_SIZE, 0) != _header():
            _write_at(self._file, _header(), 0)
            os.fsync(self._file)
            self.is_damaged = False
        self._sync()

    def close(self) -> None:
        """Forget all keys and let go of the file."""
        with self._lock:
            self._image[:] = bytes(len(self._image))
            self._slots.clear()
        os.close(self._file)

    def key(self, recording_id: str, content: Content) -> bytes | None:
        """Return a key, or none if there is none (any more)."""
        with self._lock:
            return self._keys(recording_id).get(content)

    def contents(self) -> dict[str, frozenset[Content]]:
        """Return which contents there are keys for, by recording."""
        with self._lock:
            return {
                recording_id: frozenset(self._keys(recording_id))
                for recording_id in self._slots
            }

    def copy(self, recording_ids: Iterable[str]) -> dict[str, Keys]:
        """Return the keys of those recordings that have any."""
        with self._lock:
            return {
                recording_id: keys
                for recording_id in recording_ids
                if (keys := self._keys(recording_id))
            }

    def add(self, added: Mapping[str, Keys]) -> None:
        """Add the keys of new recordings: all of them or, on failure, none.

        On return they are on the disk.
        """
        with self._lock:
            if taken := self._slots.keys() & added.keys():
                raise ValueError(f"There already are keys for {sorted(taken)}")
            slots = {key: _pack(key, keys) for key, keys in added.items()}
            for recording_id, slot in slots.items():
                number = self._new_slot()
                self._slots[recording_id] = number
                self._write_slot(number, slot)
        try:
            self._sync()
        except OSError:
            with suppress(OSError):
                self.destroy(added, ALL_CONTENT)
            raise

    def destroy(
        self, recording_ids: Iterable[str], contents: Collection[Content]
    ) -> None:
        """Overwrite keys; on return the disk has been told to keep nothing of them.

        After a failure the keys are gone from memory, and the next call of any kind
        overwrites them on the disk again.
        """
        with self._lock:
            for recording_id in recording_ids:
                if (number := self._slots.get(recording_id)) is None:
                    continue
                old = self._keys(recording_id)
                left = {what: key for what, key in old.items() if what not in contents}
                if left == old:
                    continue
                self._write_slot(number, _pack(recording_id, left))
                if not left:
                    del self._slots[recording_id]
                    self._free.append(number)
        self._sync()

    def on_disk(self) -> dict[str, frozenset[Content]]:
        """Return what ``contents`` does, but read again from the file itself."""
        slots = memoryview(_read_all(self._file))[SLOT_SIZE:]
        whole = len(slots) - len(slots) % SLOT_SIZE
        return {
            id_bytes.hex(): frozenset(
                content
                for content, key in zip(_ORDER, keys, strict=True)
                if key != _NO_KEY
            )
            for id_bytes, *keys, _ in _SLOT.iter_unpack(slots[:whole])
            if any(id_bytes)
        }

    def _keys(self, recording_id: str) -> Keys:
        """Return the keys of a recording from memory."""
        if (number := self._slots.get(recording_id)) is None:
            return {}
        held = _unpack(self._slot(number))
        return {} if held is None else held[1]

    def _slot(self, number: int) -> bytes:
        """Return a slot from memory."""
        return bytes(self._image[number * SLOT_SIZE : (number + 1) * SLOT_SIZE])

    def _new_slot(self) -> int:
        """Return a slot to use, growing the file if none is free."""
        if self._free:
            return self._free.pop()
        self._image += _FREE_SLOT
        return len(self._image) // SLOT_SIZE - 1

    def _write_slot(self, number: int, slot: bytes) -> None:
        """Put a slot into memory, due to be written by ``_sync``."""
        self._image[number * SLOT_SIZE : (number + 1) * SLOT_SIZE] = slot
        self._unsynced.add(number)

    def _sync(self) -> None:
        """Write all changed slots where they are, then wait for the disk once."""
        if not self._unsynced:
            return
        for number in sorted(self._unsynced):
            _write_at(self._file, self._slot(number), (number + 1) * SLOT_SIZE)
        os.fsync(self._file)
        self._unsynced.clear()


def _read_all(descriptor: int) -> bytearray:
    """Read a file from its beginning to its end."""
    data = bytearray(os.fstat(descriptor).st_size)
    del data[os.preadv(descriptor, [data], 0) :]
    return data


def _write_at(descriptor: int, data: bytes, offset: int) -> None:
    """Write all of ``data`` at ``offset``."""
    while data:
        written = os.pwrite(descriptor, data, offset)
        data, offset = data[written:], offset + written
