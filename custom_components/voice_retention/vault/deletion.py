"""Delete recordings: the key first, then everything that it opened."""

import asyncio
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from itertools import batched
from typing import Final

from sqlalchemy import Connection, and_, delete, select, update

from ..policy.models import ALL_CONTENT, Content
from .database import truncate_wal, vacuum_step
from .errors import UnavailableReason, VaultUnavailableError
from .keyring import Keyring
from .reports import DeleteResult
from .search import among
from .storage import Storage
from .tables import SIZES, contents, contents_of, recordings

BATCH: Final = 100
"""Recordings whose rows go in one transaction.

So few that whoever stores in between waits only a moment.
"""

KEY_BATCH: Final = 5000
"""Recordings whose keys go in one write."""

_TRUNCATE_TRIES: Final = 5
_TRUNCATE_PAUSE: Final = 0.2


class Deletion:
    """The one way in which anything leaves the vault."""

    def __init__(self, storage: Storage) -> None:
        """Work on this storage."""
        self._storage: Final = storage
        self._keyring: Final = storage.keyring

    async def delete(
        self,
        recording_ids: Iterable[str],
        which: Collection[Content] = ALL_CONTENT,
        *,
        on_progress: Callable[[int], None] | None = None,
    ) -> DeleteResult:
        """Delete contents of recordings; what is not there (any more) is no error.

        All keys are destroyed before the first row is touched. Whatever ends a long deletion
        half-way, a full disk or a power cut, nothing that it was to delete can be read again.
        ``on_progress`` is told how many recordings are done.
        """
        doomed = list(recording_ids)
        for keys in batched(doomed, KEY_BATCH, strict=False):
            await self._destroy_keys(keys, which)
        whole, done = 0, 0
        counts: Counter[Content] = Counter()
        for batch in batched(doomed, BATCH, strict=False):
            gone, counted = await self._remove_rows(batch, which)
            whole += gone
            counts.update(counted)
            done += len(batch)
            if on_progress is not None:
                on_progress(done)
        return DeleteResult(
            recordings=whole,
            contents={content: counts[content] for content in which},
            is_wal_truncated=await self._leave_nothing_behind(),
        )

    async def _destroy_keys(
        self, recording_ids: Collection[str], which: Collection[Content]
    ) -> None:
        """Destroy some keys, as one job."""
        await self._storage.with_writer(
            lambda _: self._keyring.destroy(recording_ids, which)
        )

    async def _remove_rows(
        self, recording_ids: Collection[str], which: Collection[Content]
    ) -> tuple[int, Mapping[Content, int]]:
        """Remove what some keys opened, as one job."""
        return await self._storage.write(
            lambda connection: remove_rows(connection, recording_ids, which)
        )

    async def _leave_nothing_behind(self) -> bool:
        """Clear old copies of pages and give free ones back; return whether the log is empty.

        It is emptied before the vacuum too, so that freed pages have been overwritten with
        zeros before the file lets go of them.
        """
        try:
            if not await self._truncate_wal():
                return False
            while await self._storage.with_writer(vacuum_step):
                pass
            return await self._truncate_wal()
        except VaultUnavailableError as err:
            # Tidying up takes space itself. What was to be deleted is deleted already.
            if err.reason is UnavailableReason.DISK_FULL:
                return False
            raise

    async def _truncate_wal(self) -> bool:
        """Empty the write-ahead log, waiting for readers a few times."""
        for _ in range(_TRUNCATE_TRIES):
            if await self._storage.with_writer(truncate_wal):
                return True
            await asyncio.sleep(_TRUNCATE_PAUSE)
        return False

    async def verify_gone(
        self, recording_ids: Collection[str], which: Collection[Content] = ALL_CONTENT
    ) -> int:
        """Search the key file and the database again; return how many contents are left."""
        return await self._storage.read(
            lambda connection: _count_left(
                connection, self._keyring, frozenset(recording_ids), which
            )
        )


def remove_rows(
    connection: Connection, recording_ids: Collection[str], which: Collection[Content]
) -> tuple[int, Mapping[Content, int]]:
    """Remove contents, and recordings that have none left; return how many of each."""
    counts = {
        content: connection.execute(
            delete(contents).where(
                among(contents.c.recording_id, recording_ids),
                contents.c.content == content,
            )
        ).rowcount
        for content in which
    }
    meant = among(recordings.c.recording_id, recording_ids)
    connection.execute(
        update(recordings)
        .where(meant)
        .values({SIZES[content]: None for content in which})
    )
    if Content.AUDIO in which:
        connection.execute(update(recordings).where(meant).values(audio_expires=None))
    has_no_text = and_(
        recordings.c.transcript_size.is_(None), recordings.c.response_size.is_(None)
    )
    connection.execute(
        update(recordings).where(meant, has_no_text).values(text_expires=None)
    )
    removed = connection.execute(
        delete(recordings).where(meant, has_no_text, recordings.c.audio_size.is_(None))
    )
    return removed.rowcount, counts


def _count_left(
    connection: Connection,
    keyring: Keyring,
    recording_ids: frozenset[str],
    which: Collection[Content],
) -> int:
    """Count the contents of which a key, a sealed blob or a mention is left."""
    left = {
        (recording_id, content)
        for recording_id in recording_ids
        for content in which
        if keyring.key(recording_id, content) is not None
    }
    on_disk = keyring.on_disk()
    left.update(
        (recording_id, content)
        for recording_id in on_disk.keys() & recording_ids
        for content in on_disk[recording_id]
    )
    blobs = connection.execute(
        select(contents.c.recording_id, contents.c.content).where(
            among(contents.c.recording_id, recording_ids)
        )
    )
    left.update((row[0], row[1]) for row in blobs)
    mentions = connection.execute(
        select(recordings.c.recording_id, *SIZES.values()).where(
            among(recordings.c.recording_id, recording_ids)
        )
    )
    for recording_id, *sizes in mentions:
        left.update((recording_id, content) for content in contents_of(sizes))
    return sum(content in which for _, content in left)
