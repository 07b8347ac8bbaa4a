"""Find out what a scope means, before anything of it is deleted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from homeassistant.core import HomeAssistant

from ..assist.satellites import Satellite, SatelliteDirectory
from ..errors import VaultUnavailable
from ..places.protocol import Place, Target
from ..policy.choices import OTHER_CLIENTS
from ..vault.models import RecordingFilter, StoredRecording
from .gather import TextSource, async_gather_trail
from .scope import Scope


class PlanSource(TextSource, Protocol):
    """What planning needs of the vault, which may be out of order."""

    async def async_find(self, wanted: RecordingFilter) -> list[StoredRecording]:
        """Return the recordings that are meant; raises when the vault cannot be asked."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """What is to go, and what stays."""

    target: Target
    held: tuple[str, ...] = ()
    """Recordings that fit but stay, since they are held."""

    trouble: str | None = None
    """Why nobody knows all that should be found."""

    is_known: bool = True
    """Whether the vault could say what is meant."""


class Planner:
    """Ask the vault and the places what a scope means."""

    def __init__(
        self,
        hass: HomeAssistant,
        *,
        source: PlanSource,
        places: Sequence[Place],
        satellites: SatelliteDirectory,
    ) -> None:
        """Take whom to ask."""
        self._hass = hass
        self._source = source
        self._places = places
        self._satellites = satellites

    async def async_plan(self, scope: Scope, now: datetime) -> Plan:
        """Return what is to go; the places can be purged even if the vault cannot tell."""
        found: list[StoredRecording] = []
        unknown: str | None = None
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
            unknown = err.reason
        # With a hundred thousand of them this would hold up the event loop.
        plan = await self._hass.async_add_executor_job(
            _split, scope, found, self._satellites.current, now
        )
        trail, lost = await async_gather_trail(
            self._hass, self._source, self._places, plan.target
        )
        return replace(
            plan,
            target=replace(plan.target, trail=trail),
            trouble=unknown or lost,
            is_known=unknown is None,
        )


def _split(
    scope: Scope,
    found: Sequence[StoredRecording],
    satellites: Mapping[str, Satellite],
    now: datetime,
) -> Plan:
    """Tell what is to go from what is held, and translate the scope for the places."""
    doomed: list[StoredRecording] = []
    held: list[StoredRecording] = []
    for recording in found:
        is_held = recording.is_held(now) and not scope.include_held
        (held if is_held else doomed).append(recording)
    target = target_of_scope(scope, satellites, doomed=doomed, held=held)
    return Plan(
        target=target,
        held=tuple(
            item.recording_id for item in held if item.contents & scope.contents
        ),
    )


def target_of_scope(
    scope: Scope,
    satellites: Mapping[str, Satellite],
    *,
    doomed: Sequence[StoredRecording] = (),
    held: Sequence[StoredRecording] = (),
) -> Target:
    """Translate a scope for the places."""
    keys = scope.satellite_keys
    return Target(
        recordings=tuple(doomed),
        contents=scope.contents,
        satellite_ids=None
        if keys is None
        else frozenset(satellites[key].entity_id for key in keys if key in satellites),
        includes_other_clients=keys is None or OTHER_CLIENTS in keys,
        satellite_keys=keys,
        start=scope.start,
        end=scope.end,
        is_exact=scope.recording_ids is not None,
        spared_runs=frozenset(item.run_id for item in held if item.run_id),
    )
