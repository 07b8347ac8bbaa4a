"""Judge what came of a purge."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

from ..places.protocol import Target
from ..places.vault import VaultPlace
from .receipts import PlaceResult, Receipt
from .work import Work


def judged(result: PlaceResult, work: Work) -> PlaceResult:
    """Return a result as it is to be read after all that happened."""
    if work.trouble is not None:
        # Nobody knows what should have been found.
        return replace(
            result,
            verified=False,
            verified_by=None,
            failed=result.failed or work.trouble,
        )
    if work.interruptions and result.place == VaultPlace.key and result.verified:
        # What is missing went before the interruption, or when the vault was opened.
        return replace(result, deleted=result.found)
    return result


def is_worth_keeping(receipt: Receipt) -> bool:
    """Return whether a receipt tells anything that is not told already, or again soon."""
    if receipt.completes is not None:
        return any(result.retry_at is None for result in receipt.places)
    if receipt.scope.asked_by.is_schedule:
        # What the vault could not do is due again in a minute.
        return VaultPlace.key not in receipt.failed_places or any(
            result.deleted for result in receipt.places
        )
    return True


def count_recordings(receipt: Receipt, target: Target) -> Mapping[str, int]:
    """Count the recordings that went, by satellite."""
    if not any(
        result.place == VaultPlace.key and not result.failed
        for result in receipt.places
    ):
        return {}
    return Counter(
        item.satellite_key
        for item in target.recordings
        if item.contents & target.contents
    )
