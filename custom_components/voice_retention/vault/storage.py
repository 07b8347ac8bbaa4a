"""Run all work on the stored data in three threads: one writes, one reads, one searches."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
import logging
from typing import Final

from sqlalchemy import Connection, Engine

from .database import truncate_wal
from .errors import UnavailableReason, VaultUnavailableError, storage_errors_translated
from .files import VaultFiles
from .keyring import Keyring

LOGGER: Final = logging.getLogger(__package__)


class Lane:
    """One thread that does one job after the other."""

    def __init__(self, name: str) -> None:
        """Prepare the thread; it starts with the first job."""
        self._executor: Final = ThreadPoolExecutor(1, f"voice_retention {name}")
        self.is_closed = False

    async def run[T](self, job: Callable[[], T]) -> T:
        """Do a job when its turn comes, with storage errors translated."""
        if self.is_closed:
            raise VaultUnavailableError(UnavailableReason.CLOSED)
        return await asyncio.get_running_loop().run_in_executor(
            self._executor, _translated, job
        )

    async def close(self) -> None:
        """Finish what was asked for and end the thread."""
        self.is_closed = True
        await asyncio.to_thread(self._executor.shutdown)


def _translated[T](job: Callable[[], T]) -> T:
    """Do a job with its storage errors translated."""
    with storage_errors_translated():
        return job()


class Storage:
    """The keys, the database and the threads that may touch them.

    A job on the writing side is one step between which others get their turn, so a long
    piece of work is made of many jobs.
    """

    def __init__(
        self,
        *,
        files: VaultFiles,
        keyring: Keyring,
        writer: Engine,
        reader: Engine,
        write_lane: Lane,
        read_lane: Lane,
        aside: Engine,
        aside_lane: Lane,
    ) -> None:
        """Take over what was opened."""
        self.files: Final = files
        self.keyring: Final = keyring
        self._writer: Final = writer
        self._reader: Final = reader
        self._write_lane: Final = write_lane
        self._read_lane: Final = read_lane
        self._aside: Final = aside
        self._aside_lane: Final = aside_lane

    async def read[T](self, job: Callable[[Connection], T]) -> T:
        """Read in one transaction, without waiting for those that write."""
        return await self._read_lane.run(lambda: _read(self._reader, job))

    async def read_aside[T](self, job: Callable[[Connection], T]) -> T:
        """Read the same way, where nobody waits who needs an answer at once."""
        return await self._aside_lane.run(lambda: _read(self._aside, job))

    async def write[T](self, job: Callable[[Connection], T]) -> T:
        """Change what is stored in one transaction."""

        def in_transaction(engine: Engine) -> T:
            with engine.begin() as connection:
                return job(connection)

        return await self.with_writer(in_transaction)

    async def with_writer[T](self, job: Callable[[Engine], T]) -> T:
        """Do a job that begins its transactions itself, or needs none."""
        return await self._write_lane.run(lambda: job(self._writer))

    async def close(self) -> None:
        """Finish what was asked for, then let go of everything."""
        if self._write_lane.is_closed:
            return
        await self._aside_lane.close()
        await self._read_lane.close()
        try:
            await self.with_writer(truncate_wal)
        except VaultUnavailableError:
            # What cannot be moved into the database now will be when it is opened again.
            LOGGER.debug("The write-ahead log was left as it is")
        await self._write_lane.close()
        self._aside.dispose()
        self._reader.dispose()
        self._writer.dispose()
        self.keyring.close()


def _read[T](engine: Engine, job: Callable[[Connection], T]) -> T:
    """Do a job in one transaction that only reads."""
    with engine.begin() as connection:
        return job(connection)
