"""Give people back control of their voice in Home Assistant."""

from homeassistant.core import HomeAssistant
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.typing import ConfigType

from .blueprint_files import async_install_blueprints
from .const import DOMAIN, PLATFORMS
from .data import VoiceRetentionConfigEntry
from .errors import HomeAssistantTooOld
from .http import async_register_views
from .oldest_release import is_too_old
from .panel.live import async_tell_changes
from .panel.registration import async_show_panel
from .services import async_setup_services
from .setup import async_make_parts, async_start_parts
from .teardown import async_remove_traces, async_stop_parts, async_watch_disabling
from .websocket_api import async_register_commands

CONFIG_SCHEMA = cv.config_entry_only_config_schema(DOMAIN)


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Register actions, commands and addresses; they exist, and explain themselves, before there is an entry."""
    async_setup_services(hass)
    async_register_views(hass)
    async_register_commands(hass)
    async_watch_disabling(hass)
    return True


async def async_setup_entry(
    hass: HomeAssistant, entry: VoiceRetentionConfigEntry
) -> bool:
    """Bring the parts up, then the entities."""
    if is_too_old():
        raise HomeAssistantTooOld
    entry.runtime_data = await async_make_parts(hass, entry)
    try:
        await async_start_parts(hass, entry, entry.runtime_data)
        await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
        await async_install_blueprints(hass)
        await async_show_panel(hass, entry)
        async_tell_changes(hass, entry)
    except BaseException:
        # The next attempt opens the vault again, and finds it locked if we do not let go.
        await async_stop_parts(entry.runtime_data)
        raise
    return True


async def async_unload_entry(
    hass: HomeAssistant, entry: VoiceRetentionConfigEntry
) -> bool:
    """Take the entities down, then the parts."""
    if not await hass.config_entries.async_unload_platforms(entry, PLATFORMS):
        return False
    await async_stop_parts(entry.runtime_data)
    return True


async def async_remove_entry(
    hass: HomeAssistant, entry: VoiceRetentionConfigEntry
) -> None:
    """Leave nothing behind."""
    await async_remove_traces(hass)
