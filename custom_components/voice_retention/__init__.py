"""Give people back control of their voice in Home Assistant."""

from homeassistant.core import HomeAssistant
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.typing import ConfigType

from .const import DOMAIN, PLATFORMS
from .data import VoiceRetentionConfigEntry
from .services import async_setup_services
from .setup import async_leave_pipelines, async_make_parts, async_remove_traces

CONFIG_SCHEMA = cv.config_entry_only_config_schema(DOMAIN)


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Register the actions; they exist, and explain themselves, before there is an entry."""
    async_setup_services(hass)
    return True


async def async_setup_entry(
    hass: HomeAssistant, entry: VoiceRetentionConfigEntry
) -> bool:
    """Bring the parts up, then the entities."""
    entry.runtime_data = await async_make_parts(hass, entry)
    await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
    return True


async def async_unload_entry(
    hass: HomeAssistant, entry: VoiceRetentionConfigEntry
) -> bool:
    """Take the entities down, then the parts."""
    if not await hass.config_entries.async_unload_platforms(entry, PLATFORMS):
        return False
    data = entry.runtime_data
    await data.keeper.async_stop()
    await data.storage.async_close()
    if entry.disabled_by is not None:
        # Not on a reload: a sentence in between must be refused, not sent past us.
        await async_leave_pipelines(hass, data.settings)
    return True


async def async_remove_entry(
    hass: HomeAssistant, entry: VoiceRetentionConfigEntry
) -> None:
    """Leave nothing behind."""
    await async_remove_traces(hass)
