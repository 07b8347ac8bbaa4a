"""Carry out every deletion, whoever asked for it, and leave a receipt."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import uuid4

from homeassistant.core import HomeAssistant

from ..assist.satellites import SatelliteDirectory
from ..places.ledger import LEDGER
from ..places.once import prepare, release
from ..places.protocol import Place, Target
from ..places.reach.all import Reach
from ..places.reach.protocol import Purged
from ..places.vault import VaultPlace
from ..uninterrupted import async_uninterrupted
from ..vault.books import NewReceipt
from .attempt import async_count, async_purge_place
from .failures import UNKNOWN_WORDS
from .judgement import count_recordings, is_worth_keeping, judged
from .plan import Planner, PlanSource
from .progress import ProgressReport, Tell
from .queue import PurgeQueue
from .receipts import Receipt
from .recent import RecentPurges
from .scope import AskedBy, Scope
from .sealing import parts_of, target_of, until
from .work import Work


class Purger:
    """Delete what a scope means in every place, one after the other.

    A place that fails never stops the others; it is in the receipt, and is tried again
    until it has done its part, however often Home Assistant is started anew meanwhile.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        *,
        source: PlanSource,
        queue: PurgeQueue,
        places: Sequence[Place],
        reach: Reach,
        satellites: SatelliteDirectory,
        utcnow: Callable[[], datetime],
        settle: Callable[[], Awaitable[None]],
        recent: RecentPurges,
        on_receipt: Callable[[Receipt, Mapping[str, int]], None],
        on_progress: Tell = lambda progress: None,
    ) -> None:
        """Take the places in the order in which they are to be purged, the vault first.

        ``settle`` returns once what was said before is stored, and so can be found.
        """
        self._hass = hass
        self._places = {place.key: place for place in places}
        self._planner = Planner(
            hass, source=source, places=places, satellites=satellites
        )
        self._queue = queue
        self._reach = reach
        self._utcnow = utcnow
        self._settle = settle
        self._recent = recent
        self._on_receipt = on_receipt
        self._on_progress = on_progress
        self._lock = asyncio.Lock()
        self._spent: list[Target] = []
        """Kept until the work on them is over, for their memory to be given back elsewhere."""

    @property
    def place_keys(self) -> tuple[str, ...]:
        """Return the keys of all places that can be named."""
        return tuple(key for key in self._places if key != LEDGER)

    async def async_purge(self, scope: Scope) -> Receipt:
        """Purge and return the receipt; with ``dry_run``, only count.

        Nothing is raised for a place that fails: look at ``Receipt.is_complete``.
        """
        # What was begun has to be finished and to leave a receipt.
        receipt = await async_uninterrupted(
            self._hass, self._async_purge(scope), "purge"
        )
        await self._async_release()
        return receipt

    async def async_finish(self) -> None:
        """Return when the purges that were asked for are done."""
        async with self._lock:
            pass

    async def async_retry(self) -> bool:
        """Go on with what was interrupted or failed; return whether that did not fail.

        What is not due to be tried again yet counts as no failure.
        """
        async with self._lock:
            outcomes = [
                await self._async_go_on(work)
                for work in await self._queue.async_due(self._utcnow())
            ]
        await self._async_release()
        return all(outcomes)

    async def _async_prepare(self, target: Target) -> None:
        """Work out what many places want to know."""
        self._spent.append(target)
        await self._hass.async_add_executor_job(prepare, target)

    async def _async_release(self) -> None:
        """Give back the memory of what purges meant."""
        spent, self._spent = self._spent, []
        await self._hass.async_add_executor_job(release, spent)

    async def _async_purge(self, scope: Scope) -> Receipt:
        """Purge every place in turn."""
        async with self._lock:
            if scope.recording_ids is None:
                await self._settle()
            started = self._utcnow()
            plan = await self._planner.async_plan(scope, started)
            work = Work(
                purge_id=uuid4().hex,
                scope=scope,
                started=started,
                left=tuple(filter(scope.includes, self._places)),
                held=plan.held,
                trouble=plan.trouble,
                is_planned=plan.is_known,
            )
            if scope.dry_run:
                return await self._async_count(work, plan.target)
            if scope.includes(VaultPlace.key):
                self._recent.note(scope, started)
            await self._async_begin(work, plan.target)
            return await self._async_carry_out(work, plan.target)

    async def _async_count(self, work: Work, target: Target) -> Receipt:
        """Say what there is, and change nothing."""
        await self._async_prepare(target)
        noted = await self._reach.async_note(target)
        for key in work.left:
            await asyncio.sleep(0)
            result = await async_count(self._places[key], target)
            work = work.after(judged(result, work), is_over=False)
        return await self._async_receipt(work, noted)

    async def _async_begin(self, work: Work, target: Target) -> None:
        """Write down what is planned, so that nothing can stop it for good."""
        parts = await self._hass.async_add_executor_job(parts_of, target)
        await self._queue.async_begin(work, parts)

    async def _async_go_on(self, work: Work) -> bool:
        """Go on with a purge; return whether nothing is left of it.

        It means what was said until it began, and nothing that has been said since.
        """
        # A place may be no more in this release.
        work = replace(
            work, left=tuple(key for key in work.left if key in self._places)
        )
        if work.next_try is None:
            work = replace(work, interruptions=work.interruptions + 1)
            await self._queue.async_settle(work)
        if not work.is_planned:
            return await self._async_plan_again(work)
        parts = await self._queue.async_read_trail(work.purge_id)
        if parts is None:
            return False
        whole = [part for part in parts if part is not None]
        if len(whole) < len(parts):
            # Which recordings are meant the vault knows by itself.
            plan = await self._planner.async_plan(work.scope, work.started)
            work, target = replace(work, trouble=UNKNOWN_WORDS), plan.target
        else:
            target = await self._hass.async_add_executor_job(target_of, whole)
        receipt = await self._async_carry_out(work, until(target, work.started))
        return receipt.retry_at is None

    async def _async_plan_again(self, work: Work) -> bool:
        """Go on with a purge of which the vault could not say what it means."""
        plan = await self._planner.async_plan(
            work.scope.until(work.started), work.started
        )
        if not plan.is_known:
            await self._queue.async_settle(work.put_off(self._utcnow()))
            return False
        planned = replace(
            work,
            purge_id=uuid4().hex,
            held=plan.held,
            trouble=plan.trouble,
            is_planned=True,
        )
        await self._async_begin(planned, plan.target)
        await self._queue.async_settle(replace(work, left=()))
        receipt = await self._async_carry_out(planned, plan.target)
        return receipt.retry_at is None

    async def _async_carry_out(self, work: Work, target: Target) -> Receipt:
        """Purge the places that are left, and leave a receipt."""
        progress = ProgressReport(
            self._on_progress,
            self._hass.loop.time,
            places=len(work.left),
            recordings=len(target.recordings),
        )
        try:
            return await self._async_purge_places(
                work, replace(target, on_progress=progress.recordings_done), progress
            )
        finally:
            progress.over()

    async def _async_purge_places(
        self, work: Work, target: Target, progress: ProgressReport
    ) -> Receipt:
        """Purge one place after the other."""
        await self._async_prepare(target)
        noted = await self._reach.async_note(target)
        for key in work.left:
            # All that runs has its turn in between, also where a place never waits.
            await asyncio.sleep(0)
            progress.begin(key)
            attempt = await async_purge_place(self._places[key], target)
            work = work.after(
                judged(attempt.result, work),
                is_over=attempt.is_over and work.is_planned,
            )
            if attempt.result.deleted and not work.is_done:
                # Should this be interrupted, the receipt is to know of it all the same.
                await self._queue.async_settle(work)
        work = work.without_what_comes_again()
        if not work.is_done:
            work = work.put_off(self._utcnow())
        receipt = await self._async_receipt(work, noted)
        counts = await self._hass.async_add_executor_job(
            count_recordings, receipt, target
        )
        if not is_worth_keeping(receipt):
            await self._queue.async_settle(replace(work, done=()))
        else:
            await self._queue.async_settle(
                replace(
                    work, done=(), receipt_id=work.receipt_id or receipt.receipt_id
                ),
                NewReceipt(
                    receipt_id=receipt.receipt_id,
                    kind=receipt.scope.asked_by,
                    body=receipt.as_dict(),
                    at=receipt.finished,
                ),
            )
            self._on_receipt(receipt, counts)
        return receipt

    async def _async_receipt(self, work: Work, noted: Purged) -> Receipt:
        """Write the receipt of what was just done."""
        scope = work.scope
        reached = await self._reach.async_list(
            noted,
            found=sum(result.found for result in work.done),
            is_asked=scope.asked_by.is_person,
        )
        if work.receipt_id is not None:
            scope = replace(scope, asked_by=AskedBy.RETRY)
        return Receipt(
            receipt_id=uuid4().hex,
            scope=scope,
            completes=work.receipt_id,
            started=work.started,
            finished=self._utcnow(),
            interruptions=work.interruptions,
            places=tuple(
                replace(result, retry_at=work.next_try)
                if result.place in work.left
                else result
                for result in work.done
            ),
            held=work.held,
            out_of_reach=reached,
        )
