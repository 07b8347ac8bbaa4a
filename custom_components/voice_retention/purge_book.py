"""Stand between the purges that are begun and the vault."""

from collections.abc import Sequence

from .storage import Storage
from .vault.books import NewReceipt, PendingPurge, TrailPart


class PurgeBook:
    """The pending purges of a vault that may be out of order; then every call says so."""

    def __init__(self, storage: Storage) -> None:
        """Read and write through this."""
        self._storage = storage

    async def async_begin_purge(
        self, purge: PendingPurge, parts: Sequence[TrailPart]
    ) -> None:
        """Write down a purge before anything of it is deleted."""
        async with self._storage.async_use(is_writing=True) as vault:
            await vault.pending.begin(purge, parts)

    async def async_pending_purges(self) -> list[PendingPurge]:
        """Return the purges that are not done."""
        async with self._storage.async_use() as vault:
            return await vault.pending.all()

    async def async_read_trail(self, purge_id: str) -> list[bytes | None]:
        """Return the parts of a purge's trail; none for one that cannot be opened."""
        async with self._storage.async_use() as vault:
            return await vault.pending.read_trail(purge_id)

    async def async_settle_purge(
        self, purge: PendingPurge, receipts: Sequence[NewReceipt], *, is_done: bool
    ) -> None:
        """Store how far a purge is, or that it is done, and its receipts."""
        async with self._storage.async_use(is_writing=True) as vault:
            await vault.pending.settle(purge, receipts, is_done=is_done)
