"""Take in a copy of a vault that came with a restored backup, and leave nothing of it."""

from collections.abc import Collection, Iterator
from contextlib import closing
from itertools import batched
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Engine, insert, select

from ..policy.models import Content
from .database import is_ours, open_reader
from .errors import UnavailableReason, VaultUnavailableError, storage_errors_translated
from .files import VaultFiles
from .keyring import Keyring
from .reconcile import stored_contents
from .reports import AdoptReport
from .search import among
from .tables import contents, metadata, recordings

_BATCH: Final = 20
"""Recordings in memory at once; a long one has megabytes."""

UNREADABLE: Final = AdoptReport(kept=0, lost=0, is_damaged=True)


def adopt(engine: Engine, keyring: Keyring, folder: Path) -> AdoptReport | None:
    """Take in everything that a key opens; return what came of it, if there was a copy.

    A copy's own keys, its ledger and receipts are taken only into a vault in which nothing
    ever happened. In any other one somebody may have purged what the copy still has.

    It can be done again after a crash at any point of it.
    """
    copy = VaultFiles(folder)
    if not copy.database.exists():
        return None
    source = open_reader(copy.database)
    try:
        with storage_errors_translated():
            if not is_ours(source):
                return UNREADABLE
            with source.connect() as connection:
                return _adopt(connection, engine, keyring, copy)
    except VaultUnavailableError as err:
        if err.reason in (UnavailableReason.DISK_FULL, UnavailableReason.READ_ONLY):
            # It is our own disk that is full.
            raise
        return UNREADABLE
    finally:
        source.dispose()


def _adopt(
    source: Connection, engine: Engine, keyring: Keyring, copy: VaultFiles
) -> AdoptReport:
    """Take in keys, then everything else that is wanted."""
    there = stored_contents(source)
    if _is_new(engine):
        _adopt_keys(keyring, copy, there)
        _adopt_history(source, engine)
    with engine.begin() as connection:
        here = stored_contents(connection).keys()
    keys = keyring.contents()
    missing = there.keys() - here
    wanted = [recording_id for recording_id in missing if recording_id in keys]
    for batch in batched(wanted, _BATCH, strict=False):
        _adopt_recordings(source, engine, batch)
    return AdoptReport(kept=len(wanted), lost=len(missing) - len(wanted))


def _is_new(engine: Engine) -> bool:
    """Return whether nothing ever happened in a vault."""
    with engine.begin() as connection:
        return not any(
            connection.execute(select(1).select_from(table).limit(1)).first()
            for table in metadata.sorted_tables
        )


def _adopt_keys(
    keyring: Keyring, copy: VaultFiles, wanted: dict[str, frozenset[Content]]
) -> None:
    """Take in the copy's own keys, if it has any that can be read."""
    if not copy.keys.exists():
        return
    try:
        own = Keyring.open(copy.keys)
    except VaultUnavailableError:
        return
    with closing(own):
        keyring.add(own.copy(wanted.keys() - keyring.contents().keys()))


def _adopt_history(source: Connection, engine: Engine) -> None:
    """Take in the ledger, the receipts and whatever else there is, all of it or nothing."""
    with engine.begin() as connection:
        for table in metadata.sorted_tables:
            if table in (recordings, contents):
                continue
            for rows in batched(
                _rows(source.execute(select(table))), 1000, strict=False
            ):
                connection.execute(insert(table), list(rows))


def _adopt_recordings(
    source: Connection, engine: Engine, recording_ids: Collection[str]
) -> None:
    """Take in some recordings; what of them has no key is removed later on."""
    with engine.begin() as connection:
        for table in (recordings, contents):
            meant = among(table.c.recording_id, recording_ids)
            # Here a recording gets the next number: its own may be another's already.
            columns = [item for item in table.c if item is not recordings.c.number]
            rows = list(_rows(source.execute(select(*columns).where(meant))))
            if rows:
                connection.execute(insert(table), rows)


def _rows(result: Any) -> Iterator[dict[str, Any]]:
    """Return rows as they are inserted again."""
    return (dict(row._mapping) for row in result)
