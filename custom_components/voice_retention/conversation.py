"""Stand in front of conversation agents."""

from typing import Literal, override

from homeassistant.components import conversation
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.event import async_track_state_change_event

from .assist.agents import UNKNOWN_CAPABILITIES, AgentCapabilities, find_agent
from .assist.pipelines import EngineKind
from .assist.transcript import guard_transcript
from .data import VoiceRetentionConfigEntry
from .errors import AgentMissing, TranscriptRefused
from .guard_entity import GuardEntity, async_serve_guards
from .policy.models import Reason

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant,
    entry: VoiceRetentionConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the guards."""
    async_serve_guards(
        hass, entry, EngineKind.CONVERSATION, ConversationGuard, async_add_entities
    )


class ConversationGuard(GuardEntity, conversation.ConversationEntity):
    """Decide who may get what was said."""

    _seen: AgentCapabilities = UNKNOWN_CAPABILITIES

    @property
    def capabilities(self) -> AgentCapabilities:
        """Return what the agent offers, or what it offered when it was last seen."""
        if (agent := find_agent(self.hass, self.engine_id)) is not None:
            self._seen = AgentCapabilities.of(agent)
        return self._seen

    @property
    @override
    def supported_languages(self) -> list[str] | Literal["*"]:
        """Return the languages of the agent."""
        return self.capabilities.languages

    @property
    @override
    def supported_features(self) -> conversation.ConversationEntityFeature:
        """Return whether the agent controls the home, which makes Assist leave more to it."""
        return self.capabilities.features

    @property
    @override
    def supports_streaming(self) -> bool:
        """Return whether the agent answers word by word."""
        return self.capabilities.supports_streaming

    @override
    async def async_added_to_hass(self) -> None:
        """Show the features of an agent that comes up later, too."""
        await super().async_added_to_hass()

        @callback
        def agent_changed(event: Event[EventStateChangedData]) -> None:
            """Show what the agent offers now."""
            self.async_write_ha_state()

        self.async_on_remove(
            async_track_state_change_event(self.hass, self.engine_id, agent_changed)
        )

    @override
    async def async_prepare(self, language: str | None = None) -> None:
        """Let the agent prepare itself."""
        if (agent := find_agent(self.hass, self.engine_id)) is not None:
            await agent.async_prepare(language)

    @override
    async def async_process(
        self, user_input: conversation.ConversationInput
    ) -> conversation.ConversationResult:
        """Let the agent answer that may get what was said."""
        result = await guard_transcript(
            self.hass,
            self.rules,
            self.engine_id,
            user_input,
            listen_removed=self.listen_removed,
        )
        if result is Reason.ENGINE_MISSING:
            raise AgentMissing
        if isinstance(result, Reason):
            raise TranscriptRefused
        return result
