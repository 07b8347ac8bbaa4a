"""Ask what may be said to a satellite about one's voice."""

import voluptuous as vol

from homeassistant.helpers.selector import (
    BooleanSelector,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)

from ..commands.phrasebook import VoiceCommand
from ..const import CONF_COMMANDS, CONF_COMMANDS_HOUSEHOLD_WIDE, CONF_COMMANDS_MAY_LOWER
from .fields import Fields


def command_fields() -> Fields:
    """Return the fields to choose the voice commands with."""
    return {
        vol.Optional(CONF_COMMANDS): SelectSelector(
            SelectSelectorConfig(
                options=[command.value for command in VoiceCommand],
                multiple=True,
                mode=SelectSelectorMode.LIST,
                translation_key="voice_command",
            )
        ),
        vol.Required(CONF_COMMANDS_HOUSEHOLD_WIDE): BooleanSelector(),
        vol.Required(CONF_COMMANDS_MAY_LOWER): BooleanSelector(),
    }
