"""Name the satellites that spoke, since some can keep files of their own.

``wyoming-satellite`` writes what it hears into its ``--debug-recording-dir``; firmware has
no place for recordings, but tells its log what was understood. Which it is, nobody can ask.
"""

from typing import override

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er

from ...assist.evidence.wyoming_servers import WYOMING_DOMAIN
from ...assist.satellites import SatelliteDirectory
from .protocol import Beyond, Kind, OutOfReach, Purged
from .wyoming import programs_of


class Satellites(Beyond):
    """What satellites may have kept."""

    key = Kind.SATELLITE

    def __init__(self, hass: HomeAssistant, satellites: SatelliteDirectory) -> None:
        """Take the satellites of the house."""
        self._hass = hass
        self._satellites = satellites

    @override
    async def async_list(self, purged: Purged) -> list[OutOfReach]:
        """Name each satellite that something of the purged was said at."""
        return [
            OutOfReach(
                kind=self.key,
                key=key,
                name=satellite.name,
                detail=self._software(satellite.entity_id),
                since=span.first,
                until=span.last,
            )
            for key, span in sorted(purged.spoken.items())
            if (satellite := self._satellites.current.get(key)) is not None
        ]

    def _software(self, entity_id: str) -> str | None:
        """Return what runs on a satellite, as far as it is known."""
        entity = er.async_get(self._hass).async_get(entity_id)
        if entity is None or entity.platform != WYOMING_DOMAIN:
            return None if entity is None else entity.platform
        entry = self._hass.config_entries.async_get_entry(entity.config_entry_id or "")
        return None if entry is None else programs_of(entry)
