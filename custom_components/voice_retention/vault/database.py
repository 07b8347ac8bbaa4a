"""Open the SQLite database so that nothing is lost in a crash and nothing survives a deletion."""

from collections.abc import Callable
from pathlib import Path
import sqlite3
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Connection, Engine, QueuePool, create_engine, event

from .errors import UnavailableReason, VaultUnavailableError
from .tables import metadata

SCHEMA_VERSION: Final = 1

_FULL_CHECK_LIMIT: Final = 64 * 1024 * 1024
"""Up to this size the whole database is checked when it is opened.

Above it, only what is not sealed content is: reading gigabytes would hold up the start, and
sealed content that was changed fails to open anyway.
"""

_BUSY_SECONDS: Final = 2.0
_VACUUM_STEP: Final = 2000
"""Pages given back to the disk at once: 8 MB, so that storing never waits long."""


def open_writer(database: Path) -> Engine:
    """Return the engine for the one connection that writes."""
    engine = _engine(database)

    @event.listens_for(engine, "connect")
    def _prepare(connection: sqlite3.Connection, _record: object) -> None:
        # Until the database is known to be sound, closing it must not write into it.
        connection.setconfig(sqlite3.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, True)
        for setting in ("secure_delete=ON", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {setting}").fetchall()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def open_reader(database: Path) -> Engine:
    """Return the engine for a connection that only reads, also while another one writes."""
    engine = _engine(database)

    @event.listens_for(engine, "connect")
    def _prepare(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute("PRAGMA query_only=ON")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN")

    return engine


def _engine(database: Path) -> Engine:
    """Return an engine of one connection whose transactions we begin ourselves."""
    engine = create_engine(
        f"sqlite:///{database}",
        poolclass=QueuePool,
        pool_size=1,
        max_overflow=0,
        connect_args={"isolation_level": None, "timeout": _BUSY_SECONDS},
        # Errors are logged with their cause: keep what was stored out of them.
        hide_parameters=True,
    )

    @event.listens_for(engine, "connect")
    def _keep_to_memory(connection: sqlite3.Connection, _record: object) -> None:
        # What is sorted would otherwise lie in files outside the vault.
        connection.execute("PRAGMA temp_store=MEMORY")

    return engine


def prepare(engine: Engine, size: int) -> None:
    """Check a database of ``size`` bytes and make the tables if it is new.

    A database that is not sound is left as it is.
    """
    version = pragma(engine, "user_version")
    if version > SCHEMA_VERSION:
        raise VaultUnavailableError(UnavailableReason.UNREADABLE)
    # Tables and version are made in one transaction: another database has other tables.
    if _tables(engine) != (set(metadata.tables) if version else set()):
        raise VaultUnavailableError(UnavailableReason.DAMAGED)
    _check(engine, is_full=size <= _FULL_CHECK_LIMIT)
    if version == 0:
        # Taken only before the first page is written, which changing the journal does.
        pragma(engine, "auto_vacuum=INCREMENTAL")
    pragma(engine, "journal_mode=WAL")
    if version == 0:
        with engine.begin() as connection:
            metadata.create_all(connection)
            connection.exec_driver_sql(f"PRAGMA user_version={SCHEMA_VERSION}")


def is_ours(engine: Engine) -> bool:
    """Return whether a database is one of this version's, and sound where it matters."""
    if pragma(engine, "user_version") != SCHEMA_VERSION:
        return False
    if _tables(engine) != set(metadata.tables):
        return False
    _check(engine, is_full=False)
    return True


def allow_writing_on_close(engine: Engine) -> None:
    """Let the database be tidied up when it is closed, now that it is known to be sound."""
    _run(
        engine,
        lambda connection: connection.setconfig(
            sqlite3.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, False
        ),
    )


def _tables(engine: Engine) -> set[str]:
    """Return the names of all tables but those that SQLite makes for itself."""
    query = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
    rows = _run(engine, lambda connection: connection.execute(query).fetchall())
    return {name for (name,) in rows}


def _check(engine: Engine, *, is_full: bool) -> None:
    """Raise if the structure of the database is damaged."""
    if is_full:
        scopes = ["1"]
    else:
        scopes = [name for name in metadata.tables if name != "contents"]
    # Not the quick check: what an index lists wrongly, a purge would overlook.
    checks = [f"integrity_check({scope})" for scope in scopes]
    if any(pragma(engine, check) != "ok" for check in checks):
        raise VaultUnavailableError(UnavailableReason.DAMAGED)


def pragma(engine: Engine, name: str) -> Any:
    """Run a pragma outside any transaction and return the first value it answers."""
    rows = _run(
        engine, lambda connection: connection.execute(f"PRAGMA {name}").fetchall()
    )
    return rows[0][0] if rows and rows[0] else None


def truncate_wal(engine: Engine) -> bool:
    """Move everything into the database and empty the write-ahead log.

    Returns whether it worked. Somebody reading at this moment prevents it, and is not waited
    for here: whoever wants to store would wait too.
    """
    pragma(engine, "busy_timeout=0")
    try:
        return bool(pragma(engine, "wal_checkpoint(TRUNCATE)") == 0)
    finally:
        pragma(engine, f"busy_timeout={_BUSY_SECONDS * 1000:.0f}")


def vacuum_step(engine: Engine) -> bool:
    """Give some free pages back to the disk; return whether there are more to give."""
    before = pragma(engine, "freelist_count")
    pragma(engine, f"incremental_vacuum({_VACUUM_STEP})")
    return bool(0 < pragma(engine, "freelist_count") < before)


def _run[T](engine: Engine, job: Callable[[sqlite3.Connection], T]) -> T:
    """Do something with the connection itself, outside any transaction."""
    pooled = engine.raw_connection()
    try:
        connection = pooled.driver_connection
        if TYPE_CHECKING:
            assert isinstance(connection, sqlite3.Connection)
        return job(connection)
    finally:
        pooled.close()
