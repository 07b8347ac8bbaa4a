"""Search again, later, for what was purged: what can be found without knowing the words.

The words are gone with their key, so a place in which traces are recognised by nothing else
cannot be searched again; that is said, place by place.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Protocol

from ..assist.satellites import SatelliteDirectory
from ..const import LOGGER
from ..places.ledger import LEDGER
from ..places.protocol import Place
from ..places.vault import VaultPlace
from ..policy.models import Content
from ..vault.books import ReceiptCheck, StoredReceipt
from ..vault.models import RecordingFilter, StoredRecording
from .failures import describe, reason_of
from .plan import target_of_scope
from .receipts import scope_of
from .scope import Scope

WORDS_GONE: Final = "words_gone"
"""Traces there are recognised by their words only, which nobody knows any more."""

NOT_DONE: Final = "not_done"
"""The receipt itself says that something was left; another one may complete it."""

NO_LONGER_KNOWN: Final = "place_unknown"
"""This release does not know the place."""


class VerificationSource(Protocol):
    """What verifying needs of the vault; each call raises when it is out of order."""

    async def async_find(self, wanted: RecordingFilter) -> list[StoredRecording]:
        """Return recordings."""

    async def async_count_left(
        self, recording_ids: Collection[str], contents: Collection[Content]
    ) -> int:
        """Search keys and rows."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """Something that should be gone and is there."""

    receipt: StoredReceipt
    place: str
    left: int

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {
            "receipt_id": self.receipt.receipt_id,
            "sequence": self.receipt.seq,
            "place": self.place,
            "left": self.left,
        }


@dataclass(kw_only=True, slots=True)
class Verification:
    """What a search came to."""

    chain: ReceiptCheck
    receipts: int = 0
    """How many receipts of purges were looked at."""

    searched: Counter[str] = field(default_factory=Counter)
    """For how many of them each place was searched."""

    not_searched: defaultdict[str, Counter[str]] = field(
        default_factory=lambda: defaultdict(Counter)
    )
    """For how many it could not be, by place and reason."""

    findings: list[Finding] = field(default_factory=list)

    @property
    def is_good(self) -> bool:
        """Return whether every receipt is there as it was written, and nothing came back."""
        return self.chain.first_broken is None and not self.findings

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {
            "good": self.is_good,
            "chain": {
                "intact": self.chain.first_broken is None,
                "receipts": self.chain.count,
                "first_broken": self.chain.first_broken,
            },
            "receipts": self.receipts,
            "searched": dict(self.searched),
            "not_searched": {
                place: dict(reasons) for place, reasons in self.not_searched.items()
            },
            "findings": [finding.as_dict() for finding in self.findings],
        }


class Verifier:
    """Search the places of past purges again."""

    def __init__(
        self,
        *,
        source: VerificationSource,
        places: Sequence[Place],
        satellites: SatelliteDirectory,
    ) -> None:
        """Take where to search."""
        self._source = source
        self._places = {place.key: place for place in places if place.key != LEDGER}
        self._satellites = satellites

    async def async_verify(
        self, chain: ReceiptCheck, receipts: Sequence[StoredReceipt]
    ) -> Verification:
        """Search for everything that some receipts say is gone."""
        verification = Verification(chain=chain)
        for receipt in receipts:
            if "scope" in receipt.body:
                verification.receipts += 1
                await self._async_verify_receipt(receipt, verification)
        return verification

    async def _async_verify_receipt(
        self, receipt: StoredReceipt, verification: Verification
    ) -> None:
        """Search for what one receipt says is gone."""
        body = receipt.body
        held: list[str] = body["held_recording_ids"]
        scope = scope_of(body).until(datetime.fromisoformat(body["started"]))
        for result in body["places"]:
            key: str = result["place"]
            if key == LEDGER:
                # It holds no voice data.
                continue
            if (reason := self._obstacle(result, scope)) is None:
                try:
                    left = await self._async_count(key, scope, held)
                except Exception as err:  # noqa: BLE001
                    # As with purging: a place that has changed must not hide the others.
                    LOGGER.error("Could not search %s again: %s", key, describe(err))
                    reason = reason_of(err)
                else:
                    verification.searched[key] += 1
                    if left:
                        verification.findings.append(
                            Finding(receipt=receipt, place=key, left=left)
                        )
            if reason is not None:
                verification.not_searched[key][reason] += 1

    def _obstacle(self, result: dict[str, Any], scope: Scope) -> str | None:
        """Return why a place cannot be searched again, if so."""
        if (place := self._places.get(result["place"])) is None:
            return NO_LONGER_KNOWN
        if not result["verified"]:
            return NOT_DONE
        if place.key == VaultPlace.key:
            return None
        is_told = place.names_speaker and scope.recording_ids is None
        return None if is_told else WORDS_GONE

    async def _async_count(self, key: str, scope: Scope, held: list[str]) -> int:
        """Count what is left of a scope in one place."""
        if key != VaultPlace.key:
            spared: list[StoredRecording] = []
            if held:
                wanted = RecordingFilter(recording_ids=held)
                spared = await self._source.async_find(wanted)
            target = target_of_scope(scope, self._satellites.current, held=spared)
            return await self._places[key].async_verify(target)
        if scope.recording_ids is not None:
            return await self._source.async_count_left(
                scope.recording_ids - {*held}, scope.contents
            )
        found = await self._source.async_find(
            RecordingFilter(
                satellite_keys=scope.satellite_keys, start=scope.start, end=scope.end
            )
        )
        return sum(
            len(item.contents & scope.contents)
            for item in found
            if item.recording_id not in held
        )
