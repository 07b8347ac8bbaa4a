"""Seal content on its way in, and open it on its way out."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from typing import Any

from sqlalchemy import Connection, Engine, Table, insert, select

from ..policy.models import ALL_CONTENT, Content, Utterance
from .books import LedgerEntry
from .cipher import ContentCipher, new_key
from .entries import add_entries
from .errors import DamagedContentError, RecordingNotFoundError
from .keyring import Keyring
from .models import RecordingText
from .rows import kept_content, row_of
from .search import among
from .tables import contents, recordings


def store_all(
    engine: Engine,
    keyring: Keyring,
    utterances: Sequence[Utterance],
    runs: Sequence[LedgerEntry],
) -> None:
    """Store what is to be kept of some utterances, and where they went, or nothing.

    The keys are on the disk before anything that needs them.
    """
    keys: dict[str, dict[Content, bytes]] = {}
    rows: list[dict[str, Any]] = []
    sealed_rows: list[dict[str, Any]] = []
    for utterance in utterances:
        if not (kept := kept_content(utterance)):
            continue
        recording_id = utterance.recording_id
        keys[recording_id] = {content: new_key() for content in kept}
        sealed = {
            content: ContentCipher(
                recording_id=recording_id,
                content=content,
                key=keys[recording_id][content],
            ).encrypt(data)
            for content, data in kept.items()
        }
        sizes = {content: len(blob) for content, blob in sealed.items()}
        rows.append(row_of(utterance, sizes))
        sealed_rows.extend(
            {"recording_id": recording_id, "content": content, "sealed": blob}
            for content, blob in sealed.items()
        )
    inserts = {
        recordings: rows,
        contents: sealed_rows,
    }
    if rows or runs:
        _insert(engine, keyring, keys, inserts, runs)


def _insert(
    engine: Engine,
    keyring: Keyring,
    keys: dict[str, dict[Content, bytes]],
    inserts: Mapping[Table, list[dict[str, Any]]],
    runs: Sequence[LedgerEntry],
) -> None:
    """Write keys, then rows; take the keys back if the rows cannot be written."""
    keyring.add(keys)
    try:
        with engine.begin() as connection:
            for table, rows in inserts.items():
                if rows:
                    connection.execute(insert(table), rows)
            add_entries(connection, runs)
    except BaseException:
        # A disk that fails here too is put right at the next write or opening.
        with suppress(OSError):
            keyring.destroy(keys, ALL_CONTENT)
        raise


def read_content(
    connection: Connection,
    keyring: Keyring,
    recording_id: str,
    content: Content,
    part: tuple[int, int] | None = None,
) -> bytes:
    """Return a content, or the part of it that has this start and length."""
    sealed = connection.scalar(
        select(contents.c.sealed).where(
            contents.c.recording_id == recording_id, contents.c.content == content
        )
    )
    key = keyring.key(recording_id, content)
    if sealed is None or key is None:
        raise RecordingNotFoundError(recording_id)
    cipher = ContentCipher(recording_id=recording_id, content=content, key=key)
    return (
        cipher.decrypt(sealed) if part is None else cipher.decrypt_range(sealed, *part)
    )


def read_texts(
    connection: Connection, keyring: Keyring, recording_ids: Collection[str]
) -> dict[str, RecordingText]:
    """Return transcript and response of those recordings that have any."""
    found: dict[str, dict[Content, str]] = {}
    damaged: dict[str, set[Content]] = {}
    rows = connection.execute(
        select(contents).where(
            among(contents.c.recording_id, recording_ids),
            contents.c.content.in_((Content.TRANSCRIPT, Content.RESPONSE)),
        )
    )
    for recording_id, content, sealed in rows:
        if (key := keyring.key(recording_id, content)) is None:
            continue
        cipher = ContentCipher(recording_id=recording_id, content=content, key=key)
        try:
            text = cipher.decrypt(sealed).decode()
        except DamagedContentError:
            damaged.setdefault(recording_id, set()).add(content)
        else:
            found.setdefault(recording_id, {})[content] = text
    return {
        recording_id: RecordingText(
            transcript=found.get(recording_id, {}).get(Content.TRANSCRIPT),
            response=found.get(recording_id, {}).get(Content.RESPONSE),
            damaged=frozenset(damaged.get(recording_id, ())),
        )
        for recording_id in found.keys() | damaged.keys()
    }
