"""Encrypt content so that it is bound to its recording and readable in parts."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ..policy.models import Content
from .errors import DamagedContentError

KEY_SIZE: Final = 32
FRAME_SIZE: Final = 64 * 1024
"""Bytes of content per frame: two seconds of the audio that satellites usually send."""

_TAG_SIZE: Final = 16
SEALED_FRAME_SIZE: Final = FRAME_SIZE + _TAG_SIZE
_FORMAT: Final = b"voice_retention content 1"
_TRAIL_FORMAT: Final = b"voice_retention trail 1"
_SPOOL_FORMAT: Final = b"voice_retention spool 1"


def new_key() -> bytes:
    """Return a fresh key for one content of one recording."""
    return AESGCM.generate_key(bit_length=8 * KEY_SIZE)


@dataclass(frozen=True, kw_only=True, slots=True)
class ContentCipher:
    """AES-256-GCM over one content, frame by frame.

    A key encrypts one content and never a second one, so the number of a frame can be its
    nonce. The last frame is marked in the nonce: a blob cut at a frame's end does not open.
    """

    recording_id: str
    content: Content
    key: bytes = field(repr=False)

    def encrypt(self, data: bytes) -> bytes:
        """Return the sealed form of ``data``."""
        aead, bound_to = AESGCM(self.key), self._bound_to
        last = max(len(data) - 1, 0) // FRAME_SIZE
        return b"".join(
            aead.encrypt(
                _nonce(number, is_last=number == last),
                data[number * FRAME_SIZE : (number + 1) * FRAME_SIZE],
                bound_to,
            )
            for number in range(last + 1)
        )

    def decrypt(self, sealed: bytes) -> bytes:
        """Return the data that was sealed."""
        return b"".join(self._frames(sealed, 0, _frame_count(sealed)))

    def decrypt_range(self, sealed: bytes, start: int, length: int) -> bytes:
        """Return part of the data, decrypting only the frames that hold it.

        As with a slice, what lies beyond the end is left out.
        """
        first = start // FRAME_SIZE
        end = min(-(-(start + length) // FRAME_SIZE), _frame_count(sealed))
        data = b"".join(self._frames(sealed, first, end))
        offset = start - first * FRAME_SIZE
        return data[offset : offset + length]

    def _frames(self, sealed: bytes, first: int, end: int) -> Iterator[bytes]:
        """Decrypt the frames from ``first`` up to but not including ``end``."""
        aead, bound_to = AESGCM(self.key), self._bound_to
        last = _frame_count(sealed) - 1
        for number in range(first, end):
            offset = number * SEALED_FRAME_SIZE
            try:
                yield aead.decrypt(
                    _nonce(number, is_last=number == last),
                    sealed[offset : offset + SEALED_FRAME_SIZE],
                    bound_to,
                )
            except InvalidTag as err:
                raise DamagedContentError(self.recording_id, self.content) from err

    @property
    def _bound_to(self) -> bytes:
        """Return what a blob must not be separated from: its format, kind and recording."""
        return b"|".join((_FORMAT, self.content.encode(), self.recording_id.encode()))


@dataclass(frozen=True, kw_only=True, slots=True)
class TrailCipher:
    """AES-256-GCM over the parts of one purge's trail.

    A key seals the parts of one purge and each of them once, so its number can be the nonce.
    """

    purge_id: str
    key: bytes = field(repr=False)

    def encrypt(self, number: int, data: bytes) -> bytes:
        """Return the sealed form of a part."""
        return AESGCM(self.key).encrypt(number.to_bytes(12), data, self._bound_to)

    def decrypt(self, number: int, sealed: bytes) -> bytes | None:
        """Return a part that was sealed, or none if it is not what was sealed."""
        try:
            return AESGCM(self.key).decrypt(number.to_bytes(12), sealed, self._bound_to)
        except InvalidTag:
            return None

    @property
    def _bound_to(self) -> bytes:
        """Return what a part must not be separated from."""
        return b"|".join((_TRAIL_FORMAT, self.purge_id.encode()))


@dataclass(frozen=True, kw_only=True, slots=True)
class SpoolCipher:
    """AES-256-GCM over a file that is there for a while, frame by frame, in any order.

    A key seals one file and each of its frames once, as for a content.
    """

    key: bytes = field(default_factory=new_key, repr=False)

    def encrypt(self, number: int, frame: bytes, *, is_last: bool) -> bytes:
        """Return the sealed form of a frame."""
        nonce = _nonce(number, is_last=is_last)
        return AESGCM(self.key).encrypt(nonce, frame, _SPOOL_FORMAT)

    def decrypt(self, number: int, sealed: bytes, *, is_last: bool) -> bytes | None:
        """Return a frame that was sealed, or none if it is not what was sealed."""
        nonce = _nonce(number, is_last=is_last)
        try:
            return AESGCM(self.key).decrypt(nonce, sealed, _SPOOL_FORMAT)
        except InvalidTag:
            return None


def plain_length(sealed_length: int) -> int:
    """Return how many bytes were sealed into a blob of this length."""
    frames = max(-(-sealed_length // SEALED_FRAME_SIZE), 1)
    return sealed_length - frames * _TAG_SIZE


def _nonce(number: int, *, is_last: bool) -> bytes:
    """Return the nonce of a frame."""
    return number.to_bytes(11) + bytes((is_last,))


def _frame_count(sealed: bytes) -> int:
    """Return into how many frames a blob falls; even an empty one should have had one."""
    return max(-(-len(sealed) // SEALED_FRAME_SIZE), 1)
