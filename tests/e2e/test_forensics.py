"""The search that other tests rely on finds what was planted."""

from array import array
import base64
from collections.abc import Callable
import gzip
import json
from pathlib import Path
import random
import sqlite3

import pytest

from demo.house.forensics import ForensicSearch, Hit

PHRASE = "Open the garage door"


def noise(seed: int, samples: int = 8000) -> bytes:
    """Return audio that is nowhere else."""
    source = random.Random(seed)  # noqa: S311 — noise needs no secrets
    return array("h", (round(source.gauss(0, 40)) for _ in range(samples))).tobytes()


def search(
    folder: Path, *, phrase: str | None = None, pcm: bytes | None = None
) -> list[Hit]:
    """Search a folder for one thing."""
    forensic = ForensicSearch()
    if phrase is not None:
        forensic.look_for_phrase(phrase)
    if pcm is not None:
        forensic.look_for_audio("speech", pcm)
    return forensic.search(folder)


@pytest.mark.parametrize(
    "encode",
    [
        pytest.param(lambda text: text.encode(), id="UTF-8"),
        pytest.param(lambda text: text.upper().encode(), id="upper case"),
        pytest.param(lambda text: text.encode("utf-16-le"), id="UTF-16 LE"),
        pytest.param(lambda text: text.encode("utf-16-be"), id="UTF-16 BE"),
        pytest.param(
            lambda text: "".join(f"\\u{ord(c):04X}" for c in text).encode(),
            id="JSON escaped",
        ),
        pytest.param(lambda text: json.dumps({"text": text}).encode(), id="JSON"),
        pytest.param(lambda text: text.replace(" ", "%20").encode(), id="URL"),
        pytest.param(lambda text: base64.b64encode(text.encode()), id="base64"),
        pytest.param(
            lambda text: base64.b64encode(b"x" + text.lower().encode()),
            id="base64, one byte further",
        ),
        pytest.param(
            lambda text: base64.b64encode(b"xy" + text.encode()),
            id="base64, two bytes further",
        ),
        pytest.param(lambda text: text.encode().hex().encode(), id="hexadecimal"),
        pytest.param(lambda text: gzip.compress(text.encode()), id="gzip"),
    ],
)
def test_a_phrase_is_found_in_each_form(
    tmp_path: Path, encode: Callable[[str], bytes]
) -> None:
    """A form that is overlooked would let a left-over transcript pass."""
    content = encode(PHRASE)
    padding = b"" if content.startswith(b"\x1f\x8b") else b"\x00\xff" * 501
    (tmp_path / "file").write_bytes(padding + content + padding)
    assert search(tmp_path, phrase=PHRASE)


@pytest.mark.parametrize("offset", range(0, 70, 3))
def test_a_fragment_of_audio_is_found_at_any_offset(
    tmp_path: Path, offset: int
) -> None:
    """Files are not aligned to samples, and pages of a database hold pieces only."""
    pcm = noise(1)
    fragment = pcm[1001 : 1001 + 100]
    (tmp_path / "file").write_bytes(b"\x01" * offset + fragment + b"\x02" * 999)
    assert [hit.form for hit in search(tmp_path, pcm=pcm)] == ["PCM"]


@pytest.mark.parametrize("skipped", range(3))
def test_audio_is_found_as_base64(tmp_path: Path, skipped: int) -> None:
    """JSON files carry audio as base64, which looks different for each of three alignments."""
    pcm = noise(2)
    (tmp_path / "file").write_bytes(base64.b64encode(b"abc"[:skipped] + pcm))
    assert {hit.form for hit in search(tmp_path, pcm=pcm)} == {"base64"}


def test_what_was_deleted_from_a_database_is_found_in_its_free_pages(
    tmp_path: Path,
) -> None:
    """Deleting rows leaves their bytes in the file unless secure_delete is on."""
    pcm = noise(3)
    database = sqlite3.connect(tmp_path / "data.db")
    database.execute("PRAGMA secure_delete = OFF")
    database.execute("CREATE TABLE kept (text TEXT, audio BLOB)")
    database.execute("INSERT INTO kept VALUES (?, ?)", (PHRASE, pcm))
    database.commit()
    database.execute("DELETE FROM kept")
    database.commit()
    database.close()
    assert search(tmp_path, pcm=pcm)
    assert search(tmp_path, phrase=PHRASE)


def test_what_is_only_in_the_write_ahead_log_is_found(tmp_path: Path) -> None:
    """A row inserted and deleted between two checkpoints never reaches the database itself."""
    pcm = noise(4)
    database = sqlite3.connect(tmp_path / "data.db", isolation_level=None)
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA secure_delete = ON")
    database.execute("CREATE TABLE kept (audio BLOB)")
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.execute("INSERT INTO kept VALUES (?)", (pcm,))
    database.execute("DELETE FROM kept")
    assert "data.db-wal" in {hit.file.name for hit in search(tmp_path, pcm=pcm)}
    database.close()


def test_other_audio_and_silence_are_not_found(tmp_path: Path) -> None:
    """A search that cries wolf is ignored."""
    silence = bytes(4000)
    (tmp_path / "other").write_bytes(noise(5) + silence)
    assert search(tmp_path, pcm=silence + noise(6) + silence) == []
    assert search(tmp_path, phrase=PHRASE) == []
