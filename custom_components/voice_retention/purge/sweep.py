"""Delete what is due: at start, on time, after changes, and before backups."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import batched
from typing import Any, Final, Protocol

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_track_point_in_utc_time
from homeassistant.util import dt as dt_util

from ..const import LOGGER
from ..errors import VaultUnavailable
from ..policy.choices import Rule
from ..policy.expiry import StoredSize, plan_size_cap
from ..policy.models import ALL_CONTENT, Content, Origin
from ..vault.models import Due
from ..vault.reports import RescheduleResult
from .ledger import LedgerExpiry
from .purger import Purger
from .queue import PurgeQueue
from .scope import AskedBy, Scope

RETRY_AFTER: Final = timedelta(minutes=1)
SHORTEST_WAIT: Final = timedelta(seconds=1)
"""However things stand, sweeping must not keep a processor busy."""

MOST_AT_ONCE: Final = 5000
"""Recordings in one purge, whose receipt names each of them."""

LONGEST_WAIT: Final = timedelta(hours=6)
"""Look at least this often, in case the clock was set."""

type RuleFor = Callable[[Origin], Rule]


class ExpirySource(Protocol):
    """What the sweep needs of the vault; each call raises when the vault is out of order."""

    async def async_due(self, now: datetime) -> list[Due]:
        """Return what must go now."""

    async def async_next_expiry(self, now: datetime) -> datetime | None:
        """Return when something must go next."""

    async def async_sizes(self, now: datetime) -> list[StoredSize]:
        """Return the size of every recording."""

    async def async_content_size(self) -> int:
        """Return the bytes of all content."""

    async def async_reschedule(self, rule_for: RuleFor) -> RescheduleResult:
        """Work out every expiry anew."""

    async def async_add_receipt(self, kind: str, body: Mapping[str, Any]) -> None:
        """Store a receipt."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Expired:
    """What came of deleting what was due."""

    is_done: bool
    next_expiry: datetime | None = None


class AdoptedSource(Protocol):
    """What the sweep needs of what is not ours but expires like it."""

    async def async_expire(self, now: datetime) -> Expired:
        """Purge what is due; raises when the vault is out of order."""


class Sweeper:
    """Keep the promise that nothing is kept longer than the household said."""

    def __init__(
        self,
        hass: HomeAssistant,
        *,
        source: ExpirySource,
        purger: Purger,
        queue: PurgeQueue,
        ledger: LedgerExpiry,
        adopted: AdoptedSource | None,
        max_size: int,
        on_swept: Callable[[datetime], None],
    ) -> None:
        """Sweep what ``source`` and ``adopted`` have; ``max_size`` is in bytes of content."""
        self._hass = hass
        self._source = source
        self._purger = purger
        self._queue = queue
        self._ledger = ledger
        self._adopted = adopted
        self._max_size = max_size
        self._on_swept = on_swept
        self._lock = asyncio.Lock()
        self._cancel_timer: CALLBACK_TYPE | None = None
        self._wakes_at: datetime | None = None
        self._expected: datetime | None = None
        """The first expiry of what was stored since the vault was asked for it."""

        self._room: int | None = None
        """Bytes that could be stored since the last sweep without passing the cap."""

        self._is_stopped = False
        self._rule_for: RuleFor | None = None
        """The retention that is still to be applied, because the vault was out of order."""

        queue.async_call_when_put_off(self._wake_by)

    @callback
    def async_stop(self) -> None:
        """Sweep no more."""
        self._is_stopped = True
        if self._cancel_timer is not None:
            self._cancel_timer()
            self._cancel_timer = None

    async def async_sweep(self, now: datetime | None = None) -> bool:
        """Delete everything that is due; return whether that worked.

        Never raises: a sweep is called from timers and before backups. What failed is due
        again in a minute, and until then counts as overdue.
        """
        async with self._lock:
            if self._is_stopped:
                return False
            moment = dt_util.utcnow()
            is_done = False
            try:
                # First of all, and also while the vault is out of order.
                is_done = await self._purger.async_retry()
                await self._async_reschedule()
                is_done = await self._async_expire(moment) and is_done
                is_done = await self._async_fit_size(moment) and is_done
                upcoming = await self._ledger.async_expire(moment)
                adopted = await self._async_expire_adopted(moment)
                is_done = adopted.is_done and is_done
                await self._async_schedule(
                    moment, upcoming, adopted.next_expiry, is_done=is_done
                )
            except VaultUnavailable:
                # The storage tells of its trouble, once.
                self._set_timer(moment + RETRY_AFTER)
                return False
            except Exception:  # noqa: BLE001
                # A timer and a backup wait for nothing but the attempt.
                LOGGER.exception("The sweep failed")
                self._set_timer(moment + RETRY_AFTER)
                return False
            if is_done:
                self._on_swept(moment)
            return is_done

    @callback
    def async_take_stored(self, expires: datetime | None, size: int) -> bool:
        """Take into account what was just stored; return whether a sweep is needed now.

        A sweep looks at the whole vault, so not every sentence may cost one.
        """
        if expires is not None:
            self._expected = min(self._expected or expires, expires)
            self._wake_by(expires)
        if self._room is None:
            return True
        self._room -= size
        return self._room < 0

    async def async_apply_limits(self, rule_for: RuleFor) -> bool:
        """Apply new retention to what is already stored, then sweep.

        With the vault out of order, that is done by the first sweep that finds it well.
        """
        self._rule_for = rule_for
        return await self.async_sweep()

    async def _async_reschedule(self) -> None:
        """Apply retention that has changed, and leave a receipt of what that meant."""
        if (rule_for := self._rule_for) is None:
            return
        result = await self._source.async_reschedule(rule_for)
        if self._rule_for is rule_for:
            self._rule_for = None
        if result.shortened or result.lengthened:
            await self._source.async_add_receipt(
                "settings",
                {"shortened": result.shortened, "lengthened": result.lengthened},
            )

    async def _async_expire(self, now: datetime) -> bool:
        """Purge what is due, by what of each recording it is."""
        groups: dict[frozenset[Content], set[str]] = defaultdict(set)
        for due in await self._source.async_due(now):
            groups[due.contents].add(due.recording_id)
        is_complete = True
        for contents, recording_ids in groups.items():
            for some in batched(recording_ids, MOST_AT_ONCE, strict=False):
                receipt = await self._purger.async_purge(
                    Scope(
                        asked_by=AskedBy.EXPIRY,
                        recording_ids=frozenset(some),
                        contents=contents,
                    )
                )
                is_complete = is_complete and receipt.is_complete
        return is_complete

    async def _async_fit_size(self, now: datetime) -> bool:
        """Purge the oldest recordings while there is too much."""
        self._room = self._max_size - await self._source.async_content_size()
        if self._room >= 0:
            return True
        doomed = plan_size_cap(await self._source.async_sizes(now), self._max_size)
        is_complete = True
        for some in batched(doomed, MOST_AT_ONCE, strict=False):
            receipt = await self._purger.async_purge(
                Scope(
                    asked_by=AskedBy.SIZE_CAP,
                    recording_ids=frozenset(some),
                    contents=ALL_CONTENT,
                    include_held=True,
                )
            )
            is_complete = is_complete and receipt.is_complete
        return is_complete

    async def _async_expire_adopted(self, now: datetime) -> Expired:
        """Purge what is due of what is not ours but expires like it."""
        if self._adopted is None:
            return Expired(is_done=True)
        return await self._adopted.async_expire(now)

    async def _async_schedule(
        self, now: datetime, *others: datetime | None, is_done: bool
    ) -> None:
        """Set the timer for the next moment at which something is due."""
        # What is stored while the vault answers may be missing in its answer.
        self._expected = None
        upcoming = await self._source.async_next_expiry(now)
        retry = await self._queue.async_next_try()
        latest = now + (LONGEST_WAIT if is_done else RETRY_AFTER)
        # What is due and cannot be done is not to keep a processor busy.
        moments = (upcoming, self._expected, *others) if is_done else ()
        if retry is not None and retry > now:
            moments = (*moments, retry)
        moment = min((moment for moment in moments if moment), default=latest)
        self._set_timer(max(min(moment, latest), now + SHORTEST_WAIT))

    @callback
    def _wake_by(self, moment: datetime) -> None:
        """Wake up at a moment, if not before."""
        if self._wakes_at is None or moment < self._wakes_at:
            self._set_timer(moment)

    @callback
    def _set_timer(self, moment: datetime) -> None:
        """Wake up at a moment, instead of at any other."""
        if self._cancel_timer is not None:
            self._cancel_timer()
            self._cancel_timer = None
        self._wakes_at = None
        if not self._is_stopped:
            self._wakes_at = moment
            self._cancel_timer = async_track_point_in_utc_time(
                self._hass, self._async_wake, moment
            )

    async def _async_wake(self, now: datetime) -> None:
        """Sweep, since the timer went off."""
        self._cancel_timer = self._wakes_at = None
        await self.async_sweep()
