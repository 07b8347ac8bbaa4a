"""Remember every purge until it is done everywhere, in the vault or, without it, in memory."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Protocol

from homeassistant.core import callback

from ..const import LOGGER
from ..errors import VaultUnavailable
from ..vault.books import NewReceipt, PendingPurge, TrailPart
from .work import Work

MAX_LOOSE: Final = 100
"""Purges that the vault could not take, to be written down when it is back."""


class QueueSource(Protocol):
    """What the queue needs of the vault; each call raises when it is out of order."""

    async def async_begin_purge(
        self, purge: PendingPurge, parts: Sequence[TrailPart]
    ) -> None:
        """Write down a purge before anything of it is deleted."""

    async def async_pending_purges(self) -> list[PendingPurge]:
        """Return the purges that are not done."""

    async def async_read_trail(self, purge_id: str) -> list[bytes | None]:
        """Return the parts of a purge's trail; none for one that cannot be opened."""

    async def async_settle_purge(
        self, purge: PendingPurge, receipts: Sequence[NewReceipt], *, is_done: bool
    ) -> None:
        """Store how far a purge is, or that it is done, and its receipts."""


@dataclass(slots=True)
class _Loose:
    """A purge of which the vault does not know the latest."""

    work: Work
    parts: Sequence[TrailPart] | None = field(default=None, repr=False)
    """What leads to its traces, while not even that is in the vault."""

    receipts: list[NewReceipt] = field(default_factory=list)


class PurgeQueue:
    """The purges that are begun. None of its calls raises when the vault is out of order."""

    def __init__(self, source: QueueSource) -> None:
        """Keep the purges in this vault."""
        self._source = source
        self._loose: dict[str, _Loose] = {}
        self._on_put_off: Callable[[datetime], None] | None = None

    @callback
    def async_call_when_put_off(self, on_put_off: Callable[[datetime], None]) -> None:
        """Have somebody told when a purge that left something is to be tried again."""
        self._on_put_off = on_put_off

    async def async_begin(self, work: Work, parts: Sequence[TrailPart]) -> None:
        """Write down a purge before anything of it is deleted."""
        loose = _Loose(work, parts)
        if not await self._async_write(loose):
            self._keep(loose)

    async def async_settle(self, work: Work, *receipts: NewReceipt) -> None:
        """Write down how far a purge is, and its receipts."""
        loose = self._loose.pop(work.purge_id, None) or _Loose(work)
        loose.work = work
        loose.receipts += receipts
        if not await self._async_write(loose):
            if receipts:
                LOGGER.error("Could not store receipt %s", receipts[-1].receipt_id)
            self._keep(loose)
        if work.next_try is not None and not work.is_done and self._on_put_off:
            self._on_put_off(work.next_try)

    async def async_all(self) -> list[Work]:
        """Return all purges that are not done, as far as is known."""
        try:
            stored = await self._source.async_pending_purges()
        except VaultUnavailable:
            # The storage tells of its trouble.
            stored = []
        found = {purge.purge_id: Work.from_pending(purge) for purge in stored}
        found |= {purge_id: loose.work for purge_id, loose in self._loose.items()}
        return sorted(found.values(), key=lambda work: work.started)

    async def async_due(self, now: datetime) -> list[Work]:
        """Return the purges to go on with now, after writing down what is not yet."""
        for loose in list(self._loose.values()):
            if await self._async_write(loose):
                del self._loose[loose.work.purge_id]
        return [
            work
            for work in await self.async_all()
            if work.next_try is None or work.next_try <= now
        ]

    async def async_next_try(self) -> datetime | None:
        """Return when something is tried again next."""
        moments = [work.next_try for work in await self.async_all()]
        return min((moment for moment in moments if moment), default=None)

    async def async_count_owed(self) -> int:
        """Count the purges that some place still owes."""
        return sum(work.next_try is not None for work in await self.async_all())

    async def async_read_trail(self, purge_id: str) -> list[bytes | None] | None:
        """Return the parts of a purge's trail; none while the vault is out of order."""
        loose = self._loose.get(purge_id)
        if loose is not None and loose.parts is not None:
            return [part.data for part in loose.parts]
        try:
            return await self._source.async_read_trail(purge_id)
        except VaultUnavailable:
            return None

    async def _async_write(self, loose: _Loose) -> bool:
        """Bring what is known of a purge into the vault; return whether that worked."""
        purge = loose.work.as_pending()
        try:
            if loose.parts is not None and not loose.work.is_done:
                await self._source.async_begin_purge(purge, loose.parts)
                loose.parts = None
                if not loose.receipts:
                    return True
            await self._source.async_settle_purge(
                purge, loose.receipts, is_done=loose.work.is_done
            )
        except VaultUnavailable:
            return False
        return True

    def _keep(self, loose: _Loose) -> None:
        """Keep a purge in memory, the oldest no longer if there are too many."""
        self._loose[loose.work.purge_id] = loose
        if len(self._loose) > MAX_LOOSE:
            purge_id = next(iter(self._loose))
            del self._loose[purge_id]
            LOGGER.error("Gave up purge %s, which could not be stored", purge_id)
