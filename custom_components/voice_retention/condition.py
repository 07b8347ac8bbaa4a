"""Conditions: what may happen to voices now, for automations."""

from abc import abstractmethod
from typing import Final, Unpack, cast, override

import voluptuous as vol

from homeassistant.const import CONF_OPTIONS, CONF_TARGET
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ConditionErrorMessage
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.condition import (
    Condition,
    ConditionCheckParams,
    ConditionConfig,
)
from homeassistant.helpers.typing import ConfigType

from .const import DOMAIN
from .data import VoiceRetentionConfigEntry, VoiceRetentionData
from .policy.choices import OTHER_CLIENTS
from .policy.rules import rule_for_key
from .targets import async_known_satellites

CONF_BEHAVIOR: Final = "behavior"
ANY: Final = "any"
ALL: Final = "all"

_TARGET = {vol.Optional(CONF_TARGET): cv.TARGET_FIELDS}
_NO_OPTIONS = {vol.Optional(CONF_OPTIONS): vol.Any(None, {})}
_BEHAVIOR = {
    vol.Required(CONF_OPTIONS, default=dict): {
        vol.Required(CONF_BEHAVIOR, default=ANY): vol.In([ANY, ALL])
    }
}


class VoiceCondition(Condition):
    """A condition on the settings of voices."""

    _schema: vol.Schema

    @override
    @classmethod
    async def async_validate_config(
        cls, hass: HomeAssistant, config: ConfigType
    ) -> ConfigType:
        """Check target and options."""
        return cast(ConfigType, cls._schema(config))

    def __init__(self, hass: HomeAssistant, config: ConditionConfig) -> None:
        """Remember the target; none is everybody."""
        super().__init__(hass, config)
        self._target = config.target or {}
        self._options = config.options or {}

    @override
    def _async_check(self, **kwargs: Unpack[ConditionCheckParams]) -> bool:
        """Check the condition, unless nobody can know."""
        entries: list[VoiceRetentionConfigEntry] = (
            self._hass.config_entries.async_loaded_entries(DOMAIN)
        )
        if not entries:
            raise ConditionErrorMessage(DOMAIN, "Voice Retention is not loaded")
        return self._is_met(entries[0].runtime_data)

    @abstractmethod
    def _is_met(self, data: VoiceRetentionData) -> bool:
        """Return whether it holds now."""

    def _satellites(self, data: VoiceRetentionData) -> frozenset[str]:
        """Return the targeted satellites as they are now."""
        satellite_keys = async_known_satellites(self._hass, self._target)
        if satellite_keys is None:
            return frozenset({OTHER_CLIENTS, *data.satellites.current})
        return satellite_keys


class SendingAllowedCondition(VoiceCondition):
    """Hold when the voice of satellites may leave the home."""

    _schema = vol.Schema(_TARGET | _BEHAVIOR)

    @override
    def _is_met(self, data: VoiceRetentionData) -> bool:
        """Ask the rule that the guard obeys; of no satellite at all it does not hold."""
        settings = data.settings.current
        allowed = [
            not rule_for_key(settings, key).dont_send_audio
            for key in self._satellites(data)
        ]
        if self._options[CONF_BEHAVIOR] == ALL:
            return bool(allowed) and all(allowed)
        return any(allowed)


class GuestModeCondition(VoiceCondition):
    """Hold while guest mode is on."""

    _schema = vol.Schema(_NO_OPTIONS)

    @override
    def _is_met(self, data: VoiceRetentionData) -> bool:
        """Return what was chosen."""
        return data.settings.current.guest_mode


class UncoveredCondition(VoiceCondition):
    """Hold while a satellite that must not send can get past the guard."""

    _schema = vol.Schema(_TARGET | _NO_OPTIONS)

    @override
    def _is_met(self, data: VoiceRetentionData) -> bool:
        """Look at the same gaps as the sensor does."""
        gaps = data.status.data.coverage.gaps
        uncovered = {gap.path.satellite_key for gap in gaps}
        return not self._satellites(data).isdisjoint(uncovered)


CONDITIONS: dict[str, type[Condition]] = {
    "is_guest_mode": GuestModeCondition,
    "is_sending_allowed": SendingAllowedCondition,
    "is_uncovered": UncoveredCondition,
}


async def async_get_conditions(hass: HomeAssistant) -> dict[str, type[Condition]]:
    """Return the conditions."""
    return CONDITIONS
