"""Load what the household chose, before anything else is there."""

from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ConfigEntryNotReady

from .const import CONF_INITIAL, DOMAIN, IssueId
from .errors import SettingsNotSaved
from .issue_registry import async_clear, async_raise
from .policy.choices import Keep
from .settings import SettingsStore


async def async_load_settings(hass: HomeAssistant, entry: ConfigEntry) -> SettingsStore:
    """Load what the household chose; at the very first time, what it chose in the flow."""
    settings = SettingsStore(hass)
    initial: dict[str, Any] | None = entry.data.get(CONF_INITIAL)
    try:
        await settings.async_load(is_first=initial is not None)
        if initial is not None:
            await settings.async_update(
                **{key: Keep(choice) for key, choice in initial.items()}
            )
    except SettingsNotSaved as err:
        raise ConfigEntryNotReady(
            translation_domain=DOMAIN, translation_key="settings_not_saved"
        ) from err
    if initial is not None:
        # From now on a missing file means that settings were lost.
        hass.config_entries.async_update_entry(entry, data={})
    if settings.current.lost:
        async_raise(hass, IssueId.SETTINGS_LOST)
    else:
        async_clear(hass, IssueId.SETTINGS_LOST)
    # Whether there is a local engine now, the next sentence will tell.
    async_clear(hass, IssueId.NO_LOCAL_ENGINE)
    return settings
