"""Find conversation agents, learn what they can do, and let them answer."""

from dataclasses import dataclass
from typing import Literal, Self

from homeassistant.components.conversation import (
    HOME_ASSISTANT_AGENT,
    AbstractConversationAgent,
    ConversationEntity,
    ConversationEntityFeature,
    ConversationInput,
    ConversationResult,
    async_get_agent,
    get_agent_manager,
)
from homeassistant.components.conversation.const import DATA_COMPONENT
from homeassistant.const import MATCH_ALL
from homeassistant.core import HomeAssistant, callback
from homeassistant.util import language as language_util

from .engines import is_guard

type Agent = ConversationEntity | AbstractConversationAgent


@dataclass(frozen=True, kw_only=True, slots=True)
class AgentCapabilities:
    """What an agent offers, as the pipeline asks for it."""

    languages: list[str] | Literal["*"]
    features: ConversationEntityFeature
    supports_streaming: bool

    @classmethod
    def of(cls, agent: Agent) -> Self:
        """Read the capabilities of a live agent."""
        if not isinstance(agent, ConversationEntity):
            return cls(
                languages=agent.supported_languages,
                features=ConversationEntityFeature(0),
                supports_streaming=False,
            )
        return cls(
            languages=agent.supported_languages,
            features=ConversationEntityFeature(agent.supported_features or 0),
            supports_streaming=agent.supports_streaming,
        )


UNKNOWN_CAPABILITIES = AgentCapabilities(
    languages=MATCH_ALL,
    features=ConversationEntityFeature(0),
    supports_streaming=False,
)
"""Of an agent that is not there yet; whoever takes over is asked about the language."""


@callback
def find_agent(hass: HomeAssistant, agent_id: str) -> Agent | None:
    """Return the agent, or none while it is not loaded."""
    return async_get_agent(hass, agent_id)


@callback
def agent_ids(hass: HomeAssistant) -> list[str]:
    """List the loaded agents, guards and the default agent left out: that one is always there."""
    entities = (entity.entity_id for entity in hass.data[DATA_COMPONENT].entities)
    return [
        *(
            agent_id
            for agent_id in entities
            if agent_id != HOME_ASSISTANT_AGENT and not is_guard(hass, agent_id)
        ),
        *(info.id for info in get_agent_manager(hass).async_get_agent_info()),
    ]


@callback
def speaks(hass: HomeAssistant, agent: Agent, language: str) -> bool:
    """Return whether an agent knows a language, or one that is near enough."""
    languages = agent.supported_languages
    return languages == MATCH_ALL or bool(
        language_util.matches(language, languages, hass.config.country)
    )


async def answer(agent: Agent, user_input: ConversationInput) -> ConversationResult:
    """Let an agent answer as Home Assistant would, within the conversation that is going on."""
    if isinstance(agent, ConversationEntity):
        agent.async_set_context(user_input.context)
        return await agent.internal_async_process(user_input)
    return await agent.async_process(user_input)
