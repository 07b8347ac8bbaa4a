"""Carry out every deletion, whoever asked for it, and leave a receipt."""

import asyncio
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Protocol
from uuid import uuid4

from homeassistant.core import HomeAssistant

from ..assist.satellites import SatelliteDirectory
from ..const import LOGGER
from ..errors import VaultUnavailable
from ..places.ledger import LEDGER
from ..places.protocol import Place, Target
from ..places.reach.all import Reach
from ..places.vault import VaultPlace
from ..policy.models import OTHER_CLIENTS
from ..uninterrupted import async_uninterrupted
from ..vault.models import RecordingFilter, StoredRecording
from .gather import TextSource, async_gather_trail
from .owed import MAX_OWED, RETRY_FOR, Owed
from .receipts import PlaceResult, Receipt
from .recent import RecentPurges
from .scope import Scope


class RecordingsSource(TextSource, Protocol):
    """What the purger needs of the vault, which may be out of order."""

    async def async_find(self, wanted: RecordingFilter) -> list[StoredRecording]:
        """Return the recordings that are meant; raises when the vault cannot be asked."""

    async def async_add_receipt(self, kind: str, body: Mapping[str, Any]) -> None:
        """Store a receipt; raises when that cannot be done."""


class Purger:
    """Delete what a scope means in every place, one after the other.

    A place that fails never stops the others; it is in the receipt.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        *,
        source: RecordingsSource,
        places: Sequence[Place],
        reach: Reach,
        satellites: SatelliteDirectory,
        utcnow: Callable[[], datetime],
        settle: Callable[[], Awaitable[None]],
        recent: RecentPurges,
        on_receipt: Callable[[Receipt, Mapping[str, int]], None],
    ) -> None:
        """Take the places in the order in which they are to be purged, the vault first.

        ``settle`` returns once what was said before is stored, and so can be found.
        """
        self._hass = hass
        self._source = source
        self._places = tuple(places)
        self._reach = reach
        self._satellites = satellites
        self._utcnow = utcnow
        self._settle = settle
        self._recent = recent
        self._on_receipt = on_receipt
        self._lock = asyncio.Lock()
        self._owed: deque[Owed] = deque(maxlen=MAX_OWED)

    @property
    def place_keys(self) -> tuple[str, ...]:
        """Return the keys of all places that can be named."""
        return tuple(place.key for place in self._places if place.key != LEDGER)

    async def async_purge(self, scope: Scope) -> Receipt:
        """Purge and return the receipt; with ``dry_run``, only count.

        Nothing is raised for a place that fails: look at ``Receipt.is_complete``.
        """
        # What was begun has to be finished and to leave a receipt.
        return await async_uninterrupted(self._hass, self._async_purge(scope), "purge")

    async def async_finish(self) -> None:
        """Return when the purges that were asked for are done."""
        async with self._lock:
            pass

    async def async_retry(self) -> bool:
        """Try again what places could not do; return whether none of it is left.

        It is kept in memory only, as is what the places of today hold. What the vault
        could not delete is due again, or the receipt has told whoever asked.
        """
        async with self._lock:
            for _ in range(len(self._owed)):
                owed = self._owed.popleft()
                now = self._utcnow()
                result = await self._async_purge_place(
                    owed.place, owed.target, owed.scope
                )
                if result.failed is None:
                    receipt = self._receipt(owed.scope, now, [result])
                    await self._async_file(receipt, recordings=())
                elif now - owed.since < RETRY_FOR:
                    self._owed.append(owed)
                else:
                    LOGGER.error("Gave up deleting from %s", owed.place.key)
            return not self._owed

    async def _async_purge(self, scope: Scope) -> Receipt:
        """Purge every place in turn."""
        async with self._lock:
            if scope.recording_ids is None:
                await self._settle()
            started = self._utcnow()
            recordings, held, trouble = await self._async_recordings(scope, started)
            target = self._target(scope, recordings, held)
            trail, lost = await async_gather_trail(self._source, self._places, target)
            target, trouble = replace(target, trail=trail), trouble or lost
            noted = await self._reach.async_note(target)
            results: list[PlaceResult] = []
            for place in self._places:
                if scope.includes(place.key):
                    result = await self._async_purge_place(place, target, scope)
                    results.append(result)
                    if result.failed is not None:
                        self._owe(place, target, scope)
            if trouble is not None:
                results = [_with_trouble(result, trouble) for result in results]
            meant = [item for item in recordings if item.contents & scope.contents]
            receipt = replace(
                self._receipt(scope, started, results),
                held=sum(1 for item in held if item.contents & scope.contents),
                out_of_reach=await self._reach.async_list(
                    noted,
                    found=sum(result.found for result in results),
                    is_asked=scope.asked_by.is_person,
                ),
            )
            if not scope.dry_run:
                reaches_vault = scope.includes(VaultPlace.key)
                if reaches_vault:
                    self._recent.note(scope, started)
                await self._async_file(receipt, meant if reaches_vault else ())
            return receipt

    def _receipt(
        self, scope: Scope, started: datetime, results: Sequence[PlaceResult]
    ) -> Receipt:
        """Write the receipt of what was just done."""
        return Receipt(
            receipt_id=uuid4().hex,
            scope=scope,
            started=started,
            finished=self._utcnow(),
            places=tuple(results),
            held=0,
            out_of_reach=(),
        )

    async def _async_recordings(
        self, scope: Scope, now: datetime
    ) -> tuple[list[StoredRecording], list[StoredRecording], str | None]:
        """Return what is meant in the vault, what is held, and why neither is known."""
        try:
            found = await self._source.async_find(
                RecordingFilter(
                    recording_ids=scope.recording_ids,
                    satellite_keys=scope.satellite_keys,
                    start=scope.start,
                    end=scope.end,
                )
            )
        except VaultUnavailable as err:
            # The other places can be purged without it.
            return [], [], err.reason
        held = [
            recording
            for recording in found
            if not scope.include_held and recording.is_held(now)
        ]
        kept = {recording.recording_id for recording in held}
        return [item for item in found if item.recording_id not in kept], held, None

    def _target(
        self,
        scope: Scope,
        recordings: Sequence[StoredRecording],
        held: Sequence[StoredRecording],
    ) -> Target:
        """Translate a scope for the places."""
        keys = scope.satellite_keys
        satellites = self._satellites.current
        return Target(
            recordings=tuple(recordings),
            contents=scope.contents,
            satellite_ids=None
            if keys is None
            else frozenset(
                satellites[key].entity_id for key in keys if key in satellites
            ),
            includes_other_clients=keys is None or OTHER_CLIENTS in keys,
            satellite_keys=keys,
            start=scope.start,
            end=scope.end,
            is_exact=scope.recording_ids is not None,
            spared_runs=frozenset(item.run_id for item in held if item.run_id),
        )

    async def _async_purge_place(
        self, place: Place, target: Target, scope: Scope
    ) -> PlaceResult:
        """Purge one place, whatever happens there."""
        found = deleted = 0
        try:
            found = await place.async_find(target)
            if scope.dry_run:
                return PlaceResult(
                    place=place.key, found=found, deleted=0, verified=False
                )
            deleted = await place.async_purge(target)
            left = await place.async_verify(target)
        except Exception as err:  # noqa: BLE001
            # Places reach into parts of Home Assistant that change with releases; what
            # goes wrong in one must not save what lies in the others.
            LOGGER.exception("Could not purge %s", place.key)
            return PlaceResult(
                place=place.key,
                found=found,
                deleted=deleted,
                verified=False,
                failed=type(err).__name__,
            )
        return PlaceResult(
            place=place.key,
            found=found,
            deleted=deleted,
            verified=left == 0,
            failed=None if left == 0 else "in_use",
            residue=place.residue,
        )

    def _owe(self, place: Place, target: Target, scope: Scope) -> None:
        """Remember what a place could not do."""
        if place.key != VaultPlace.key and not scope.dry_run:
            self._owed.append(Owed.of(place, target, scope, self._utcnow()))

    async def _async_file(
        self, receipt: Receipt, recordings: Sequence[StoredRecording]
    ) -> None:
        """Store the receipt and tell who was concerned."""
        try:
            await self._source.async_add_receipt(
                receipt.scope.asked_by, receipt.as_dict()
            )
        except VaultUnavailable:
            # What was purged stays purged; the caller still gets the receipt.
            LOGGER.error("Could not store receipt %s", receipt.receipt_id)
        self._on_receipt(receipt, Counter(item.satellite_key for item in recordings))


def _with_trouble(result: PlaceResult, trouble: str) -> PlaceResult:
    """Mark a result as incomplete, since nobody knows what should have been found."""
    return replace(result, verified=False, failed=result.failed or trouble)
