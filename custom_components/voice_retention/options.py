"""Change the options of the entry for whoever asked for it elsewhere than in their form."""

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback


@callback
def async_turn_on(hass: HomeAssistant, entry: ConfigEntry, option: str) -> None:
    """Turn an option on, and begin anew with it."""
    hass.config_entries.async_update_entry(
        entry, options={**entry.options, option: True}
    )
    hass.config_entries.async_schedule_reload(entry.entry_id)
