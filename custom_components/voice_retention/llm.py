"""Offer language models tools about the voice of whoever is speaking to them."""

from homeassistant.components.llm import LLMTools
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.llm import LLM_API_ASSIST, LLMContext

from .agent_tools.offering import async_tools


@callback
def async_get_tools(
    hass: HomeAssistant, llm_context: LLMContext, api_id: str
) -> LLMTools | None:
    """Return the tools; they are for agents that people speak to through a run of Assist."""
    if api_id != LLM_API_ASSIST:
        return None
    tools = async_tools(hass)
    return LLMTools(tools=tools) if tools else None
