"""A file that nobody can read on the disk, and whoever wrote it can read anywhere."""

import os
from pathlib import Path
from typing import Any
from zipfile import ZIP_STORED, ZipFile

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.voice_retention.exports import spool as spool_module
from custom_components.voice_retention.exports.spool import (
    FOLDER,
    RESERVE,
    DiskFullError,
    SealedSpool,
    SpoolGoneError,
    remove_left_behind,
)
from custom_components.voice_retention.vault.cipher import (
    FRAME_SIZE,
    SEALED_FRAME_SIZE,
    SpoolCipher,
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return where the file is to be, in a folder that is not there yet."""
    return tmp_path / FOLDER / "spool"


def whole(spool: SealedSpool) -> bytes:
    """Return everything that was written."""
    data = b""
    while len(data) < spool.size:
        data += spool.read(len(data))
    return data


@settings(max_examples=60, deadline=None)
@given(
    files=st.lists(
        st.tuples(
            st.integers(0, 70),
            st.integers(0, 3 * FRAME_SIZE),
            st.integers(1, 2 * FRAME_SIZE),
        ),
        min_size=1,
        max_size=6,
    )
)
def test_what_is_written_is_read(
    tmp_path_factory: pytest.TempPathFactory, files: list[tuple[int, int, int]]
) -> None:
    """Whatever lies where in which frame, also where a header is filled in later."""
    spool = SealedSpool(tmp_path_factory.mktemp("spool") / "file")
    expected = bytearray()
    for number, (header, size, step) in enumerate(files):
        spool.mark()
        begin = spool.tell()
        spool.write(b"?" * header)
        body = bytes([number + 1]) * size
        for start in range(0, size, step):
            spool.write(body[start : start + step])
        end = spool.tell()
        assert spool.seek(begin) == begin
        spool.write(b"!" * header)
        spool.seek(end)
        expected += b"!" * header + body
    spool.close()
    assert spool.size == len(expected)
    assert whole(spool) == expected
    for start in {0, 1, spool.size // 2, spool.size - 1} & {*range(spool.size)}:
        part = spool.read(start)
        assert part == expected[start : start + len(part)]
    spool.discard()


def test_nothing_of_it_is_on_the_disk(path: Path) -> None:
    """Not as it is; and for nobody but us at all."""
    spool = SealedSpool(path)
    text = b"the safe is behind the picture. " * 5000
    spool.write(text)
    spool.mark()
    spool.close()
    on_disk = path.read_bytes()
    assert len(on_disk) > len(text)
    assert b"safe" not in on_disk
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_no_frame_is_sealed_twice(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two frames under one number would give both away."""
    numbers: list[int] = []
    encrypt = SpoolCipher.encrypt

    def note(cipher: SpoolCipher, number: int, frame: bytes, *, is_last: bool) -> bytes:
        numbers.append(number)
        return encrypt(cipher, number, frame, is_last=is_last)

    monkeypatch.setattr(SpoolCipher, "encrypt", note)
    spool = SealedSpool(path)
    with ZipFile(spool, "w", ZIP_STORED) as archive:
        for number in range(20):
            spool.mark()
            with archive.open(f"{number}.wav", "w") as file:
                for _ in range(5):
                    file.write(os.urandom(FRAME_SIZE // 2 + number))
        spool.mark()
    spool.close()
    assert sorted(numbers) == [*range(-(-spool.size // FRAME_SIZE))]


def test_memory_does_not_grow_with_the_file(path: Path) -> None:
    """Also while one very long file is written, whose header is still to be filled in."""
    spool = SealedSpool(path)
    spool.write(b"before")
    spool.mark()
    most = 0
    for _ in range(200):
        spool.write(bytes(FRAME_SIZE // 3))
        most = max(most, len(spool._open))
    assert most <= spool_module.FRAMES_OF_HEADER + 2


def test_what_was_changed_on_the_disk_does_not_open(path: Path) -> None:
    """One bit, or two frames in each other's place."""
    spool = SealedSpool(path)
    spool.write(os.urandom(3 * FRAME_SIZE))
    spool.close()
    sealed = path.read_bytes()
    path.write_bytes(
        sealed[SEALED_FRAME_SIZE : 2 * SEALED_FRAME_SIZE]
        + sealed[:SEALED_FRAME_SIZE]
        + sealed[2 * SEALED_FRAME_SIZE :]
    )
    with pytest.raises(SpoolGoneError):
        spool.read(0)
    path.write_bytes(sealed[:-1] + bytes([sealed[-1] ^ 1]))
    assert spool.read(0)
    with pytest.raises(SpoolGoneError):
        spool.read(2 * FRAME_SIZE)


def test_a_discarded_file_is_gone_for_whoever_is_still_at_it(path: Path) -> None:
    """For those who read as for those who write, and a second time it is no error."""
    spool = SealedSpool(path)
    spool.write(b"something")
    spool.discard()
    assert not path.exists()
    calls: list[Any] = [lambda: spool.write(b"more"), lambda: spool.read(0)]
    for call in (*calls, spool.close):
        with pytest.raises(SpoolGoneError):
            call()
    spool.discard()


def test_the_key_goes_even_if_the_file_cannot(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is left is noise; it is said, and can be tried again."""
    spool = SealedSpool(path)
    spool.write(b"something")
    spool.close()

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError

    with monkeypatch.context() as patched:
        patched.setattr(Path, "unlink", refuse)
        with pytest.raises(PermissionError):
            spool.discard()
    with pytest.raises(SpoolGoneError):
        spool.read(0)
    spool.discard()
    assert not path.exists()


def test_the_disk_is_not_filled(path: Path) -> None:
    """Neither at first nor later."""
    with pytest.raises(DiskFullError):
        SealedSpool(path, lambda folder: RESERVE - 1)
    assert not path.exists()
    room = [RESERVE + 2 * FRAME_SIZE]
    spool = SealedSpool(path, lambda folder: room[0])
    with pytest.raises(DiskFullError):
        spool.ensure_room(3 * FRAME_SIZE)
    spool.ensure_room(2 * FRAME_SIZE)
    room[0] = 0
    with pytest.raises(DiskFullError):
        spool.write(bytes(2 * spool_module.LOOK_EVERY * FRAME_SIZE))


def test_what_a_crash_left_is_removed(path: Path, tmp_path: Path) -> None:
    """And where nothing is, nothing happens."""
    remove_left_behind(tmp_path)
    SealedSpool(path).close()
    remove_left_behind(tmp_path)
    assert not path.exists()
