"""Add up what was sent."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from ...vault.books import Heard


def amount_of(items: Sequence[Heard]) -> Mapping[str, float]:
    """Return how much it was; units of which there is nothing are left out."""
    amount = {
        "sentences": sum(item.sentences for item in items),
        "bytes": sum(item.audio_bytes for item in items),
        "seconds": round(sum(item.audio_seconds for item in items), 1),
        "characters": sum(item.characters for item in items),
    }
    return {unit: value for unit, value in amount.items() if value}


def first_of(items: Sequence[Heard]) -> datetime:
    """Return when the first was sent."""
    return min(item.first for item in items)


def last_of(items: Sequence[Heard]) -> datetime:
    """Return when the last was sent."""
    return max(item.last for item in items)
