"""Reach the archives that somebody asked for and has not taken away yet.

They are ours, and nothing of them depends on the release of Home Assistant.
"""

from typing import Protocol, override

from ..policy.models import Content
from .once import once_per_target
from .protocol import Place, Target, VerifiedBy


class ExportDeletion(Protocol):
    """What this place needs of the exports."""

    async def async_count(
        self, recording_ids: frozenset[str], contents: frozenset[Content]
    ) -> int:
        """Count the contents of some recordings in all archives."""

    async def async_destroy(
        self, recording_ids: frozenset[str], contents: frozenset[Content]
    ) -> int:
        """Discard every archive that has any of it; return how many contents that were."""


class ExportsPlace(Place):
    """Contents in archives, also in one that is just being made.

    Nothing can be taken out of an archive, so it goes as a whole.
    """

    key = "exports"
    verified_by = VerifiedBy.FILES_GONE

    def __init__(self, exports: ExportDeletion) -> None:
        """Delete through this."""
        self._exports = exports

    @override
    async def async_find(self, target: Target) -> int:
        """Count the contents."""
        return await self._exports.async_count(_ids(target), target.contents)

    @override
    async def async_purge(self, target: Target) -> int:
        """Discard the archives."""
        return await self._exports.async_destroy(_ids(target), target.contents)

    @override
    async def async_verify(self, target: Target) -> int:
        """Count the contents in archives that are left."""
        return await self._exports.async_count(_ids(target), target.contents)


@once_per_target
def _ids(target: Target) -> frozenset[str]:
    """Return the ids of the recordings."""
    return frozenset(recording.recording_id for recording in target.recordings)
