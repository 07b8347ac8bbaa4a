"""Tell what a purge did, place by place, without any content."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ..places.reach.protocol import OutOfReach
from .scope import Scope


@dataclass(frozen=True, kw_only=True, slots=True)
class PlaceResult:
    """What was done in one place."""

    place: str
    found: int
    deleted: int
    verified: bool
    """Whether a search afterwards found nothing."""

    failed: str | None = None
    """Why something is left, if so."""

    residue: str | None = None
    """What may be left that nobody can verify, such as freed space of a database."""

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {
            "place": self.place,
            "found": self.found,
            "deleted": self.deleted,
            "verified": self.verified,
            "failed": self.failed,
            "residue": self.residue,
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class Receipt:
    """What a purge or expiry did."""

    receipt_id: str
    scope: Scope
    started: datetime
    finished: datetime
    places: tuple[PlaceResult, ...]
    held: int
    """Recordings that fitted but were left, since they are held."""

    out_of_reach: tuple[OutOfReach, ...]
    """What nobody here can delete from and may hold copies."""

    @property
    def failed_places(self) -> tuple[str, ...]:
        """Return the keys of the places where something is left."""
        return tuple(result.place for result in self.places if result.failed)

    @property
    def is_complete(self) -> bool:
        """Return whether every place did what was asked."""
        return not self.failed_places

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON form, as actions answer and the vault stores it."""
        scope = self.scope
        return {
            "receipt_id": self.receipt_id,
            "asked_by": scope.asked_by,
            "user_id": scope.user_id,
            "dry_run": scope.dry_run,
            "scope": {
                "satellites": None
                if scope.satellite_keys is None
                else sorted(scope.satellite_keys),
                "start_time": _iso(scope.start),
                "end_time": _iso(scope.end),
                "recording_ids": None
                if scope.recording_ids is None
                else sorted(scope.recording_ids),
                "content": sorted(scope.contents),
                "include_held": scope.include_held,
                "include_ledger": scope.include_ledger,
            },
            "started": self.started.isoformat(),
            "finished": self.finished.isoformat(),
            "complete": self.is_complete,
            "held": self.held,
            "places": [result.as_dict() for result in self.places],
            "out_of_reach": [item.as_dict() for item in self.out_of_reach],
        }


def _iso(moment: datetime | None) -> str | None:
    """Return a moment as text."""
    return None if moment is None else moment.isoformat()
