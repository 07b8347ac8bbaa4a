"""Agents and voices for the house, in the cloud and at home, that remember what they get."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from typing import Any, Literal, override

from homeassistant.components import conversation, tts
from homeassistant.components.assist_pipeline import (
    PipelineEvent,
    PipelineEventType,
    PipelineStage,
    async_get_pipeline,
    async_update_pipeline,
)
from homeassistant.components.conversation import ConversationEntityFeature
from homeassistant.const import MATCH_ALL, Platform
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import llm
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
        self.invent: Callable[[], list[str]] | None = None
        """When set, the agent says something else each time."""

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
        for part in self.answer if self.invent is None else self.invent():
            await asyncio.sleep(0)
            yield {"content": part}


class Voice(tts.TextToSpeechEntity):
    """A voice whose audio is its text, and which makes WAV files only."""

    _attr_has_entity_name = False
    _attr_default_language = "en"

    def __init__(self, name: str) -> None:
        """Take a name, which also makes the entity id."""
        self._attr_name = name
        self._attr_unique_id = name
        self._attr_supported_languages = ["en", "de"]
        self._attr_supported_options = [tts.ATTR_VOICE]
        self.said: list[str] = []
        """Each piece of text as it came."""

        self.spoken: list[str] = []
        """Each text as a whole."""

        self.options: list[dict[str, Any]] = []
        self.go_on = asyncio.Event()
        self.go_on.set()

    @callback
    @override
    def async_get_supported_voices(self, language: str) -> list[tts.Voice] | None:
        return [tts.Voice("nova", "Nova")] if language == "en" else None

    @override
    async def async_get_tts_audio(
        self, message: str, language: str, options: dict[str, Any]
    ) -> tts.TtsAudioType:
        self.said.append(message)
        self.options.append(options)
        self.spoken.append(message)
        await self.go_on.wait()
        return "wav", f"{self.name}: {message}".encode()


class StreamingVoice(Voice):
    """A voice that speaks while its text is still coming."""

    @override
    async def async_stream_tts_audio(
        self, request: tts.TTSAudioRequest
    ) -> tts.TTSAudioResponse:
        self.options.append(request.options)
        return tts.TTSAudioResponse("wav", self._speak(request.message_gen))

    async def _speak(self, text: AsyncGenerator[str]) -> AsyncGenerator[bytes]:
        """Say each piece as it comes."""
        yield f"{self.name}: ".encode()
        whole = ""
        async for part in text:
            self.said.append(part)
            whole += part
            yield part.encode()
            await self.go_on.wait()
        self.spoken.append(whole)


class LegacyVoice(tts.Provider):
    """A voice of the old kind, without an entity."""

    name = "Oldie"

    def __init__(self) -> None:
        """Start with nothing said."""
        self.said: list[str] = []

    @property
    @override
    def default_language(self) -> str:
        return "en"

    @property
    @override
    def supported_languages(self) -> list[str]:
        return ["en"]

    @override
    async def async_get_tts_audio(
        self, message: str, language: str, options: dict[str, Any]
    ) -> tts.TtsAudioType:
        self.said.append(message)
        return "wav", f"Oldie: {message}".encode()


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
    cloud_voice: Voice
    local_voice: Voice

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

    async def hear(self, satellite: Satellite) -> bytes:
        """Fetch the audio of the last run's reply, as the satellite does."""
        start = next(
            event
            for event in reversed(satellite.events)
            if event.type is PipelineEventType.RUN_START
        )
        stream = tts.async_get_stream(self.hass, start.data["tts_output"]["token"])
        assert stream is not None
        audio = b"".join([chunk async for chunk in stream.async_stream_result()])
        # The file of a reply is written in the background.
        writing = [
            task
            for task in asyncio.all_tasks()
            if task.get_name().startswith("tts_load_data_into_cache")
        ]
        if writing:
            await asyncio.wait(writing)
        return audio

    async def ask(self, satellite: Satellite, text: str) -> bytes:
        """Say something at a satellite, and return what it plays."""
        await self.say(satellite, text, end_stage=PipelineStage.TTS)
        return await self.hear(satellite)


def reply_in(events: list[PipelineEvent]) -> str:
    """Return the reply of the last run."""
    for event in reversed(events):
        if event.type is PipelineEventType.INTENT_END and event.data:
            speech = event.data["intent_output"]["response"]["speech"]
            return str(speech["plain"]["speech"]) if speech else ""
        if event.type is PipelineEventType.RUN_START:
            break
    raise AssertionError("No reply")


async def furnish(
    house: House, *, voices: type[Voice] = Voice, stands_in: type[Voice] = Voice
) -> TalkingHouse:
    """Put an agent and a voice in a cloud into the pipeline, and local ones beside them."""
    home = TalkingHouse(
        house=house,
        cloud=Agent("cloud_agent"),
        local=Agent("local_agent"),
        cloud_voice=voices("cloud_voice"),
        local_voice=stands_in("local_voice"),
    )
    for domain, platform, entity, iot_class in (
        ("cloudy_agent", Platform.CONVERSATION, home.cloud, "cloud_push"),
        ("homely_agent", Platform.CONVERSATION, home.local, "local_push"),
        ("cloudy_voice", Platform.TTS, home.cloud_voice, "cloud_push"),
        ("homely_voice", Platform.TTS, home.local_voice, "local_push"),
    ):
        house.entries[domain] = await add_entity_platform(
            house.hass, domain, platform, [entity], iot_class=iot_class
        )
    llm.async_register_api(house.hass, Tools(hass=house.hass, id=TOOLS, name="Tools"))
    await home.edit(
        conversation_engine=CLOUD_AGENT,
        conversation_language=MATCH_ALL,
        tts_engine=CLOUD_VOICE,
        tts_language="en",
        tts_voice="nova",
    )
    for satellite in (house.kitchen, house.bedroom):
        satellite.tts_format = "wav"
    return home
