"""Do what all tools have in common: find out who asks, and answer in the form of this release."""

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, override

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import llm
from homeassistant.util.json import JsonObjectType

from ..assist.calling import find_asker
from ..commands.phrasebook import VoiceCommand
from ..commands.speaker import async_command_speaker
from ..const import CONF_COMMANDS, DOMAIN
from ..data import VoiceRetentionConfigEntry, VoiceRetentionData
from .plans import Turn, turn_of

REFUSED: Final = "refused"
"""The key under which an answer says why nothing was done."""

HAS_RESULTS: Final = hasattr(llm, "ToolResult")
"""The oldest releases take the data of an answer as it is, and know no annotations."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """What a model asks about a voice, for whom, and what there is to answer with."""

    data: VoiceRetentionData
    satellite_key: str
    """The satellite that is spoken to; everything else is the other voice clients."""

    turn: Turn | None
    """None where a question cannot be told from the answer to it."""

    arguments: Mapping[str, Any]


class VoiceTool(llm.Tool):
    """A tool about the voice of whoever is speaking, and about no other.

    What an answer holds may go to a cloud, and into the chat log: numbers, moments and the
    names of engines, never a word that was said. The tool itself holds on to nothing: Home
    Assistant keeps it as long as the conversation, and copies it for traces.
    """

    integration = DOMAIN

    @abstractmethod
    def command(self, arguments: Mapping[str, Any]) -> VoiceCommand:
        """Return the voice command that does the same."""

    @override
    async def async_call(
        self,
        hass: HomeAssistant,
        tool_input: llm.ToolInput,
        llm_context: llm.LLMContext,
    ) -> Any:
        """Answer whoever the calling run belongs to; what the context says anybody can say."""
        arguments = self.parameters(tool_input.tool_args)
        entry = loaded_entry(hass)
        if entry is None or self.command(arguments) not in entry.options[CONF_COMMANDS]:
            return _answer({REFUSED: "turned_off"})
        # Before anything is waited for, as long as the callers are there.
        caller = find_asker(entry.runtime_data.satellites)
        if caller is None:
            return _answer({REFUSED: "not_spoken_to_a_satellite"})
        speaker = await async_command_speaker(hass, caller.origin, caller.user_id)
        if not speaker.is_administrator:
            # All apps share one name, so what is known of them is for administrators.
            return _answer({REFUSED: "administrators_only"})
        asked = Asked(
            data=entry.runtime_data,
            satellite_key=speaker.satellite_key,
            turn=turn_of(caller.origin, caller.user_id),
            arguments=arguments,
        )
        return _answer(await self._async_use(asked))

    @abstractmethod
    async def _async_use(self, asked: Asked) -> JsonObjectType:
        """Do what is asked for, and return what the model gets to know."""


@callback
def loaded_entry(hass: HomeAssistant) -> VoiceRetentionConfigEntry | None:
    """Return our entry, if it is loaded."""
    entries: list[VoiceRetentionConfigEntry] = hass.config_entries.async_loaded_entries(
        DOMAIN
    )
    return next(iter(entries), None)


def _answer(data: JsonObjectType) -> llm.ToolResult | JsonObjectType:
    """Return an answer in the form that this release takes."""
    if not HAS_RESULTS:
        return data
    return llm.ToolResult(data=data, error=REFUSED in data)


def annotations(*, read_only: bool) -> Any:
    """Say of a tool what it may do: nothing of ours reaches outside Home Assistant."""
    if not HAS_RESULTS:
        return None
    return llm.ToolAnnotations(
        read_only=read_only,
        destructive=not read_only,
        idempotent=read_only,
        open_world=False,
    )
