"""The conversation agent of the stand-in: it sends the whole conversation with each sentence."""

from collections.abc import AsyncIterator
from typing import Literal, override
from urllib.parse import quote

from homeassistant.components import conversation
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_NAME, CONF_URL, MATCH_ALL
from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback


async def async_setup_entry(
    hass: HomeAssistant,
    entry: ConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the one agent of an entry."""
    async_add_entities([CloudAgentEntity(entry)])


class CloudAgentEntity(conversation.ConversationEntity):
    """Answers with what an address outside of Home Assistant says, word by word."""

    _attr_supports_streaming = True

    def __init__(self, entry: ConfigEntry) -> None:
        """Take name and address from the entry."""
        self._attr_name = entry.data[CONF_NAME]
        self._attr_unique_id = entry.entry_id
        self._url = f"{entry.data[CONF_URL]}/agent/{quote(entry.data[CONF_NAME])}"

    @property
    @override
    def supported_languages(self) -> list[str] | Literal["*"]:
        return MATCH_ALL

    @override
    async def _async_handle_message(
        self,
        user_input: conversation.ConversationInput,
        chat_log: conversation.ChatLog,
    ) -> conversation.ConversationResult:
        """Send the conversation, and pass the answer on as it comes."""
        messages = [str(getattr(item, "content", "")) for item in chat_log.content]
        async for _ in chat_log.async_add_delta_content_stream(
            user_input.agent_id, self._deltas(messages)
        ):
            pass
        return conversation.async_get_result_from_chat_log(user_input, chat_log)

    async def _deltas(
        self, messages: list[str]
    ) -> AsyncIterator[conversation.AssistantContentDeltaDict]:
        """Yield the provider's words."""
        yield {"role": "assistant"}
        async with async_get_clientsession(self.hass).post(
            self._url, json=messages
        ) as response:
            response.raise_for_status()
            async for line in response.content:
                yield {"content": line.decode().rstrip("\n")}
