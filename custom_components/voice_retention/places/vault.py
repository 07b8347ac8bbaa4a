"""Reach our own vault.

It holds audio, transcript and response of each recording, encrypted, until the household's
limit for each; nothing of it depends on the release of Home Assistant.
"""

from collections.abc import Callable, Collection
from typing import Protocol, override

from ..policy.models import Content
from .once import once_per_target
from .protocol import Place, Target, VerifiedBy


class VaultDeletion(Protocol):
    """What this place needs of the vault; each call raises when it is out of order."""

    async def async_delete(
        self,
        recording_ids: Collection[str],
        contents: Collection[Content],
        on_progress: Callable[[int], None] | None = None,
    ) -> int:
        """Destroy keys, then rows; return how many contents went."""

    async def async_count_left(
        self, recording_ids: Collection[str], contents: Collection[Content]
    ) -> int:
        """Search keys and rows again."""


class VaultPlace(Place):
    """The recordings themselves. What is counted is contents: audio, transcript, response."""

    key = "vault"
    verified_by = VerifiedBy.KEYS_AND_ROWS_GONE

    def __init__(self, deletion: VaultDeletion) -> None:
        """Delete through this."""
        self._deletion = deletion

    @override
    async def async_find(self, target: Target) -> int:
        """Count the contents of the recordings."""
        return _count(target)

    @override
    async def async_purge(self, target: Target) -> int:
        """Delete the contents; a recording of which nothing is left goes as a whole."""
        if not (recording_ids := _ids(target)):
            return 0
        return await self._deletion.async_delete(
            recording_ids, target.contents, target.on_progress
        )

    @override
    async def async_verify(self, target: Target) -> int:
        """Search keys and rows again."""
        if not (recording_ids := _ids(target)):
            return 0
        return await self._deletion.async_count_left(recording_ids, target.contents)


@once_per_target
def _count(target: Target) -> int:
    """Count the contents of the recordings."""
    return sum(
        len(recording.contents & target.contents) for recording in target.recordings
    )


@once_per_target
def _ids(target: Target) -> list[str]:
    """Return the ids of the recordings that have any of the contents."""
    return [
        recording.recording_id
        for recording in target.recordings
        if recording.contents & target.contents
    ]
