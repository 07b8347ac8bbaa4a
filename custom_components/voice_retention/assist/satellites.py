"""Know the satellites of the house, as they come and go."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from homeassistant.components.assist_satellite import DOMAIN as ASSIST_SATELLITE_DOMAIN
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.helpers import device_registry as dr, entity_registry as er


@dataclass(frozen=True, kw_only=True, slots=True)
class Satellite:
    """A device with an ``assist_satellite`` entity."""

    key: str
    """Registry id of the entity: stable when the entity is renamed."""

    entity_id: str
    device_id: str | None
    name: str


class SatelliteDirectory:
    """List the satellites, from the registry: also those whose integration is not up yet."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Read the registry."""
        self._hass = hass
        self._listeners: list[Callable[[], None]] = []
        self.current: Mapping[str, Satellite] = _read(hass)
        """By satellite key; replaced as a whole on each change."""

    @callback
    def async_start(self) -> Callable[[], None]:
        """Follow the registry until the returned function is called."""
        return self._hass.bus.async_listen(
            er.EVENT_ENTITY_REGISTRY_UPDATED, self._async_registry_updated
        )

    @callback
    def async_listen(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call ``listener`` after each change; the returned function stops that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    @callback
    def by_entity_id(self, entity_id: str) -> Satellite | None:
        """Return the satellite with this entity."""
        return next(
            (item for item in self.current.values() if item.entity_id == entity_id),
            None,
        )

    @callback
    def by_device_id(self, device_id: str) -> Satellite | None:
        """Return the satellite that is this device."""
        return next(
            (item for item in self.current.values() if item.device_id == device_id),
            None,
        )

    @callback
    def _async_registry_updated(
        self, event: Event[er.EventEntityRegistryUpdatedData]
    ) -> None:
        """Take over a change of a satellite's entity."""
        # A renamed entity stays in its domain.
        if not event.data["entity_id"].startswith(f"{ASSIST_SATELLITE_DOMAIN}."):
            return
        found = _read(self._hass)
        if found == self.current:
            return
        self.current = found
        for listener in list(self._listeners):
            listener()


def _read(hass: HomeAssistant) -> Mapping[str, Satellite]:
    """List the satellites of the registry; a disabled one cannot speak and is left out."""
    return {
        entry.id: Satellite(
            key=entry.id,
            entity_id=entry.entity_id,
            device_id=entry.device_id,
            name=_name(hass, entry),
        )
        for entry in er.async_get(hass).entities.values()
        if entry.domain == ASSIST_SATELLITE_DOMAIN and not entry.disabled
    }


def _name(hass: HomeAssistant, entry: er.RegistryEntry) -> str:
    """Return what people call a satellite: its device, for the entity is named alike in all."""
    device = dr.async_get(hass).async_get(entry.device_id) if entry.device_id else None
    if device is not None and (name := device.name_by_user or device.name):
        return name
    return er.async_get_full_entity_name(hass, entry)
