"""An agent that leaves traces wherever agents of other integrations leave them: for tests only."""

from homeassistant.config_entries import ConfigEntry
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers import llm

from .tools import NotebookApi

PLATFORMS = [Platform.CONVERSATION, Platform.SENSOR]


async def async_setup_entry(hass: HomeAssistant, entry: ConfigEntry) -> bool:
    """Set up the agent, what it can do, and the sensor that shows what it was told."""
    entry.async_on_unload(llm.async_register_api(hass, NotebookApi(hass)))
    await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
    return True


async def async_unload_entry(hass: HomeAssistant, entry: ConfigEntry) -> bool:
    """Remove everything."""
    return await hass.config_entries.async_unload_platforms(entry, PLATFORMS)
