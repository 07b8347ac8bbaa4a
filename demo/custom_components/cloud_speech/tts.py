"""The voice of the stand-in."""

from typing import Any, override
from urllib.parse import quote

from homeassistant.components import tts
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_NAME, CONF_URL
from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback


async def async_setup_entry(
    hass: HomeAssistant,
    entry: ConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the one voice of an entry."""
    async_add_entities([CloudVoiceEntity(entry)])


class CloudVoiceEntity(tts.TextToSpeechEntity):
    """Sends what it is to say to an address outside of Home Assistant."""

    _attr_default_language = "en"

    def __init__(self, entry: ConfigEntry) -> None:
        """Take name and address from the entry."""
        self._attr_name = entry.data[CONF_NAME]
        self._attr_unique_id = entry.entry_id
        self._attr_supported_languages = ["en", "de"]
        self._url = f"{entry.data[CONF_URL]}/voice/{quote(entry.data[CONF_NAME])}"

    @override
    async def async_get_tts_audio(
        self, message: str, language: str, options: dict[str, Any]
    ) -> tts.TtsAudioType:
        """Send the text and return the provider's audio."""
        async with async_get_clientsession(self.hass).post(
            self._url, data=message.encode()
        ) as response:
            response.raise_for_status()
            return "wav", await response.read()
