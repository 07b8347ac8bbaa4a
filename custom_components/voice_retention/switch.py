"""Switches: what must not be sent, and guest mode."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, override

from homeassistant.components.switch import SwitchEntity, SwitchEntityDescription
from homeassistant.const import EntityCategory, Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .data import VoiceRetentionConfigEntry
from .entity import SatelliteEntity, ServiceEntity, SettingsEntity
from .errors import ImpliedByText
from .policy.choices import SatelliteSettings, Settings
from .satellite_entities import async_follow_satellites

PARALLEL_UPDATES = 1


@dataclass(frozen=True, kw_only=True)
class SatelliteSwitchDescription(SwitchEntityDescription):
    """Describe a switch of each satellite; its key is the setting that it changes."""

    value_fn: Callable[[SatelliteSettings], bool]
    is_implied_fn: Callable[[SatelliteSettings], bool]
    """Whether another setting keeps the switch on."""


@dataclass(frozen=True, kw_only=True)
class ServiceSwitchDescription(SwitchEntityDescription):
    """Describe a switch for the household; its key is the setting that it changes."""

    value_fn: Callable[[Settings], bool]


# All of them are configuration, guest mode too: Home Assistant neither hands such switches to
# voice assistants of its own accord nor flips them when a whole area is turned off.
SATELLITE_SWITCHES = (
    SatelliteSwitchDescription(
        key="dont_send_audio",
        translation_key="dont_send_audio",
        entity_category=EntityCategory.CONFIG,
        value_fn=lambda chosen: chosen.dont_send_audio,
        is_implied_fn=lambda chosen: chosen.dont_send_text,
    ),
    SatelliteSwitchDescription(
        key="dont_send_text",
        translation_key="dont_send_text",
        entity_category=EntityCategory.CONFIG,
        value_fn=lambda chosen: chosen.dont_send_text,
        is_implied_fn=lambda chosen: False,
    ),
)

SERVICE_SWITCHES = (
    ServiceSwitchDescription(
        key="guest_mode",
        translation_key="guest_mode",
        entity_category=EntityCategory.CONFIG,
        value_fn=lambda settings: settings.guest_mode,
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: VoiceRetentionConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the household's switches and those of each satellite."""
    data = entry.runtime_data
    async_add_entities(
        ServiceSwitch(data, description) for description in SERVICE_SWITCHES
    )
    async_follow_satellites(
        hass,
        entry,
        Platform.SWITCH,
        async_add_entities,
        lambda satellite_key: (
            SatelliteSwitch(hass, data, satellite_key, description)
            for description in SATELLITE_SWITCHES
        ),
    )


class SatelliteSwitch(SatelliteEntity, SettingsEntity, SwitchEntity):
    """A switch of one satellite."""

    entity_description: SatelliteSwitchDescription

    @property
    @override
    def is_on(self) -> bool:
        """Return whether the rule is in force, as the guard applies it."""
        chosen = self.data.settings.for_satellite(self.satellite_key)
        return (
            self.data.settings.current.lost
            or self.entity_description.is_implied_fn(chosen)
            or self.entity_description.value_fn(chosen)
        )

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        """Put the rule in force."""
        await self._async_change(is_on=True)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        """Lift the rule, unless another setting needs it."""
        self.async_ensure_settings_known()
        chosen = self.data.settings.for_satellite(self.satellite_key)
        if self.entity_description.is_implied_fn(chosen):
            raise ImpliedByText
        await self._async_change(is_on=False)

    async def _async_change(self, *, is_on: bool) -> None:
        """Change the setting."""
        self.async_ensure_settings_known()
        await self.data.settings.async_update_satellite(
            self.satellite_key, **{self.entity_description.key: is_on}
        )


class ServiceSwitch(ServiceEntity, SettingsEntity, SwitchEntity):
    """A switch for the whole household."""

    entity_description: ServiceSwitchDescription

    @property
    @override
    def is_on(self) -> bool | None:
        """Return what was chosen, or none while that is not known."""
        settings = self.data.settings.current
        return None if settings.lost else self.entity_description.value_fn(settings)

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        """Turn the setting on."""
        await self._async_change(is_on=True)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        """Turn the setting off."""
        await self._async_change(is_on=False)

    async def _async_change(self, *, is_on: bool) -> None:
        """Change the setting."""
        self.async_ensure_settings_known()
        await self.data.settings.async_update(**{self.entity_description.key: is_on})
