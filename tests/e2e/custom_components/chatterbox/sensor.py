"""A sensor that shows the last transcript, as some custom integrations have it."""

from typing import Any, override

from homeassistant.components.sensor import SensorEntity
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

SIGNAL_HEARD = "chatterbox_heard"


async def async_setup_entry(
    hass: HomeAssistant,
    entry: ConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the sensor."""
    async_add_entities([LastTranscriptSensor(entry)])


class LastTranscriptSensor(SensorEntity):
    """Shows what was heard as its state, and what was answered as an attribute."""

    _attr_name = "Last transcript"
    _attr_should_poll = False

    def __init__(self, entry: ConfigEntry) -> None:
        """Show nothing yet."""
        self._attr_unique_id = f"{entry.entry_id}_last_transcript"
        self._attr_extra_state_attributes: dict[str, Any] = {}

    @override
    async def async_added_to_hass(self) -> None:
        self.async_on_remove(
            async_dispatcher_connect(self.hass, SIGNAL_HEARD, self._heard)
        )

    @callback
    def _heard(self, text: str, answer: str) -> None:
        """Show it."""
        self._attr_native_value = text
        self._attr_extra_state_attributes = {"answer": answer}
        self.async_write_ha_state()
