"""Find and delete rows of the recorder's database, in the recorder's own thread.

There everything that was to be written before is written, and nothing is written meanwhile.
The work is cut into small pieces; between them the recorder goes on recording. Rows are
deleted by the recorder's own functions, which also forget the ids that it keeps in memory.
Tried on 2026.6.0, 2026.10.4 and 2026.11.0.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
import time
from typing import Any, Final, Protocol, override

from sqlalchemy import ColumnElement, select, text
from sqlalchemy.exc import StatementError
from sqlalchemy.orm import Session

from homeassistant.components.recorder import Recorder
from homeassistant.components.recorder.tasks import RecorderTask
from homeassistant.core import HomeAssistant
from homeassistant.helpers.recorder import DATA_INSTANCE, session_scope

from .protocol import PlaceError
from .recorder_wanted import Wanted, Window

SLICE_ROWS: Final = 2000
STEP_SECONDS: Final = 0.2
"""How long the recorder is kept from its own work at a time."""

PATIENCE_SECONDS: Final = 60.0
"""How long to wait for a sign of life."""

_SECURE_DELETE: Final = ("OFF", "ON", "FAST")


class RecorderUnavailableError(PlaceError):
    """The recorder's database cannot be searched now."""

    reason = "recorder_unavailable"


class RecorderMigratingError(RecorderUnavailableError):
    """The recorder changes its tables."""

    reason = "recorder_migrating"


class RecorderLockedError(RecorderUnavailableError):
    """The recorder is kept from writing, as during a backup."""

    reason = "recorder_locked"


class RecorderStoppedError(RecorderUnavailableError):
    """The recorder does not run, or ended meanwhile."""

    reason = "recorder_stopped"


class RecorderBusyError(RecorderUnavailableError):
    """The recorder did not get to the work."""

    reason = "recorder_busy"


class RecorderLogInUseError(RecorderUnavailableError):
    """The rows are gone, but not yet from the write-ahead log: somebody reads it."""

    reason = "recorder_log_in_use"


class Rows(Protocol):
    """A table of the recorder."""

    @property
    def moment(self) -> ColumnElement[Any]:
        """Return the column that tells when a row was written; it has an index."""

    @property
    def are_sought(self) -> bool:
        """Return whether there is anything to look for."""

    def find(self, session: Session, window: Window) -> set[int]:
        """Return the ids of the rows that are wanted."""

    def delete(self, instance: Recorder, session: Session, ids: set[int]) -> None:
        """Delete rows and what only they refer to."""


class RowSearch:
    """A search that goes on piece by piece, and deletes what it finds if told to."""

    def __init__(self, rows: Rows, wanted: Wanted, *, deletes: bool) -> None:
        """Prepare a search."""
        self._rows = rows
        self._deletes = deletes
        self._open = deque(wanted.windows)
        self._found: set[int] = set()
        self._is_given_up = False

    @property
    def found(self) -> int:
        """Return how many rows were found so far."""
        return len(self._found)

    def step(self, instance: Recorder) -> bool:
        """Go on for a moment; return whether all is done."""
        stop = time.monotonic() + STEP_SECONDS
        while self._open and time.monotonic() < stop:
            with _session(instance, read_only=not self._deletes) as session:
                piece, rest = self._cut(session, self._open[0])
                ids = self._rows.find(session, piece)
                if self._deletes and ids:
                    with _overwriting(session):
                        self._rows.delete(instance, session, ids)
                # Somebody else's lock may have kept it so long that nobody waits any more.
                if self._is_given_up:
                    session.rollback()
                    return True
            self._found |= ids
            self._open.popleft()
            if rest is not None:
                self._open.appendleft(rest)
        return not self._open

    def give_up(self) -> None:
        """Let a piece that is still being worked on change nothing."""
        self._is_given_up = True

    def _cut(self, session: Session, window: Window) -> tuple[Window, Window | None]:
        """Split off the first rows of a time."""
        moment = self._rows.moment
        # Later than the first moment, so that no piece is empty.
        later = moment.is_not(None) if window.start is None else moment > window.start
        border = session.execute(
            select(moment)
            .where(later, *within(moment, Window(None, window.end)))
            .order_by(moment)
            .offset(SLICE_ROWS)
            .limit(1)
        ).scalar()
        if border is None:
            return window, None
        return Window(window.start, border), Window(border, window.end)


@dataclass(slots=True, kw_only=True)
class SearchTask(RecorderTask):
    """Work for the recorder's thread; it goes to the end of the queue until it is done."""

    work: Callable[[Recorder], bool] = field(repr=False)
    done: Future[None] = field(default_factory=Future, repr=False)
    steps: int = 0
    is_dropped: bool = False

    @override
    def run(self, instance: Recorder) -> None:
        """Do a piece of the work."""
        if self.is_dropped:
            return
        try:
            is_done = self.work(instance)
        except Exception as err:
            self.done.set_exception(err)
            # The recorder looks at it too: it may have to repair its connection.
            raise
        self.steps += 1
        if is_done:
            self.done.set_result(None)
        else:
            instance.queue_task(self)


async def async_search(instance: Recorder, search: RowSearch) -> int:
    """Search to the end; return how many rows were found."""
    try:
        await async_run(instance, search.step)
    finally:
        search.give_up()
    return search.found


async def async_empty_log(instance: Recorder) -> None:
    """Write everything from SQLite's write-ahead log into the database, and empty it."""
    await async_run(instance, _empty_log)


def ready_recorder(hass: HomeAssistant) -> Recorder | None:
    """Return the recorder, or none in a house without; raise when it cannot be asked."""
    if (instance := hass.data.get(DATA_INSTANCE)) is None:
        return None
    if instance.migration_in_progress:
        raise RecorderMigratingError
    if instance._database_lock_task is not None:  # noqa: SLF001
        raise RecorderLockedError
    if not instance.is_alive():
        raise RecorderStoppedError
    return instance


def within(moment: ColumnElement[Any], window: Window) -> list[ColumnElement[bool]]:
    """Return the conditions for a row to be of a time."""
    conditions = []
    if window.start is not None:
        conditions.append(moment >= window.start)
    if window.end is not None:
        conditions.append(moment < window.end)
    return conditions


async def async_run(
    instance: Recorder,
    work: Callable[[Recorder], bool],
    patience: float | None = None,
) -> None:
    """Have work done in the recorder's thread, piece by piece."""
    task = SearchTask(work=work)
    task.done.set_running_or_notify_cancel()
    done = asyncio.wrap_future(task.done)
    instance.queue_task(task)
    steps, since = 0, time.monotonic()
    limit = PATIENCE_SECONDS if patience is None else patience
    try:
        while not done.done():
            await asyncio.wait({done}, timeout=1)
            if not done.done() and not instance.is_alive():
                raise RecorderStoppedError
            if task.steps > steps:
                steps, since = task.steps, time.monotonic()
            elif time.monotonic() - since > limit:
                raise RecorderBusyError
    finally:
        task.is_dropped = True
    done.result()


def _empty_log(instance: Recorder) -> bool:
    """Empty the write-ahead log of SQLite."""
    assert instance.engine is not None  # noqa: S101
    with instance.engine.connect() as connection:
        busy = connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)")).scalar()
    if busy:
        raise RecorderLogInUseError
    return True


@contextmanager
def _session(instance: Recorder, *, read_only: bool) -> Iterator[Session]:
    """Open a session whose errors, which the recorder logs, do not tell what is sought."""
    with session_scope(session=instance.get_session(), read_only=read_only) as session:
        # Statements that are remembered would keep what they were first asked for.
        session.connection(execution_options={"compiled_cache": None})
        try:
            yield session
        except StatementError as err:
            _hide_parameters(err)
            raise


def _hide_parameters(err: StatementError) -> None:
    """Take from an error what was sought.

    Drivers of servers put it into the statement themselves, and quote that statement.
    """
    err.hide_parameters = True
    if (cause := err.orig) is not None:
        err.args = (f"({type(cause).__name__})",)
        # The number of an error is what the recorder tells it by.
        cause.args = tuple(arg for arg in cause.args if isinstance(arg, int))


@contextmanager
def _overwriting(session: Session) -> Iterator[None]:
    """Let SQLite overwrite what is deleted."""
    connection = session.connection()
    if connection.dialect.name != "sqlite":
        yield
        return
    before = connection.execute(text("PRAGMA secure_delete")).scalar_one()
    connection.execute(text("PRAGMA secure_delete=ON"))
    try:
        yield
    finally:
        connection.execute(text(f"PRAGMA secure_delete={_SECURE_DELETE[before]}"))
