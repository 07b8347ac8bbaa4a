"""Agents and voices for the house, in the cloud and at home, that remember what they get."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from typing import Any, Literal, override

from custom_components.voice_retention.assist.pipelines import EngineKind
from homeassistant.components import conversation
from homeassistant.components.assist_pipeline import (
    Pipeline,
    PipelineEvent,
    PipelineEventType,
    PipelineStage,
    async_get_pipeline,
    async_update_pipeline,
)
from homeassistant.components.conversation import ConversationEntityFeature
from homeassistant.const import MATCH_ALL, Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers import llm
from homeassistant.setup import async_setup_component
from tests.house import House, Satellite, add_entity_platform
from tests.lookup import OTHER, satellite_key

CLOUD_AGENT = "conversation.cloud_agent"
LOCAL_AGENT = "conversation.local_agent"
DEFAULT_AGENT = "conversation.home_assistant"
CLOUD_VOICE = "tts.cloud_voice"
LOCAL_VOICE = "tts.local_voice"

TOOLS = "test_tools"
PROMPT = "You are a house"


class LookUp(llm.Tool):
    """A tool that looks something up."""

    name = "look_up"
    description = "Look it up"

    @override
    async def async_call(
        self,
        hass: HomeAssistant,
        tool_input: llm.ToolInput,
        llm_context: llm.LLMContext,
    ) -> Any:
        await asyncio.sleep(0)
        found = {"found": "a walrus"}
        # Tools return their data itself in 2026.6.
        return llm.ToolResult(data=found) if hasattr(llm, "ToolResult") else found


class Tools(llm.API):
    """The tools of the house."""

    @override
    async def async_get_api_instance(
        self, llm_context: llm.LLMContext
    ) -> llm.APIInstance:
        return llm.APIInstance(
            api=self, api_prompt="", llm_context=llm_context, tools=[LookUp()]
        )


class Agent(conversation.ConversationEntity):
    """An agent that remembers each request, with the history in it, and answers as told."""

    _attr_has_entity_name = False
    _attr_supports_streaming = True

    def __init__(self, name: str) -> None:
        """Take a name, which also makes the entity id."""
        self._attr_name = name
        self._attr_unique_id = name
        self._attr_supported_features = ConversationEntityFeature(0)
        self.languages: list[str] | Literal["*"] = MATCH_ALL
        self.requests: list[list[tuple[str, Any]]] = []
        self.inputs: list[conversation.ConversationInput] = []
        self.answer = ["All ", "right"]
        self.calls_tool = False
        self.error: Exception | None = None
        self.go_on: asyncio.Event | None = None
        """When set, the agent waits for it after the first delta."""

        self.got_request = asyncio.Event()
        self.prepared: list[str | None] = []

    @property
    @override
    def supported_languages(self) -> list[str] | Literal["*"]:
        return self.languages

    @property
    def heard(self) -> str:
        """Return everything that this agent was ever told, the history included."""
        return "\n".join(str(item) for request in self.requests for item in request)

    @property
    def words(self) -> list[str]:
        """Return what was said to it last, in each request."""
        return [
            str([text for role, text in request if role == "user"][-1])
            for request in self.requests
        ]

    @override
    async def async_prepare(self, language: str | None = None) -> None:
        self.prepared.append(language)

    @override
    async def _async_handle_message(
        self,
        user_input: conversation.ConversationInput,
        chat_log: conversation.ChatLog,
    ) -> conversation.ConversationResult:
        self.inputs.append(user_input)
        await chat_log.async_provide_llm_data(
            user_input.as_llm_context("test"),
            TOOLS if self.calls_tool else None,
            PROMPT,
            user_input.extra_system_prompt,
        )
        is_tool_called = not self.calls_tool
        while True:
            self.requests.append(
                [(item.role, getattr(item, "content", "")) for item in chat_log.content]
            )
            self.got_request.set()
            async for _ in chat_log.async_add_delta_content_stream(
                user_input.agent_id, self._deltas(is_last=is_tool_called)
            ):
                pass
            if not chat_log.unresponded_tool_results:
                return conversation.async_get_result_from_chat_log(user_input, chat_log)
            is_tool_called = True

    async def _deltas(
        self, *, is_last: bool
    ) -> AsyncGenerator[conversation.AssistantContentDeltaDict]:
        """Answer word by word."""
        yield {"role": "assistant"}
        if self.go_on is not None:
            await self.go_on.wait()
        if self.error is not None:
            raise self.error
        if not is_last:
            yield {"tool_calls": [llm.ToolInput("look_up", {}, id="call")]}
            return
        for part in self.answer:
            await asyncio.sleep(0)
            yield {"content": part}


class LegacyAgent(conversation.AbstractConversationAgent):
    """An agent of the old kind, without an entity."""

    def __init__(self) -> None:
        """Start with nothing heard."""
        self.words: list[str] = []

    @property
    @override
    def supported_languages(self) -> list[str] | Literal["*"]:
        return ["en"]

    @override
    async def async_process(
        self, user_input: conversation.ConversationInput
    ) -> conversation.ConversationResult:
        self.words.append(user_input.text)
        response = conversation.intent.IntentResponse(language="en")
        response.async_set_speech("From a legacy agent")
        return conversation.ConversationResult(response, user_input.conversation_id)


@dataclass
class TalkingHouse:
    """The house, in which people talk to agents."""

    house: House
    cloud: Agent
    local: Agent
    languages: dict[str, str] = field(default_factory=dict)

    @property
    def hass(self) -> HomeAssistant:
        """Return the house's Home Assistant."""
        return self.house.hass

    @property
    def agent_in_pipeline(self) -> str:
        """Return the agent of the preferred pipeline."""
        return str(async_get_pipeline(self.hass).conversation_engine)

    async def edit(self, **changes: Any) -> None:
        """Change the preferred pipeline."""
        await async_update_pipeline(self.hass, async_get_pipeline(self.hass), **changes)
        await self.hass.async_block_till_done()

    async def close(self, satellite: Satellite | None, *, on: bool = True) -> None:
        """Turn "Don't send transcripts" of a satellite, or of the other clients."""
        assert self.house.entry is not None
        key = OTHER if satellite is None else satellite_key(self.hass, satellite)
        await self.house.entry.runtime_data.settings.async_update_satellite(
            key, dont_send_text=on
        )

    async def say(
        self,
        satellite: Satellite,
        text: str,
        *,
        end_stage: PipelineStage = PipelineStage.INTENT,
    ) -> str:
        """Say something at a satellite, and return the reply."""
        self.house.cloud.text = self.house.local.text = text
        await satellite.speak(end_stage=end_stage)
        await self.hass.async_block_till_done()
        return reply_in(satellite.events)


def reply_in(events: list[PipelineEvent]) -> str:
    """Return the reply of the last run."""
    for event in reversed(events):
        if event.type is PipelineEventType.INTENT_END and event.data:
            speech = event.data["intent_output"]["response"]["speech"]
            return str(speech["plain"]["speech"]) if speech else ""
        if event.type is PipelineEventType.RUN_START:
            break
    raise AssertionError("No reply")


async def furnish(house: House) -> TalkingHouse:
    """Put a cloud agent into the pipeline, and a local one beside it."""
    assert await async_setup_component(house.hass, "conversation", {})
    cloud, local = Agent("cloud_agent"), Agent("local_agent")
    for domain, entity, iot_class in (
        ("cloudy_agent", cloud, "cloud_push"),
        ("homely_agent", local, "local_push"),
    ):
        house.entries[domain] = await add_entity_platform(
            house.hass, domain, Platform.CONVERSATION, [entity], iot_class=iot_class
        )
    llm.async_register_api(house.hass, Tools(hass=house.hass, id=TOOLS, name="Tools"))
    talking = TalkingHouse(house=house, cloud=cloud, local=local)
    await talking.edit(conversation_engine=CLOUD_AGENT, conversation_language=MATCH_ALL)
    return talking


def engine_in(pipeline: Pipeline, kind: EngineKind) -> str:
    """Return an engine of a pipeline."""
    return str(getattr(pipeline, kind.field))
