"""Reach the copy of the vault that a backup is taking along at this moment.

It has keys only if the household wants them in backups. Tried with Home Assistant's own
backups on 2026.11.0.
"""

from collections.abc import Collection
from typing import Protocol, override

from ..policy.models import Content
from .once import once_per_target
from .protocol import Place, Target


class CopyDeletion(Protocol):
    """What this place needs of the copy; each call raises when it is out of order."""

    async def async_destroy(
        self, recording_ids: Collection[str], contents: Collection[Content]
    ) -> int:
        """Destroy keys in the copy; return how many."""

    async def async_count(
        self, recording_ids: Collection[str], contents: Collection[Content]
    ) -> int:
        """Count keys in the copy."""


class BackupCopyPlace(Place):
    """Keys in the copy. Its rows stay until the backup is made, and are nothing without."""

    key = "backup_copy"

    def __init__(self, copy: CopyDeletion) -> None:
        """Delete through this."""
        self._copy = copy

    @override
    async def async_find(self, target: Target) -> int:
        """Count the keys."""
        return await self._copy.async_count(_ids(target), target.contents)

    @override
    async def async_purge(self, target: Target) -> int:
        """Destroy the keys."""
        return await self._copy.async_destroy(_ids(target), target.contents)

    @override
    async def async_verify(self, target: Target) -> int:
        """Count the keys that are left."""
        return await self._copy.async_count(_ids(target), target.contents)


@once_per_target
def _ids(target: Target) -> list[str]:
    """Return the ids of the recordings."""
    return [recording.recording_id for recording in target.recordings]
