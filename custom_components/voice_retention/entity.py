"""Give the entities what they have in common."""

from typing import override

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.device_registry import DeviceEntryType, DeviceInfo
from homeassistant.helpers.entity import Entity, EntityDescription
from homeassistant.helpers.typing import UndefinedType
from homeassistant.helpers.update_coordinator import CoordinatorEntity

from .const import DOMAIN
from .coordinator import StatusCoordinator
from .data import VoiceRetentionData
from .errors import SettingsUnconfirmed
from .policy.choices import OTHER_CLIENTS


def service_device_info() -> DeviceInfo:
    """Describe the service device of the integration."""
    return DeviceInfo(
        identifiers={(DOMAIN, "service")},
        entry_type=DeviceEntryType.SERVICE,
        translation_key="service",
    )


def other_clients_device_info() -> DeviceInfo:
    """Describe the service device that stands for all voice clients but satellites."""
    return DeviceInfo(
        identifiers={(DOMAIN, OTHER_CLIENTS)},
        entry_type=DeviceEntryType.SERVICE,
        translation_key="other",
    )


class VoiceRetentionEntity(Entity):
    """Take what an entity needs."""

    _attr_has_entity_name = True
    _attr_should_poll = False

    def __init__(self, data: VoiceRetentionData) -> None:
        """Remember the parts of the entry."""
        self.data = data


class ServiceEntity(VoiceRetentionEntity):
    """Belong to the service device of the integration."""

    def __init__(
        self, data: VoiceRetentionData, description: EntityDescription
    ) -> None:
        """Take the description."""
        super().__init__(data)
        self.entity_description = description
        self._attr_unique_id = description.key
        self._attr_device_info = service_device_info()


class SatelliteEntity(VoiceRetentionEntity):
    """Stand on the page of a satellite's own device, or on that of the other clients."""

    def __init__(
        self,
        hass: HomeAssistant,
        data: VoiceRetentionData,
        satellite_key: str,
        description: EntityDescription,
    ) -> None:
        """Take the description, and the device from the directory."""
        super().__init__(data)
        self.entity_description = description
        self.satellite_key = satellite_key
        self._attr_unique_id = f"{satellite_key}-{description.key}"
        if satellite_key == OTHER_CLIENTS:
            self._attr_device_info = other_clients_device_info()
            return
        device_id = data.satellites.current[satellite_key].device_id
        if device_id is not None:
            self.device_entry = dr.async_get(hass).async_get(device_id)

    @property
    @override
    def name(self) -> str | UndefinedType | None:
        """Return the name, with the satellite's in front where no device gives it."""
        name = super().name
        satellite = self.data.satellites.current.get(self.satellite_key)
        if satellite is None or self.device_entry is not None:
            return name
        return f"{satellite.name} {name}"


class SettingsEntity(VoiceRetentionEntity):
    """Show and change the settings."""

    @override
    async def async_added_to_hass(self) -> None:
        """Follow the settings, whoever changes them."""
        await super().async_added_to_hass()
        self.async_on_remove(self.data.settings.async_listen(self.async_write_ha_state))

    @callback
    def async_ensure_settings_known(self) -> None:
        """Refuse a change while it is not known what was chosen before.

        Changing one setting would quietly confirm all the others.
        """
        if self.data.settings.current.lost:
            raise SettingsUnconfirmed


class StatusEntity(VoiceRetentionEntity, CoordinatorEntity[StatusCoordinator]):
    """Show something of the status."""

    def __init__(self, data: VoiceRetentionData) -> None:
        """Follow the coordinator."""
        VoiceRetentionEntity.__init__(self, data)
        CoordinatorEntity.__init__(self, data.status)
