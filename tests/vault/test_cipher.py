"""Test that content opens only as what it was sealed as."""

from dataclasses import replace
import os
from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.voice_retention.policy.models import Content
from custom_components.voice_retention.vault.cipher import (
    FRAME_SIZE,
    ContentCipher,
    new_key,
)
from custom_components.voice_retention.vault.errors import DamagedContentError

SIZES = [
    0,
    1,
    FRAME_SIZE - 1,
    FRAME_SIZE,
    FRAME_SIZE + 1,
    2 * FRAME_SIZE,
    3 * FRAME_SIZE + 7,
]


@pytest.fixture
def cipher() -> ContentCipher:
    """Return the cipher of one recording's audio."""
    return ContentCipher(recording_id="0f" * 16, content=Content.AUDIO, key=new_key())


@pytest.mark.parametrize("size", SIZES)
def test_what_is_sealed_opens_as_it_was(cipher: ContentCipher, size: int) -> None:
    """At and around the ends of frames a byte is easily lost."""
    data = os.urandom(size)
    sealed = cipher.encrypt(data)
    assert cipher.decrypt(sealed) == data
    assert size < 16 or data[:16] not in sealed


@given(
    size=st.integers(0, 3 * FRAME_SIZE),
    start=st.integers(0, 4 * FRAME_SIZE),
    length=st.integers(0, 4 * FRAME_SIZE),
)
def test_a_range_is_what_a_slice_would_be(size: int, start: int, length: int) -> None:
    """A player that seeks must not hear another place than it asked for."""
    cipher = ContentCipher(recording_id="0f" * 16, content=Content.AUDIO, key=bytes(32))
    data = bytes(number * 7 // 5 % 251 for number in range(size))
    sealed = cipher.encrypt(data)
    assert cipher.decrypt_range(sealed, start, length) == data[start : start + length]


def test_a_range_touches_only_its_own_frames(cipher: ContentCipher) -> None:
    """Otherwise each request of a player would cost as much as the whole recording."""
    data = os.urandom(3 * FRAME_SIZE)
    sealed = bytearray(cipher.encrypt(data))
    sealed[0] ^= 1
    sealed[-1] ^= 1
    middle = cipher.decrypt_range(bytes(sealed), FRAME_SIZE, FRAME_SIZE)
    assert middle == data[FRAME_SIZE : 2 * FRAME_SIZE]


@pytest.mark.parametrize("position", [0, 20, FRAME_SIZE + 30, -1])
def test_one_flipped_bit_is_noticed(cipher: ContentCipher, position: int) -> None:
    """Damaged speech must not be played as if it had been said."""
    sealed = bytearray(cipher.encrypt(os.urandom(FRAME_SIZE + 100)))
    sealed[position] ^= 0x10
    with pytest.raises(DamagedContentError) as raised:
        cipher.decrypt(bytes(sealed))
    assert (raised.value.recording_id, raised.value.content) == (
        cipher.recording_id,
        Content.AUDIO,
    )


@pytest.mark.parametrize("cut", [0, 1, 15, FRAME_SIZE + 16, 2 * FRAME_SIZE + 32])
def test_a_blob_cut_short_does_not_open(cipher: ContentCipher, cut: int) -> None:
    """Also when the cut is where a frame ends, or nothing at all is left."""
    sealed = cipher.encrypt(os.urandom(3 * FRAME_SIZE))
    with pytest.raises(DamagedContentError):
        cipher.decrypt(sealed[:cut])


def test_frames_cannot_change_places(cipher: ContentCipher) -> None:
    """A sentence put together anew is not the one that was said."""
    sealed = cipher.encrypt(os.urandom(3 * FRAME_SIZE))
    size = FRAME_SIZE + 16
    swapped = sealed[size : 2 * size] + sealed[:size] + sealed[2 * size :]
    with pytest.raises(DamagedContentError):
        cipher.decrypt(swapped)


@pytest.mark.parametrize(
    "changes",
    [
        {"recording_id": "0e" * 16},
        {"content": Content.TRANSCRIPT},
        {"key": bytes(32)},
    ],
    ids=["recording", "content", "key"],
)
def test_a_blob_opens_only_in_its_own_place(
    cipher: ContentCipher, changes: dict[str, Any]
) -> None:
    """A blob moved to another row must not pass for that row's content."""
    sealed = cipher.encrypt(b"hello")
    with pytest.raises(DamagedContentError):
        replace(cipher, **changes).decrypt(sealed)


def test_a_key_is_never_shown(cipher: ContentCipher) -> None:
    """A representation ends up in logs."""
    assert repr(cipher.key) not in repr(cipher)
