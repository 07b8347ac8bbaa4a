"""Binary sensors: whether a rule can be got round."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import override

from homeassistant.components.binary_sensor import (
    BinarySensorDeviceClass,
    BinarySensorEntity,
    BinarySensorEntityDescription,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .data import VoiceRetentionConfigEntry
from .entity import ServiceEntity, StatusEntity
from .status import Status

PARALLEL_UPDATES = 0

ATTR_SATELLITES = "satellites"


@dataclass(frozen=True, kw_only=True)
class ServiceBinarySensorDescription(BinarySensorEntityDescription):
    """Describe a binary sensor for the household."""

    satellites_fn: Callable[[Status], tuple[str, ...]]
    """Return the names of the satellites concerned; with any, the sensor is on."""


SERVICE_BINARY_SENSORS = (
    ServiceBinarySensorDescription(
        key="uncovered",
        translation_key="uncovered",
        device_class=BinarySensorDeviceClass.PROBLEM,
        satellites_fn=lambda status: status.uncovered,
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: VoiceRetentionConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the binary sensors."""
    async_add_entities(
        ServiceBinarySensor(entry.runtime_data, description)
        for description in SERVICE_BINARY_SENSORS
    )


class ServiceBinarySensor(ServiceEntity, StatusEntity, BinarySensorEntity):
    """A binary sensor for the whole household."""

    entity_description: ServiceBinarySensorDescription

    @property
    @override
    def is_on(self) -> bool:
        """Return whether any satellite is concerned."""
        return bool(self._satellites)

    @property
    @override
    def extra_state_attributes(self) -> dict[str, list[str]]:
        """Return which satellites are concerned."""
        return {ATTR_SATELLITES: list(self._satellites)}

    @property
    def _satellites(self) -> tuple[str, ...]:
        """Return the names of the satellites concerned."""
        return self.entity_description.satellites_fn(self.coordinator.data)
