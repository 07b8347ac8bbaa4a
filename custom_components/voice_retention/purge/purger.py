"""Carry out every deletion, whoever asked for it, and leave a receipt."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Protocol
from uuid import uuid4

from ..assist.satellites import SatelliteDirectory
from ..const import LOGGER
from ..errors import VaultUnavailable
from ..places.protocol import Place, Target
from ..policy.models import OTHER_CLIENTS, Locality
from ..vault.models import RecordingFilter, StoredRecording
from .receipts import PlaceResult, Receipt
from .scope import Scope


class RecordingsSource(Protocol):
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
        *,
        source: RecordingsSource,
        places: Sequence[Place],
        satellites: SatelliteDirectory,
        utcnow: Callable[[], datetime],
        on_receipt: Callable[[Receipt, Mapping[str, int]], None],
    ) -> None:
        """Take the places in the order in which they are to be purged, the vault first."""
        self._source = source
        self._places = tuple(places)
        self._satellites = satellites
        self._utcnow = utcnow
        self._on_receipt = on_receipt
        self._lock = asyncio.Lock()

    @property
    def place_keys(self) -> tuple[str, ...]:
        """Return the keys of all places."""
        return tuple(place.key for place in self._places)

    async def async_purge(self, scope: Scope) -> Receipt:
        """Purge and return the receipt; with ``dry_run``, only count.

        Nothing is raised for a place that fails: look at ``Receipt.is_complete``.
        """
        async with self._lock:
            started = self._utcnow()
            recordings, held, trouble = await self._async_recordings(scope, started)
            target = self._target(scope, recordings, held)
            results = [
                await self._async_purge_place(place, target, scope)
                for place in self._places
                if scope.places is None or place.key in scope.places
            ]
            if trouble is not None:
                results = [_with_trouble(result, trouble) for result in results]
            receipt = Receipt(
                receipt_id=uuid4().hex,
                scope=scope,
                started=started,
                finished=self._utcnow(),
                places=tuple(results),
                held=len(held),
                out_of_reach=_out_of_reach(recordings),
            )
            if not scope.dry_run:
                await self._async_file(receipt, recordings)
            return receipt

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
                    contents=scope.contents,
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
        )

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
        counts: dict[str, int] = {}
        for recording in recordings:
            key = recording.satellite_key
            counts[key] = counts.get(key, 0) + 1
        self._on_receipt(receipt, counts)


def _with_trouble(result: PlaceResult, trouble: str) -> PlaceResult:
    """Mark a result as incomplete, since nobody knows what should have been found."""
    return replace(result, verified=False, failed=result.failed or trouble)


def _out_of_reach(recordings: Sequence[StoredRecording]) -> tuple[str, ...]:
    """Name the engines outside the home that heard what was purged."""
    return tuple(
        sorted(
            {
                f"engine:{recording.engine_id}"
                for recording in recordings
                if recording.engine_id and recording.locality is not Locality.LOCAL
            }
        )
    )
