"""A conversation agent as those of language models are: tools, a streamed answer, an event and a sensor."""

from collections.abc import AsyncGenerator
from typing import Literal, override

from homeassistant.components import conversation
from homeassistant.components.conversation import (
    AssistantContentDeltaDict,
    ChatLog,
    ConversationEntity,
    ConversationInput,
    ConversationResult,
)
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import MATCH_ALL
from homeassistant.core import HomeAssistant
from homeassistant.helpers import llm
from homeassistant.helpers.dispatcher import async_dispatcher_send
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .sensor import SIGNAL_HEARD
from .tools import API_ID, NOTE

EVENT = "chatterbox_conversation_finished"


async def async_setup_entry(
    hass: HomeAssistant,
    entry: ConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the agent."""
    async_add_entities([ChatterboxEntity(entry)])


class ChatterboxEntity(ConversationEntity):
    """Notes down what it is told, and says so at length."""

    _attr_name = "Chatterbox"
    _attr_supports_streaming = True
    _attr_supported_features = conversation.ConversationEntityFeature.CONTROL

    def __init__(self, entry: ConfigEntry) -> None:
        """Be the one agent of an entry."""
        self._attr_unique_id = entry.entry_id

    @property
    @override
    def supported_languages(self) -> Literal["*"]:
        return MATCH_ALL

    @override
    async def _async_handle_message(
        self, user_input: ConversationInput, chat_log: ChatLog
    ) -> ConversationResult:
        await chat_log.async_provide_llm_data(
            user_input.as_llm_context("chatterbox"),
            API_ID,
            "Be brief.",
            user_input.extra_system_prompt,
        )
        for stream in (_call(user_input.text), _answer(user_input.text)):
            async for _ in chat_log.async_add_delta_content_stream(
                self.entity_id, stream
            ):
                pass
        result = conversation.async_get_result_from_chat_log(user_input, chat_log)
        answer = result.response.speech["plain"]["speech"]
        messages = [item.as_dict() for item in chat_log.content]
        self.hass.bus.async_fire(
            EVENT,
            {"user": {"text": user_input.text}, "messages": messages, "reply": answer},
        )
        async_dispatcher_send(self.hass, SIGNAL_HEARD, user_input.text, answer)
        return result


async def _call(text: str) -> AsyncGenerator[AssistantContentDeltaDict]:
    """Stream the call of a tool, as the first answer of a model."""
    yield {"role": "assistant"}
    tool = llm.ToolInput(tool_name=NOTE, tool_args={"text": text})
    yield {"tool_calls": [tool]}


async def _answer(text: str) -> AsyncGenerator[AssistantContentDeltaDict]:
    """Stream the answer, long enough for its first words to be spoken before its last are known."""
    yield {"role": "assistant"}
    answer = f"I have noted what you told me, word for word. It was this: {text}. Is there anything else to note?"
    for word in answer.split(" "):
        yield {"content": f"{word} "}
