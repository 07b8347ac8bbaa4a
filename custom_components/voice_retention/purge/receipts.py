"""Tell what a purge did, place by place, without any content."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from ..places.reach.protocol import OutOfReach
from .scope import WHO, Scope, iso, parse_moment


@dataclass(frozen=True, kw_only=True, slots=True)
class PlaceResult:
    """What was done in one place."""

    place: str
    found: int
    deleted: int
    verified: bool
    """Whether a search afterwards found nothing."""

    verified_by: str | None = None
    """How that was made sure, if it was."""

    failed: str | None = None
    """Why something is left, if so."""

    retry_at: datetime | None = None
    """When that is tried again, if it is."""

    residue: str | None = None
    """What may be left that nobody can verify, such as freed space of a database."""

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON form."""
        return {
            "place": self.place,
            "found": self.found,
            "deleted": self.deleted,
            "verified": self.verified,
            "verified_by": self.verified_by,
            "failed": self.failed,
            "retry_at": iso(self.retry_at),
            "residue": self.residue,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Read what ``as_dict`` wrote."""
        return cls(**dict(data) | {"retry_at": parse_moment(data["retry_at"])})


@dataclass(frozen=True, kw_only=True, slots=True)
class Receipt:
    """What a purge or expiry did."""

    receipt_id: str
    scope: Scope
    completes: str | None = None
    """The receipt of the purge that left this to be done, if one did."""

    started: datetime
    finished: datetime
    interruptions: int = 0
    """How often Home Assistant ended in the middle of it."""

    places: tuple[PlaceResult, ...]
    held: tuple[str, ...]
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

    @property
    def retry_at(self) -> datetime | None:
        """Return when something that is left is tried again, if it is."""
        return min(
            (result.retry_at for result in self.places if result.retry_at), default=None
        )

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON form, as actions answer and the vault stores it."""
        scope = self.scope.as_dict()
        return {
            "receipt_id": self.receipt_id,
            "completes": self.completes,
            **{name: scope.pop(name) for name in WHO},
            "dry_run": self.scope.dry_run,
            "scope": scope,
            "started": self.started.isoformat(),
            "finished": self.finished.isoformat(),
            "seconds": round((self.finished - self.started).total_seconds(), 3),
            "interruptions": self.interruptions,
            "complete": self.is_complete,
            "retry_at": iso(self.retry_at),
            "held": len(self.held),
            "held_recording_ids": list(self.held),
            "places": [result.as_dict() for result in self.places],
            "out_of_reach": [item.as_dict() for item in self.out_of_reach],
        }


def scope_of(body: Mapping[str, Any]) -> Scope:
    """Return the scope that the receipt of a purge tells of."""
    return Scope.from_dict({**body["scope"], **{name: body[name] for name in WHO}})
