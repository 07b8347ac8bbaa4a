"""Offer the tools where they can be used, whatever the release has for that."""

from collections.abc import Callable
from importlib.util import find_spec
from typing import Final, override

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import llm

from ..assist.calling import find_asker
from ..commands.phrasebook import VoiceCommand
from ..const import CONF_COMMANDS, DOMAIN
from .base import loaded_entry
from .deleting import PERIODS, DeleteRecordings
from .reading import WhatIsKept, WhoHeardMe

NAME: Final = "Voice Retention"

ARE_FOUND: Final = find_spec("homeassistant.components.llm") is not None
"""Whether Home Assistant asks our platform ``llm``; the oldest releases do not."""


@callback
def async_tools(hass: HomeAssistant) -> list[llm.Tool]:
    """Return the tools for the run that is calling; none where nobody is speaking.

    Whoever takes a voice command out does not want it done by a model either.
    """
    entry = loaded_entry(hass)
    if entry is None or find_asker(entry.runtime_data.satellites) is None:
        return []
    commands: list[str] = entry.options[CONF_COMMANDS]
    tools: list[llm.Tool] = []
    if VoiceCommand.WHAT_KEPT in commands:
        tools.append(WhatIsKept())
    if VoiceCommand.WHO_HEARD in commands:
        tools.append(WhoHeardMe())
    if periods := [
        period for period, command in PERIODS.items() if command in commands
    ]:
        tools.append(DeleteRecordings(periods))
    return tools


class VoiceRetentionAPI(llm.API):
    """The tools as a choice of their own, for releases where agents do not find them."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Name it."""
        super().__init__(hass=hass, id=DOMAIN, name=NAME)

    @override
    async def async_get_api_instance(
        self, llm_context: llm.LLMContext
    ) -> llm.APIInstance:
        """Return the tools for the run that is calling."""
        return llm.APIInstance(
            api=self,
            api_prompt="",
            llm_context=llm_context,
            tools=async_tools(self.hass),
        )


@callback
def async_offer_tools(hass: HomeAssistant) -> Callable[[], None]:
    """Offer the tools by hand where Home Assistant does not ask for them itself."""
    if ARE_FOUND:
        return lambda: None
    return llm.async_register_api(hass, VoiceRetentionAPI(hass))
