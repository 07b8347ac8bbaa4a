"""Take the parts of an entry apart, and leave nothing behind."""

from pathlib import Path

from homeassistant.config_entries import (
    SIGNAL_CONFIG_ENTRY_CHANGED,
    ConfigEntry,
    ConfigEntryChange,
    ConfigEntryState,
)
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect

from .assist.pipelines import async_replace_everywhere
from .backup_copy import async_backup_copy
from .blueprint_files import async_remove_blueprints
from .const import DOMAIN, LOGGER, STORAGE_FOLDER
from .data import VoiceRetentionData
from .issue_registry import async_clear_all
from .settings import SettingsStore
from .vault.removal import remove_vault


async def async_stop_parts(data: VoiceRetentionData) -> None:
    """Bring everything that is going on to its end, then close the vault."""
    data.sweeper.async_stop()
    await data.exports.async_stop()
    await data.keeper.async_stop()
    await data.purger.async_finish()
    await data.storage.async_close()


@callback
def async_watch_disabling(hass: HomeAssistant) -> None:
    """Leave the pipelines as soon as the entry is disabled, also if it never came up.

    Not when it is only reloaded: a sentence in between must be refused, not sent past us.
    """

    @callback
    def entry_changed(change: ConfigEntryChange, entry: ConfigEntry) -> None:
        """Look whether this is the entry being disabled."""
        if (
            entry.domain == DOMAIN
            and change is ConfigEntryChange.UPDATED
            and entry.disabled_by is not None
            and entry.state is ConfigEntryState.NOT_LOADED
        ):
            hass.async_create_task(
                _async_leave(hass), "voice_retention leave pipelines"
            )

    async_dispatcher_connect(hass, SIGNAL_CONFIG_ENTRY_CHANGED, entry_changed)


async def async_remove_traces(hass: HomeAssistant) -> None:
    """Leave no guard in a pipeline, no file and no issue."""
    settings = await _async_leave(hass)
    await settings.async_remove()
    await async_remove_blueprints(hass)
    left = await hass.async_add_executor_job(remove_vault, storage_folder(hass))
    await async_backup_copy(hass).async_discard()
    for path in left:
        LOGGER.error("Could not delete %s; please delete it by hand", path)


def storage_folder(hass: HomeAssistant) -> Path:
    """Return where the vault lies."""
    return Path(hass.config.path(*STORAGE_FOLDER))


async def _async_leave(hass: HomeAssistant) -> SettingsStore:
    """Put back the engine behind every guard in a pipeline, and take the issues back."""
    settings = SettingsStore(hass)
    await settings.async_load(is_first=False)
    await async_replace_everywhere(hass, settings.guard_memory.guards)
    async_clear_all(hass)
    return settings
