"""Ask what to do about places that other parts of Home Assistant fill."""

import voluptuous as vol

from homeassistant.helpers.selector import (
    BooleanSelector,
    EntitySelector,
    EntitySelectorConfig,
)

from ..const import CONF_ADOPT_DEBUG_RECORDINGS, CONF_TRANSCRIPT_ENTITIES
from .fields import Fields


def place_fields() -> Fields:
    """Return the fields on what others keep."""
    return {
        vol.Required(CONF_ADOPT_DEBUG_RECORDINGS): BooleanSelector(),
        vol.Optional(CONF_TRANSCRIPT_ENTITIES): EntitySelector(
            EntitySelectorConfig(multiple=True)
        ),
    }
