"""Ask what of the recordings backups may take along."""

import voluptuous as vol

from homeassistant.helpers.selector import (
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)

from ..const import CONF_IN_BACKUPS, InBackups
from .fields import Fields


def backup_fields() -> Fields:
    """Return the field; each choice says in so many words what it means."""
    return {
        vol.Required(CONF_IN_BACKUPS): SelectSelector(
            SelectSelectorConfig(
                options=[option.value for option in InBackups],
                mode=SelectSelectorMode.LIST,
                translation_key="in_backups",
            )
        )
    }
