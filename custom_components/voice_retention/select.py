"""Selects: how long to keep what was said."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import override

from homeassistant.components.select import SelectEntity, SelectEntityDescription
from homeassistant.const import EntityCategory, Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import RECORDING_KEEP_OPTIONS, TRANSCRIPT_KEEP_OPTIONS
from .data import VoiceRetentionConfigEntry
from .entity import SatelliteEntity, ServiceEntity, SettingsEntity
from .policy.choices import Keep, SatelliteSettings, Settings
from .satellite_entities import async_follow_satellites

PARALLEL_UPDATES = 1


@dataclass(frozen=True, kw_only=True)
class KeepSelectDescription(SelectEntityDescription):
    """Describe a choice of how long to keep; its key is the setting that it changes."""

    choices: Sequence[Keep]
    value_fn: Callable[[SatelliteSettings | Settings], Keep]


SATELLITE_SELECTS = (
    KeepSelectDescription(
        key="keep_recordings",
        translation_key="keep_recordings",
        entity_category=EntityCategory.CONFIG,
        choices=[Keep.DEFAULT, *RECORDING_KEEP_OPTIONS],
        value_fn=lambda chosen: chosen.keep_recordings,
    ),
    KeepSelectDescription(
        key="keep_transcripts",
        translation_key="keep_transcripts",
        entity_category=EntityCategory.CONFIG,
        choices=[Keep.SAME, Keep.DEFAULT, *RECORDING_KEEP_OPTIONS],
        value_fn=lambda chosen: chosen.keep_transcripts,
    ),
)

SERVICE_SELECTS = (
    KeepSelectDescription(
        key="keep_recordings",
        translation_key="default_keep_recordings",
        entity_category=EntityCategory.CONFIG,
        choices=RECORDING_KEEP_OPTIONS,
        value_fn=lambda settings: settings.keep_recordings,
    ),
    KeepSelectDescription(
        key="keep_transcripts",
        translation_key="default_keep_transcripts",
        entity_category=EntityCategory.CONFIG,
        choices=TRANSCRIPT_KEEP_OPTIONS,
        value_fn=lambda settings: settings.keep_transcripts,
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: VoiceRetentionConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the selects of each satellite, and the household's defaults."""
    data = entry.runtime_data
    async_add_entities(
        ServiceKeepSelect(data, description) for description in SERVICE_SELECTS
    )
    async_follow_satellites(
        hass,
        entry,
        Platform.SELECT,
        async_add_entities,
        lambda satellite_key: (
            SatelliteKeepSelect(hass, data, satellite_key, description)
            for description in SATELLITE_SELECTS
        ),
    )


class KeepSelect(SettingsEntity, SelectEntity):
    """A choice of how long to keep."""

    entity_description: KeepSelectDescription

    @property
    @override
    def options(self) -> list[str]:
        """Return the choices."""
        return [keep.value for keep in self.entity_description.choices]


class SatelliteKeepSelect(SatelliteEntity, KeepSelect):
    """How long to keep what one satellite hears."""

    @property
    @override
    def current_option(self) -> str | None:
        """Return what was chosen, or none while that is not known."""
        settings = self.data.settings
        chosen = settings.for_satellite(self.satellite_key)
        return (
            None if settings.current.lost else self.entity_description.value_fn(chosen)
        )

    @override
    async def async_select_option(self, option: str) -> None:
        """Change the setting of the satellite."""
        self.async_ensure_settings_known()
        await self.data.settings.async_update_satellite(
            self.satellite_key, **{self.entity_description.key: Keep(option)}
        )


class ServiceKeepSelect(ServiceEntity, KeepSelect):
    """How long to keep what any satellite hears that has no choice of its own."""

    @property
    @override
    def current_option(self) -> str | None:
        """Return what was chosen, or none while that is not known."""
        settings = self.data.settings.current
        return None if settings.lost else self.entity_description.value_fn(settings)

    @override
    async def async_select_option(self, option: str) -> None:
        """Change the default."""
        self.async_ensure_settings_known()
        await self.data.settings.async_update(
            **{self.entity_description.key: Keep(option)}
        )
