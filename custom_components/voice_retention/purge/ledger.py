"""Keep the ledger no longer than the household said."""

from datetime import datetime, timedelta
from typing import Protocol

from ..policy.choices import FOREVER
from ..policy.expiry import expires_at


class LedgerSource(Protocol):
    """What this needs of the ledger; each call raises when the vault is out of order."""

    async def async_expire(self, end: datetime) -> None:
        """Delete all older entries."""

    async def async_oldest(self) -> datetime | None:
        """Return of when the oldest entry is."""


class LedgerExpiry:
    """Delete entries of the ledger that are over their time.

    They have no content and no key, and are not worth a receipt: who heard what is no more
    known to the receipt than to the ledger.
    """

    def __init__(self, source: LedgerSource, keep: timedelta) -> None:
        """Keep entries for so long."""
        self._source = source
        self._keep = keep

    async def async_expire(self, now: datetime) -> datetime | None:
        """Delete what is due; return when something is due next."""
        if self._keep == FOREVER:
            return None
        # What is due at this very moment goes too.
        end = now - self._keep + timedelta.resolution
        await self._source.async_expire(end)
        oldest = await self._source.async_oldest()
        return None if oldest is None else expires_at(oldest, self._keep)
