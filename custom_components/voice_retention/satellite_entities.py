"""Let the entities of satellites come and go with them."""

from collections.abc import Callable, Iterable

from homeassistant.const import Platform
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .data import VoiceRetentionConfigEntry
from .entity import SatelliteEntity
from .policy.choices import OTHER_CLIENTS


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
    follower = _Follower(hass, entry, platform, async_add_entities, make)
    follower.async_follow()
    entry.async_on_unload(
        entry.runtime_data.satellites.async_listen(follower.async_follow_soon)
    )
    entry.async_on_unload(follower.async_stop)


def satellite_key_of(entry: er.RegistryEntry) -> str | None:
    """Return the satellite that an entity of ours belongs to, if it is one of those."""
    satellite_key, separator, _ = entry.unique_id.partition("-")
    return satellite_key if separator else None


class _Follower:
    """Follow the satellites with the entities of one platform."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: VoiceRetentionConfigEntry,
        platform: Platform,
        async_add_entities: AddConfigEntryEntitiesCallback,
        make: Callable[[str], Iterable[SatelliteEntity]],
    ) -> None:
        """Start with no entities."""
        self._hass = hass
        self._entry = entry
        self._platform = platform
        self._async_add_entities = async_add_entities
        self._make = make
        self._present: set[str] = set()
        self._is_stopped = False

    @callback
    def async_stop(self) -> None:
        """Follow no more."""
        self._is_stopped = True

    @callback
    def async_follow_soon(self) -> None:
        """Follow once Home Assistant is done with what happened to the satellites.

        With a satellite's device, our entities lose their link to it. They are told in
        this round of the event loop, and fail if they are removed before they hear it.
        """
        self._hass.loop.call_soon(self.async_follow)

    @callback
    def async_follow(self) -> None:
        """Remove, relink and add what has changed."""
        if self._is_stopped:
            return
        self._remove_or_relink()
        keys = {OTHER_CLIENTS, *self._entry.runtime_data.satellites.current}
        new, self._present = keys - self._present, keys
        self._async_add_entities(
            entity
            for satellite_key in sorted(new)
            for entity in self._make(satellite_key)
        )

    def _remove_or_relink(self) -> None:
        """Remove entities whose satellite is gone, and move the others to its device.

        It goes by the registry, which also knows entities that are disabled and those of
        satellites that vanished while we were not loaded.
        """
        registry = er.async_get(self._hass)
        satellites = self._entry.runtime_data.satellites.current
        for entity in er.async_entries_for_config_entry(registry, self._entry.entry_id):
            satellite_key = satellite_key_of(entity)
            if entity.domain != self._platform or satellite_key in (
                None,
                OTHER_CLIENTS,
            ):
                continue
            satellite = satellites.get(satellite_key)
            if satellite is None:
                registry.async_remove(entity.entity_id)
            elif satellite.device_id != entity.device_id:
                registry.async_update_entity(
                    entity.entity_id, device_id=satellite.device_id
                )
