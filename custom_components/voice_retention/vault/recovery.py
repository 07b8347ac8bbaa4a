"""Save from a damaged vault what can still be read, and destroy the keys of the rest."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import batched, chain, takewhile
import os
from pathlib import Path
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Integer,
    Table,
    insert,
    literal_column,
    select,
)
from sqlalchemy.exc import IntegrityError

from ..policy.models import Content
from .cipher import ContentCipher
from .database import allow_writing_on_close, open_reader, open_writer, prepare
from .errors import (
    DamagedContentError,
    UnavailableReason,
    VaultUnavailableError,
    storage_errors_translated,
)
from .files import VaultFiles, database_files, open_private
from .keyring import Keyring
from .pending import trail_keys
from .reconcile import difference, reconcile
from .reports import RecoveryResult
from .storage import Lane
from .tables import (
    accesses,
    captures,
    contents,
    ledger,
    pending,
    receipts,
    recordings,
    sent_totals,
    trails,
)

_BATCH: Final = 100
_MOST_GUESSES: Final = 1_000_000
"""More rows than a vault has: a damaged row number may be as good as infinite."""

_ROWID: Final = literal_column("rowid", Integer)

type _Row = dict[str, Any]
type _Contents = dict[str, frozenset[Content]]


async def recover(folder: Path) -> RecoveryResult:
    """Replace the damaged vault in a folder by one with everything that is still readable.

    Until the new database is complete the old one stays as it is; afterwards nothing of the
    old one is left.
    """
    lane = Lane("recovery")
    try:
        return await lane.run(lambda: _recover(VaultFiles(folder)))
    finally:
        await lane.close()


def _recover(files: VaultFiles) -> RecoveryResult:
    """Build a new database beside the old one, then put it in its place."""
    files.prepare()
    keyring = Keyring.open(files.keys)
    try:
        _remove(*database_files(files.rescued))
        os.close(open_private(files.rescued))
        keys = keyring.contents()
        kept, purges = _rescue(files, keyring)
        _replace(files)
    finally:
        keyring.close()
        _remove(*database_files(files.rescued))
    lost = keys.keys() - kept.keys() - purges.keys()
    return RecoveryResult(kept=len(kept), lost=len(lost))


def _rescue(files: VaultFiles, keyring: Keyring) -> tuple[_Contents, _Contents]:
    """Fill the new database; then destroy every key of which the content is not in it.

    Return what has a key: contents of recordings, and trails of purges.
    """
    old, new = open_reader(files.database), open_writer(files.rescued)
    try:
        prepare(new, 0)
        with old.connect() as damaged:
            for table in (
                ledger,
                sent_totals,
                accesses,
                captures,
                receipts,
                trails,
                pending,
                recordings,
            ):
                _copy(_readable_rows(damaged, table), new, table)
            sealed = _readable_rows(damaged, contents)
            _copy((row for row in sealed if _opens(row, keyring)), new, contents)
        kept, purges = _copied_contents(new), trail_keys(new)
        for which, ids in difference(keyring.contents(), kept | purges).items():
            keyring.destroy(ids, which)
        keyring.repair()
        reconcile(new, keyring)
        allow_writing_on_close(new)
    finally:
        old.dispose()
        new.dispose()
    return kept, purges


def _copy(rows: Iterator[_Row], new: Engine, table: Table) -> None:
    """Copy rows into the new database, except those that it would never have taken."""
    for batch in batched(rows, _BATCH, strict=False):
        with new.begin() as connection:
            for row in batch:
                with suppress(IntegrityError), connection.begin_nested():
                    connection.execute(insert(table), row)


def _copied_contents(new: Engine) -> _Contents:
    """Return which contents are in the new database, by recording."""
    kept: defaultdict[str, frozenset[Content]] = defaultdict(frozenset)
    with new.begin() as connection:
        for recording_id, content in connection.execute(
            select(contents.c.recording_id, contents.c.content)
        ):
            kept[recording_id] |= {content}
    return kept


def _opens(row: _Row, keyring: Keyring) -> bool:
    """Return whether a sealed content can be decrypted."""
    recording_id, content = row["recording_id"], row["content"]
    if (key := keyring.key(recording_id, content)) is None:
        return False
    cipher = ContentCipher(recording_id=recording_id, content=content, key=key)
    try:
        cipher.decrypt(row["sealed"])
    except DamagedContentError:
        return False
    return True


def _readable_rows(damaged: Connection, table: Table) -> Iterator[_Row]:
    """Yield every row that can be read."""
    for rowid in _readable_rowids(damaged, table):
        with _damage_skipped():
            if row := damaged.execute(select(table).where(_ROWID.is_(rowid))).first():
                yield dict(row._mapping)


def _readable_rowids(damaged: Connection, table: Table) -> Iterator[int]:
    """Return the row numbers that a damaged table may have.

    A scan ends at the first damaged page. So scan from both ends, and guess what lies
    between.
    """
    rising = list(_scan(damaged, table, _ROWID))
    first = max(rising, default=0)
    falling = list(takewhile(first.__lt__, _scan(damaged, table, _ROWID.desc())))
    last = min(falling, default=0)
    guessed = range(first + 1, min(last, first + _MOST_GUESSES))
    return chain(rising, falling, guessed)


def _scan(
    damaged: Connection, table: Table, order: ColumnElement[int]
) -> Iterator[int]:
    """Yield row numbers up to the first damage, read from the table and from no index."""
    query = select(_ROWID).select_from(table).order_by(order)
    with _damage_skipped():
        yield from damaged.scalars(query.with_hint(table, "NOT INDEXED", "sqlite"))


@contextmanager
def _damage_skipped() -> Iterator[None]:
    """Go on after damage, but after nothing else: keys are destroyed for what is skipped."""
    try:
        with storage_errors_translated():
            yield
    except VaultUnavailableError as err:
        if err.reason is not UnavailableReason.DAMAGED:
            raise


def _replace(files: VaultFiles) -> None:
    """Put the new database in the place of the old one."""
    _, *beside = database_files(files.database)
    # First, or SQLite would take the log of the old database for that of the new one.
    _remove(*beside)
    files.rescued.replace(files.database)
    files.sync_folder()


def _remove(*paths: Path) -> None:
    """Remove files that may be there."""
    for path in paths:
        path.unlink(missing_ok=True)
