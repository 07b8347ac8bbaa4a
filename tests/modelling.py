"""A language model for the house that uses tools as a test tells it to."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Any, Literal, override

import voluptuous as vol

from custom_components.voice_retention.agent_tools.offering import ARE_FOUND
from custom_components.voice_retention.const import DOMAIN
from homeassistant.components import conversation
from homeassistant.components.assist_pipeline import (
    async_get_pipeline,
    async_update_pipeline,
)
from homeassistant.const import MATCH_ALL, Platform
from homeassistant.helpers import llm
from tests.house import House, add_entity_platform

MODEL = "conversation.model"
API = llm.LLM_API_ASSIST if ARE_FOUND else DOMAIN
"""Where an agent has our tools from in this release."""

type Use = Callable[..., Awaitable[dict[str, Any]]]


class Model(conversation.ConversationEntity):
    """An agent with tools; each turn it does what the test thinks for it."""

    _attr_has_entity_name = False
    _attr_name = "model"
    _attr_unique_id = "model"

    def __init__(self) -> None:
        """Start with nothing to do."""
        self.think: Callable[[Use], Awaitable[None]] | None = None
        """Called in the next turn only."""

        self.tools: list[llm.Tool] = []
        """What was offered in the last turn."""

        self.results: list[dict[str, Any]] = []
        self.logs: list[conversation.ChatLog] = []

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
        await chat_log.async_provide_llm_data(
            user_input.as_llm_context("test"), API, "Be a house"
        )
        assert chat_log.llm_api is not None
        self.tools = chat_log.llm_api.tools
        self.logs.append(chat_log)

        async def use(name: str, **arguments: Any) -> dict[str, Any]:
            """Call one of our tools, and return what it answers."""
            # A model is asked over a network before it decides to.
            await asyncio.sleep(0)
            call = llm.ToolInput(f"{DOMAIN}__{name}", arguments)
            async for item in chat_log.async_add_delta_content_stream(
                self.entity_id, _deltas({"tool_calls": [call]})
            ):
                if item.role == "tool_result":
                    # Results are data itself in 2026.6.
                    result = getattr(item, "result", None)
                    data = item.tool_result if result is None else result.data
                    self.results.append(data)
                    return data
            raise AssertionError("No result")

        think, self.think = self.think, None
        if think is not None:
            await think(use)
        async for _ in chat_log.async_add_delta_content_stream(
            self.entity_id, _deltas({"content": "Very well"})
        ):
            pass
        return conversation.async_get_result_from_chat_log(user_input, chat_log)


async def _deltas(
    *deltas: conversation.AssistantContentDeltaDict,
) -> AsyncGenerator[conversation.AssistantContentDeltaDict]:
    """Stream what the model says."""
    yield {"role": "assistant"}
    for delta in deltas:
        await asyncio.sleep(0)
        yield delta


async def install_model(house: House, *, iot_class: str = "local_push") -> Model:
    """Let people talk to a model."""
    model = Model()
    await add_entity_platform(
        house.hass, "modeller", Platform.CONVERSATION, [model], iot_class=iot_class
    )
    await async_update_pipeline(
        house.hass,
        async_get_pipeline(house.hass),
        conversation_engine=MODEL,
        conversation_language=MATCH_ALL,
    )
    await house.hass.async_block_till_done()
    return model


def parameter_names(tool: llm.Tool) -> set[str]:
    """Return what a tool takes."""
    schema: dict[vol.Marker, Any] = tool.parameters.schema
    return {str(key) for key in schema}
