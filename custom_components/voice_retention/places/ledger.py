"""Reach the ledger of our own vault, for those who ask for it in so many words.

It holds who heard what, when and why, and no content, for as long as the household says;
nothing of it depends on the release of Home Assistant.
"""

from typing import Final, Protocol, override

from ..vault.books import LedgerFilter
from .once import once_per_target
from .protocol import Place, Target

LEDGER: Final = "ledger"
"""It is no place that can be named among others: it holds no voice data, and goes only on request."""


class LedgerDeletion(Protocol):
    """What this place needs of the vault; each call raises when it is out of order."""

    async def async_last_number(self) -> int:
        """Return the number of the newest entry."""

    async def async_count(self, wanted: LedgerFilter) -> int:
        """Count entries."""

    async def async_delete(self, wanted: LedgerFilter) -> int:
        """Delete entries; return how many."""


class LedgerPlace(Place):
    """Who heard what when. It has no content, but tells when somebody was at home."""

    key = LEDGER

    def __init__(self, ledger: LedgerDeletion) -> None:
        """Delete through this."""
        self._ledger = ledger
        self._last: int | None = None
        """Somebody may be speaking while this is purged."""

    @override
    async def async_find(self, target: Target) -> int:
        """Count the entries."""
        self._last = await self._ledger.async_last_number()
        return await self._ledger.async_count(self._wanted(target))

    @override
    async def async_purge(self, target: Target) -> int:
        """Delete the entries."""
        return await self._ledger.async_delete(self._wanted(target))

    @override
    async def async_verify(self, target: Target) -> int:
        """Count the entries that are left."""
        return await self._ledger.async_count(self._wanted(target))

    def _wanted(self, target: Target) -> LedgerFilter:
        """Return which entries a target means."""
        return LedgerFilter(
            satellite_keys=target.satellite_keys,
            run_ids=_run_ids(target) if target.is_exact else None,
            spared_runs=target.spared_runs,
            start=target.start,
            end=target.end,
            sent=target.contents,
            up_to=self._last,
        )


@once_per_target
def _run_ids(target: Target) -> frozenset[str]:
    """Return the runs of the recordings."""
    return frozenset(item.run_id for item in target.recordings if item.run_id)
