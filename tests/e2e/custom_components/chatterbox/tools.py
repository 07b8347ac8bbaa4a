"""What the agent can do: note down what it is told."""

from typing import override

import voluptuous as vol

from homeassistant.core import HomeAssistant
from homeassistant.helpers import llm
from homeassistant.helpers.llm import API, APIInstance, LLMContext, Tool, ToolInput
from homeassistant.util.json import JsonObjectType

API_ID = "notebook"
NOTE = "note"


class NoteTool(Tool):
    """Give back what is to be noted."""

    name = NOTE
    description = "Note something down"
    parameters = vol.Schema({vol.Required("text"): str})
    integration = "chatterbox"

    @override
    async def async_call(
        self, hass: HomeAssistant, tool_input: ToolInput, llm_context: LLMContext
    ) -> JsonObjectType:
        return {"noted": tool_input.tool_args["text"]}


class NotebookApi(API):
    """Offer the tool to language models."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Name it."""
        super().__init__(hass=hass, id=API_ID, name="Notebook")

    @override
    async def async_get_api_instance(self, llm_context: LLMContext) -> APIInstance:
        return llm.APIInstance(
            api=self,
            api_prompt="Note down everything.",
            llm_context=llm_context,
            tools=[NoteTool()],
        )
