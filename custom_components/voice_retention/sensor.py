"""Sensors: what is kept, and where the voice went."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import ATTR_TIME, EntityCategory, Platform, UnitOfInformation
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .data import VoiceRetentionConfigEntry
from .entity import SatelliteEntity, ServiceEntity, StatusEntity
from .satellite_entities import async_follow_satellites
from .status import LastHeard, Status
from .vault.books import SentToCloud

PARALLEL_UPDATES = 0

ATTR_LOCALITY = "locality"
ATTR_EVIDENCE = "evidence"
ATTR_CHARACTERS = "characters"
ATTR_PROGRESS = "progress"
ATTR_EXPORT_PROGRESS = "export_progress"


@dataclass(frozen=True, kw_only=True)
class SatelliteSensorDescription(SensorEntityDescription):
    """Describe a sensor of each satellite."""

    value_fn: Callable[[Status, str], str | int | None]
    attributes_fn: Callable[[Status, str], Mapping[str, Any]] = lambda status, key: {}


@dataclass(frozen=True, kw_only=True)
class ServiceSensorDescription(SensorEntityDescription):
    """Describe a sensor for the household."""

    value_fn: Callable[[Status], int | datetime | None]
    attributes_fn: Callable[[Status], Mapping[str, Any]] = lambda status: {}
    needs_vault: bool = True
    """The value is not known while the vault cannot be asked."""


def _engine_name(status: Status, satellite_key: str) -> str | None:
    """Return the engine that last heard a satellite."""
    heard = status.last_heard.get(satellite_key)
    return None if heard is None else heard.engine_name


def _engine_attributes(status: Status, satellite_key: str) -> Mapping[str, Any]:
    """Return where that engine works, why that is believed, and when it heard."""
    heard: LastHeard | None = status.last_heard.get(satellite_key)
    if heard is None:
        return {}
    return {
        ATTR_LOCALITY: heard.locality,
        ATTR_EVIDENCE: heard.evidence,
        ATTR_TIME: heard.at.isoformat(),
    }


def _progress_attributes(status: Status) -> Mapping[str, Any]:
    """Return how far a purge is that takes long, while it does."""
    return {} if status.progress is None else {ATTR_PROGRESS: asdict(status.progress)}


def _export_attributes(status: Status) -> Mapping[str, Any]:
    """Return how far an export is that takes long, while it does."""
    if status.exporting is None:
        return {}
    return {ATTR_EXPORT_PROGRESS: asdict(status.exporting)}


def _sent(status: Status, satellite_key: str) -> SentToCloud:
    """Return how much a satellite ever sent to engines not proven local."""
    return status.sent_to_cloud.get(satellite_key, SentToCloud())


SATELLITE_SENSORS = (
    SatelliteSensorDescription(
        key="recordings",
        translation_key="recordings",
        entity_category=EntityCategory.DIAGNOSTIC,
        state_class=SensorStateClass.MEASUREMENT,
        value_fn=lambda status, key: status.recordings.get(key, 0),
    ),
    SatelliteSensorDescription(
        key="sent_to_cloud",
        translation_key="sent_to_cloud",
        entity_category=EntityCategory.DIAGNOSTIC,
        device_class=SensorDeviceClass.DATA_SIZE,
        state_class=SensorStateClass.TOTAL_INCREASING,
        native_unit_of_measurement=UnitOfInformation.BYTES,
        suggested_unit_of_measurement=UnitOfInformation.MEGABYTES,
        suggested_display_precision=1,
        value_fn=lambda status, key: _sent(status, key).audio_bytes,
        attributes_fn=lambda status, key: {
            ATTR_CHARACTERS: _sent(status, key).characters
        },
    ),
    SatelliteSensorDescription(
        key="last_engine",
        translation_key="last_engine",
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=_engine_name,
        attributes_fn=_engine_attributes,
    ),
)

SERVICE_SENSORS = (
    ServiceSensorDescription(
        key="stored",
        translation_key="stored",
        state_class=SensorStateClass.MEASUREMENT,
        value_fn=lambda status: status.stored,
        attributes_fn=_export_attributes,
    ),
    ServiceSensorDescription(
        key="size",
        translation_key="size",
        device_class=SensorDeviceClass.DATA_SIZE,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfInformation.BYTES,
        suggested_unit_of_measurement=UnitOfInformation.MEGABYTES,
        suggested_display_precision=1,
        value_fn=lambda status: status.size,
    ),
    ServiceSensorDescription(
        key="overdue",
        translation_key="overdue",
        entity_category=EntityCategory.DIAGNOSTIC,
        state_class=SensorStateClass.MEASUREMENT,
        value_fn=lambda status: status.overdue,
    ),
    ServiceSensorDescription(
        key="sent_to_cloud_today",
        translation_key="sent_to_cloud_today",
        device_class=SensorDeviceClass.DATA_SIZE,
        state_class=SensorStateClass.TOTAL_INCREASING,
        native_unit_of_measurement=UnitOfInformation.BYTES,
        suggested_unit_of_measurement=UnitOfInformation.MEGABYTES,
        suggested_display_precision=1,
        value_fn=lambda status: status.sent_to_cloud_today,
        attributes_fn=lambda status: {
            ATTR_CHARACTERS: status.characters_to_cloud_today
        },
    ),
    ServiceSensorDescription(
        key="last_purge",
        translation_key="last_purge",
        entity_category=EntityCategory.DIAGNOSTIC,
        device_class=SensorDeviceClass.TIMESTAMP,
        value_fn=lambda status: status.last_purge,
        attributes_fn=_progress_attributes,
        needs_vault=False,
    ),
    ServiceSensorDescription(
        key="last_sweep",
        translation_key="last_sweep",
        entity_category=EntityCategory.DIAGNOSTIC,
        device_class=SensorDeviceClass.TIMESTAMP,
        value_fn=lambda status: status.last_sweep,
        needs_vault=False,
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: VoiceRetentionConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the household's sensors and those of each satellite."""
    data = entry.runtime_data
    async_add_entities(
        ServiceSensor(data, description) for description in SERVICE_SENSORS
    )
    async_follow_satellites(
        hass,
        entry,
        Platform.SENSOR,
        async_add_entities,
        lambda satellite_key: (
            SatelliteSensor(hass, data, satellite_key, description)
            for description in SATELLITE_SENSORS
        ),
    )


class SatelliteSensor(SatelliteEntity, StatusEntity, SensorEntity):
    """A sensor of one satellite."""

    _unrecorded_attributes = frozenset({ATTR_EVIDENCE})

    entity_description: SatelliteSensorDescription

    @property
    @override
    def available(self) -> bool:
        """Return whether the value is known."""
        return super().available and self.coordinator.data.is_available

    @property
    @override
    def native_value(self) -> str | int | None:
        """Return the value."""
        return self.entity_description.value_fn(
            self.coordinator.data, self.satellite_key
        )

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any]:
        """Return what else is known of the value."""
        return self.entity_description.attributes_fn(
            self.coordinator.data, self.satellite_key
        )


class ServiceSensor(ServiceEntity, StatusEntity, SensorEntity):
    """A sensor for the whole household."""

    _unrecorded_attributes = frozenset({ATTR_PROGRESS, ATTR_EXPORT_PROGRESS})

    entity_description: ServiceSensorDescription

    @property
    @override
    def available(self) -> bool:
        """Return whether the value is known."""
        return super().available and (
            self.coordinator.data.is_available
            or not self.entity_description.needs_vault
        )

    @property
    @override
    def native_value(self) -> int | datetime | None:
        """Return the value."""
        return self.entity_description.value_fn(self.coordinator.data)

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any]:
        """Return what else is known of the value."""
        return self.entity_description.attributes_fn(self.coordinator.data)
