"""Binary sensors: whether a rule can be got round."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, override

from homeassistant.components.binary_sensor import (
    BinarySensorDeviceClass,
    BinarySensorEntity,
    BinarySensorEntityDescription,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .data import VoiceRetentionConfigEntry
from .entity import ServiceEntity, StatusEntity
from .status import Coverage, Status

PARALLEL_UPDATES = 0

ATTR_GAPS = "gaps"
ATTR_SATELLITES = "satellites"
ATTR_WAYS_OUT = "ways_out"


@dataclass(frozen=True, kw_only=True)
class ServiceBinarySensorDescription(BinarySensorEntityDescription):
    """Describe a binary sensor for the household."""

    is_on_fn: Callable[[Status], bool]
    attributes_fn: Callable[[Status], dict[str, Any]]


SERVICE_BINARY_SENSORS = (
    ServiceBinarySensorDescription(
        key="uncovered",
        translation_key="uncovered",
        device_class=BinarySensorDeviceClass.PROBLEM,
        is_on_fn=lambda status: bool(status.coverage.uncovered),
        attributes_fn=lambda status: _coverage_attributes(status.coverage),
    ),
)


def _coverage_attributes(coverage: Coverage) -> dict[str, Any]:
    """Return who can get past the guard, where, and which ways have no guard at all."""
    return {
        ATTR_SATELLITES: list(coverage.uncovered),
        ATTR_GAPS: [
            {
                "pipeline": gap.path.pipeline_name,
                "wake_word": gap.path.wake_word,
                "step": gap.step.kind,
                "engine": gap.step.engine_id,
                "locality": gap.step.locality,
            }
            for gap in coverage.gaps
        ],
        ATTR_WAYS_OUT: {
            way: list(engines) for way, engines in coverage.ways_out.items()
        },
    }


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

    _unrecorded_attributes = frozenset({ATTR_GAPS, ATTR_WAYS_OUT})

    entity_description: ServiceBinarySensorDescription

    @property
    @override
    def is_on(self) -> bool:
        """Return whether there is anything to be on for."""
        return self.entity_description.is_on_fn(self.coordinator.data)

    @property
    @override
    def extra_state_attributes(self) -> dict[str, Any]:
        """Return the details."""
        return self.entity_description.attributes_fn(self.coordinator.data)
