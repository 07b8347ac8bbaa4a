"""Make a copy of the vault for a backup to take along, and reach into it as long as it is there."""

from collections.abc import Callable, Collection
from contextlib import closing
from dataclasses import dataclass
import os
from pathlib import Path
import shutil
import sqlite3
from time import monotonic
from typing import Final

from ..policy.models import Content
from .errors import UnavailableReason, VaultUnavailableError
from .files import VaultFiles, open_private
from .keyring import Keyring
from .removal import remove_vault
from .storage import Lane, Storage

_ROOM: Final = 2
"""How often the vault must fit on the disk: as the copy, and in the archive."""

_STEPS: Final = 100
"""SQLite looks at the clock after so many steps; a step copies a recording at most."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CopyOrder:
    """Which copy is wanted."""

    folder: Path
    """Where it is to be, all at once and complete."""

    with_keys: bool
    seconds: float
    """When this is over there is no copy, and whatever was written of it is gone."""

    is_wanted: Callable[[], bool]
    """Asked at the very end, in case nobody waits for it any more."""


class Copies:
    """Copies of the vault outside its folder."""

    def __init__(self, storage: Storage) -> None:
        """Copy what is in this storage."""
        self._storage: Final = storage

    async def make(self, order: CopyOrder) -> bool:
        """Make a copy; return whether it is there, in time and still wanted.

        Neither who stores nor who reads waits for the database to be copied. The keys are
        copied where they are also destroyed, one after the other: none is in the copy
        that a purge has destroyed before, and what it destroys later it finds in the copy.
        """
        draft = VaultFiles(self._storage.files.folder / "copy")
        lane = Lane("copy")
        try:
            await lane.run(lambda: remove_vault(draft.folder))
            ids = await lane.run(
                lambda: _copy_database(self._storage.files, draft, order)
            )
            return ids is not None and await self._storage.with_writer(
                lambda _: self._finish(draft, order, ids)
            )
        finally:
            await lane.run(lambda: remove_vault(draft.folder))
            await lane.close()

    def _finish(
        self, draft: VaultFiles, order: CopyOrder, ids: Collection[str]
    ) -> bool:
        """Add the keys if they are wanted, then put the copy in its place."""
        if not order.is_wanted():
            return False
        if order.with_keys:
            with closing(Keyring.open(draft.keys)) as keyring:
                keyring.repair()
                keyring.add(self._storage.keyring.copy(ids))
        draft.folder.rename(order.folder)
        return True

    async def destroy(
        self, folder: Path, recording_ids: Collection[str], which: Collection[Content]
    ) -> int:
        """Destroy keys in a copy where they lie; return how many.

        The rows are left alone: an archive may be reading them at this moment, and without
        a key they are nothing.
        """
        return await self._storage.with_writer(
            lambda _: _destroy(VaultFiles(folder), recording_ids, which)
        )

    async def count(
        self, folder: Path, recording_ids: Collection[str], which: Collection[Content]
    ) -> int:
        """Count keys in a copy."""
        return await self._storage.with_writer(
            lambda _: _count(VaultFiles(folder), recording_ids, which)
        )


def _copy_database(
    source: VaultFiles, draft: VaultFiles, order: CopyOrder
) -> list[str] | None:
    """Copy the database as it is at one moment; return the recordings, none if out of time."""
    if shutil.disk_usage(source.folder).free < _ROOM * source.size():
        raise VaultUnavailableError(UnavailableReason.DISK_FULL)
    draft.folder.mkdir(mode=0o700)
    os.close(open_private(draft.database))
    deadline = monotonic() + order.seconds
    uri = f"{source.database.as_uri()}?mode=ro"
    with closing(sqlite3.connect(uri, uri=True)) as connection:
        connection.execute("PRAGMA temp_store=MEMORY")
        connection.set_progress_handler(lambda: monotonic() > deadline, _STEPS)
        try:
            # Unlike a copy of the file this has nothing in it that was deleted.
            connection.execute("VACUUM INTO ?", (str(draft.database),))
        except sqlite3.OperationalError:
            if monotonic() > deadline:
                return None
            raise
    with closing(sqlite3.connect(draft.database)) as connection:
        return [
            row[0] for row in connection.execute("SELECT recording_id FROM recordings")
        ]


def _destroy(
    copy: VaultFiles, recording_ids: Collection[str], which: Collection[Content]
) -> int:
    """Destroy keys in a copy that has some."""
    if not copy.keys.exists():
        return 0
    with closing(Keyring.open(copy.keys)) as keyring:
        count = _count_in(keyring, recording_ids, which)
        keyring.destroy(recording_ids, which)
    return count


def _count(
    copy: VaultFiles, recording_ids: Collection[str], which: Collection[Content]
) -> int:
    """Count keys in a copy that may have some."""
    if not copy.keys.exists():
        return 0
    with closing(Keyring.open(copy.keys)) as keyring:
        return _count_in(keyring, recording_ids, which)


def _count_in(
    keyring: Keyring, recording_ids: Collection[str], which: Collection[Content]
) -> int:
    """Count keys."""
    return sum(
        keyring.key(recording_id, content) is not None
        for recording_id in recording_ids
        for content in which
    )
