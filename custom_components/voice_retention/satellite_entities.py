"""Let the entities of satellites come and go with them."""

from collections.abc import Callable, Iterable

from homeassistant.const import Platform
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .assist.satellites import SatelliteDirectory
from .data import VoiceRetentionConfigEntry
from .entity import SatelliteEntity
from .policy.models import OTHER_CLIENTS


@callback
def async_follow_satellites(
    hass: HomeAssistant,
    entry: VoiceRetentionConfigEntry,
    platform: Platform,
    async_add_entities: AddConfigEntryEntitiesCallback,
    make: Callable[[str], Iterable[SatelliteEntity]],
) -> None:
    """Keep one platform's entities in step with the satellites, now and from now on.

    ``make`` returns the entities for a satellite key; the other clients are one of them.
    """
    satellites = entry.runtime_data.satellites
    present: set[str] = set()

    @callback
    def follow() -> None:
        """Remove, relink and add what has changed."""
        keys = {OTHER_CLIENTS, *satellites.current}
        _remove_or_relink(hass, entry, platform, satellites)
        new = keys - present
        present.clear()
        present.update(keys)
        async_add_entities(
            entity for satellite_key in sorted(new) for entity in make(satellite_key)
        )

    follow()
    entry.async_on_unload(satellites.async_listen(follow))


def satellite_key_of(entry: er.RegistryEntry) -> str | None:
    """Return the satellite that an entity of ours belongs to, if it is one of those."""
    satellite_key, separator, _ = entry.unique_id.partition("-")
    return satellite_key if separator else None


def _remove_or_relink(
    hass: HomeAssistant,
    entry: VoiceRetentionConfigEntry,
    platform: Platform,
    satellites: SatelliteDirectory,
) -> None:
    """Remove entities whose satellite is gone, and move the others to its device.

    It goes by the registry, which also knows entities that are disabled and those of
    satellites that vanished while we were not loaded.
    """
    registry = er.async_get(hass)
    for entity in er.async_entries_for_config_entry(registry, entry.entry_id):
        satellite_key = satellite_key_of(entity)
        if entity.domain != platform or satellite_key in (None, OTHER_CLIENTS):
            continue
        satellite = satellites.current.get(satellite_key)
        if satellite is None:
            registry.async_remove(entity.entity_id)
        elif satellite.device_id != entity.device_id:
            registry.async_update_entity(
                entity.entity_id, device_id=satellite.device_id
            )
