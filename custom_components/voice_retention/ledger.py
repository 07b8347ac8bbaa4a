"""Ask the vault's ledger where the voice went."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from .policy.models import Content
from .storage import Storage
from .vault.books import Heard, LedgerEntry, LedgerFilter, SentToCloud
from .vault.models import StoredRecording


class LedgerBook:
    """The ledger; each call raises ``VaultUnavailable`` when the vault is out of order."""

    def __init__(self, storage: Storage) -> None:
        """Read and delete in the vault of this storage."""
        self._storage = storage

    async def async_last_runs(self) -> Mapping[str, LedgerEntry]:
        """Return the last run of each satellite in which an engine heard it."""
        async with self._storage.async_use() as vault:
            return await vault.ledger.last_runs()

    async def async_sent_to_cloud_since(self, moment: datetime) -> SentToCloud:
        """Return how much was sent to engines that are not proven local."""
        async with self._storage.async_use() as vault:
            return await vault.ledger.sent_to_cloud_since(moment)

    async def async_heard(
        self, run_ids: Collection[str], sent: Collection[Content]
    ) -> list[Heard]:
        """Return which engines got such content in some runs."""
        async with self._storage.async_use() as vault:
            return await vault.ledger.heard(run_ids, sent)

    async def async_sent_totals(self) -> Mapping[str, SentToCloud]:
        """Return how much was ever sent to such engines, by satellite key."""
        async with self._storage.async_use() as vault:
            return await vault.ledger.sent_totals()

    async def async_oldest(self) -> datetime | None:
        """Return of when the oldest entry is, of the ledger or of the access log."""
        async with self._storage.async_use() as vault:
            moments = (
                await vault.ledger.oldest(),
                await vault.accesses.oldest(),
                await vault.captures.oldest(),
            )
        return min((moment for moment in moments if moment), default=None)

    async def async_expire(self, end: datetime) -> None:
        """Delete all older entries of both."""
        async with self._storage.async_use() as vault:
            await vault.ledger.delete(LedgerFilter(end=end))
            await vault.accesses.delete_before(end)
            await vault.captures.delete_before(end)

    async def async_last_number(self) -> int:
        """Return the number of the newest entry."""
        async with self._storage.async_use() as vault:
            return await vault.ledger.last_number()

    async def async_count(self, wanted: LedgerFilter) -> int:
        """Count entries."""
        async with self._storage.async_use() as vault:
            return await vault.ledger.count(wanted)

    async def async_engines_outside(self, wanted: LedgerFilter) -> set[str]:
        """Return the engines not proven local that got anything of what is meant."""
        async with self._storage.async_use() as vault:
            return await vault.ledger.engines_outside(wanted)

    async def async_delete(self, wanted: LedgerFilter) -> int:
        """Delete entries; return how many."""
        async with self._storage.async_use() as vault:
            return await vault.ledger.delete(wanted)


def run_of(recording: StoredRecording) -> LedgerFilter:
    """Return where the ledger tells of the run of a recording."""
    if recording.run_id is not None:
        return LedgerFilter(run_ids=(recording.run_id,))
    # Without one, the entry of the audio is known by its moment.
    return LedgerFilter(
        satellite_keys=(recording.satellite_key,),
        start=recording.created,
        end=recording.created + timedelta(microseconds=1),
    )
