"""Search the files as a finder of the disk would."""

from collections.abc import Iterator
from contextlib import contextmanager
import json
import os
from pathlib import Path
import shutil
import sqlite3
from traceback import format_exception

import pytest

from custom_components.voice_retention.policy.models import (
    ALL_CONTENT,
    Content,
    Utterance,
    new_recording_id,
)
from custom_components.voice_retention.vault import (
    RecordingFilter,
    Vault,
    VaultUnavailableError,
)
from custom_components.voice_retention.vault.cipher import ContentCipher
from custom_components.voice_retention.vault.errors import DamagedContentError
from custom_components.voice_retention.vault.keyring import Keyring

from .make import satellite, utterance

GRAM = 12
"""So many bytes in a row are found by chance in no folder on earth."""


def traces_of_text(text: str) -> set[bytes]:
    """Return how parts of a text may be written, in the encodings that programs use."""
    parts = [text[start : start + GRAM] for start in range(0, len(text) - GRAM, 5)]
    return {
        part.encode(encoding) for part in parts for encoding in ("utf-8", "utf-16-le")
    } | {json.dumps(part)[1:-1].encode() for part in parts}


def traces_of_audio(audio: bytes) -> set[bytes]:
    """Return bits of audio."""
    return {audio[start : start + GRAM] for start in range(0, len(audio) - GRAM, 501)}


def traces(said: Utterance) -> set[bytes]:
    """Return everything by which the content of a sentence could be recognised."""
    assert said.audio is not None
    assert said.transcript is not None
    assert said.response is not None
    return (
        traces_of_audio(said.audio)
        | traces_of_text(said.transcript)
        | traces_of_text(said.response)
    )


def found(folder: Path, wanted: set[bytes]) -> dict[str, int]:
    """Return how many of some traces are in each file, free pages and log included."""
    return {
        path.name: count
        for path in folder.iterdir()
        if (data := path.read_bytes())
        and (count := sum(trace in data for trace in wanted))
    }


def is_proven(folder: Path, wanted: set[bytes]) -> bool:
    """Return whether the search finds traces: all but the few that cross a page's end."""
    return sum(found(folder, wanted).values()) >= 0.9 * len(wanted)


def sentence(number: int, size: int = 20_000) -> Utterance:
    """Return a sentence unlike any other."""
    name = f"{number}-{new_recording_id()}"
    return utterance(
        origin=satellite(f"kitchen {new_recording_id()}"),
        audio=os.urandom(size),
        transcript=f"Wie spät ist es in München, {name}, „genau“ jetzt?",
        response=f"Es ist noch früh in München, {name} — schlaf weiter.",
    )


def own_traces(folder: Path, said: Utterance) -> set[bytes]:
    """Return what the vault itself wrote of a recording: ids, keys and sealed content."""
    keyring = (folder / "keys").read_bytes()
    start = keyring.index(bytes.fromhex(said.recording_id))
    connection = sqlite3.connect(folder / "vault.db")
    sealed = connection.execute(
        "SELECT sealed FROM contents WHERE recording_id = ?", [said.recording_id]
    ).fetchall()
    connection.close()
    assert said.origin.satellite_key is not None
    own = {
        said.recording_id.encode(),
        bytes.fromhex(said.recording_id),
        said.origin.satellite_key.encode(),
        *(keyring[start + 16 * part :][:16] for part in range(7)),
    }
    for (blob,) in sealed:
        own |= {blob[:GRAM], blob[-GRAM:]} | traces_of_audio(blob)
    return own


async def test_what_is_said_is_written_nowhere_as_it_is(
    vault: Vault, folder: Path
) -> None:
    """Not in the log of the database, nor for a moment."""
    said = [sentence(number) for number in range(20)]
    await vault.recordings.store(said)
    for item in said:
        assert not found(folder, traces(item))
    await vault.close()
    for item in said:
        assert not found(folder, traces(item))


async def test_a_deleted_recording_leaves_no_trace(vault: Vault, folder: Path) -> None:
    """Not its ids, not its keys, not even a sealed piece of it, in no page of any file.

    The search is proven first: before the deletion it finds all of this.
    """
    said = [sentence(number, 1000 + 97 * number) for number in range(80)]
    for start in range(0, len(said), 10):
        await vault.recordings.store(said[start : start + 10])
    kept, *deleted = said
    wanted = [own_traces(folder, item) for item in deleted]
    for own in wanted:
        assert is_proven(folder, own)

    await vault.deletion.delete(item.recording_id for item in deleted)
    for item, own in zip(deleted, wanted, strict=True):
        assert not found(folder, own)
        assert not found(folder, traces(item))
    assert found(folder, own_traces(folder, kept)).keys() >= {"keys", "vault.db"}


async def test_deleted_audio_leaves_no_trace_while_its_text_stays(
    vault: Vault, folder: Path
) -> None:
    """One content may expire long before the other."""
    said = sentence(1, 100_000)
    await vault.recordings.store([said])
    connection = sqlite3.connect(folder / "vault.db")
    [(sealed,)] = connection.execute(
        "SELECT sealed FROM contents WHERE content = 'audio'"
    ).fetchall()
    connection.close()
    key = vault._storage.keyring.key(said.recording_id, Content.AUDIO)
    assert key is not None
    wanted = traces_of_audio(sealed) | {key[:GRAM], key[-GRAM:]}
    assert is_proven(folder, wanted)
    await vault.deletion.delete([said.recording_id], {Content.AUDIO})
    assert not found(folder, wanted)


async def test_a_copy_made_before_a_purge_is_dead_after_it(
    vault: Vault, folder: Path, tmp_path: Path
) -> None:
    """Whoever has yesterday's database and today's keys can open nothing of it."""
    said = sentence(1)
    kept = sentence(2)
    await vault.recordings.store([said, kept])
    with copied(folder, tmp_path / "copy.db") as copy:
        await vault.deletion.delete([said.recording_id])
        await vault.close()
        keyring = Keyring.open(folder / "keys")
        keys = [
            key
            for content in Content
            if (key := keyring.key(kept.recording_id, content)) is not None
        ]
        keyring.close()
        blobs = copy.execute("SELECT recording_id, content, sealed FROM contents")
        opened = set()
        for recording_id, content, sealed in blobs.fetchall():
            for key in [*keys, bytes(32)]:
                cipher = ContentCipher(
                    recording_id=recording_id, content=Content(content), key=key
                )
                try:
                    cipher.decrypt(sealed)
                except DamagedContentError:
                    continue
                opened.add((recording_id, content))
    assert opened == {(kept.recording_id, content) for content in ALL_CONTENT}


@contextmanager
def copied(folder: Path, path: Path) -> Iterator[sqlite3.Connection]:
    """Copy a database with its log, and open the copy."""
    shutil.copy(folder / "vault.db", path)
    shutil.copy(folder / "vault.db-wal", path.with_name(f"{path.name}-wal"))
    connection = sqlite3.connect(path)
    yield connection
    connection.close()


async def test_a_blob_put_into_another_row_does_not_open(
    vault: Vault, folder: Path
) -> None:
    """Nobody can make one person's words another's."""
    first, second = sentence(1), sentence(2)
    await vault.recordings.store([first, second])
    connection = sqlite3.connect(folder / "vault.db")
    with connection:
        connection.execute(
            "UPDATE contents SET sealed = (SELECT sealed FROM contents AS other"
            " WHERE other.recording_id = ? AND other.content = contents.content)"
            " WHERE recording_id = ?",
            (first.recording_id, second.recording_id),
        )
    connection.close()
    with pytest.raises(DamagedContentError):
        await vault.recordings.read_audio(second.recording_id)
    with pytest.raises(DamagedContentError):
        await vault.recordings.read_audio_range(second.recording_id, 0, 10)
    texts = await vault.recordings.read_text([first.recording_id, second.recording_id])
    assert texts[first.recording_id].transcript == first.transcript
    assert texts[second.recording_id].transcript is None
    assert texts[second.recording_id].damaged == {Content.TRANSCRIPT, Content.RESPONSE}
    assert await vault.recordings.find(RecordingFilter())


async def test_errors_do_not_show_what_was_being_stored(
    vault: Vault, caplog: pytest.LogCaptureFixture
) -> None:
    """They are logged with everything that caused them."""
    caplog.set_level("DEBUG")
    said = sentence(1)
    with pytest.raises(VaultUnavailableError) as raised:
        await vault.recordings.store(
            [
                utterance(
                    recording_id=said.recording_id,
                    transcript=said.transcript,
                    response=said.response,
                    audio=said.audio,
                    language=None,
                )
            ]
        )
    told = caplog.text + "".join(format_exception(raised.value))
    assert "INSERT INTO recordings" in told
    assert said.recording_id not in told
    assert said.transcript is not None
    assert said.response is not None
    assert said.audio is not None
    for text in (said.transcript, said.response):
        assert not any(text[start:][:GRAM] in told for start in range(len(text) - GRAM))
    assert repr(said.audio[:GRAM])[2:-1] not in told
