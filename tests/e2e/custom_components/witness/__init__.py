"""Look at Home Assistant from inside, and break it on purpose: for tests only."""

from homeassistant.core import HomeAssistant
from homeassistant.helpers.typing import ConfigType

from . import doors, sabotage


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Offer it to tests."""
    doors.async_register(hass)
    sabotage.async_register(hass)
    return True
