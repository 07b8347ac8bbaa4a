"""Find ways past every guard that only the household itself can close.

An engine can be called without any pipeline, by everybody who is signed in, and by
automations. What they send comes from no satellite that we could know.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final

from homeassistant.const import Platform
from homeassistant.core import HomeAssistant, callback

from ..policy.models import Locality
from .engines import is_guard
from .evidence.collect import entry_of
from .locality import LocalityBook


class WayOut(StrEnum):
    """How content can get to a cloud past the guards."""

    SPEECH = "stt"
    """``POST /api/stt/…``, with a recording."""

    CONVERSATION = "conversation"
    """The action ``conversation.process`` and its like, with a text."""

    TASK = "ai_task"
    """The action ``ai_task.generate_data``, with a text."""

    REPLY = "tts"
    """The action ``tts.speak``, with a text."""

    STORED = "stored_by_vendor"
    """An agent has its vendor keep what it was asked."""


DOMAINS: Final[Mapping[WayOut, str]] = {
    WayOut.SPEECH: Platform.STT,
    WayOut.CONVERSATION: Platform.CONVERSATION,
    WayOut.TASK: Platform.AI_TASK,
    WayOut.REPLY: Platform.TTS,
}
"""Where the engines are that can be called directly."""

STORE_OPTIONS: Final[Mapping[str, str]] = {
    # https://www.home-assistant.io/integrations/openai_conversation
    "openai_conversation": "store_responses",
}
"""The option of an integration that has the vendor keep conversations."""


@callback
def ways_out(
    hass: HomeAssistant, localities: LocalityBook
) -> dict[WayOut, tuple[str, ...]]:
    """Return the engines at the end of each way that is there, by way."""
    found = {
        way: tuple(
            engine_id
            for engine_id in hass.states.async_entity_ids(domain)
            if not is_guard(hass, engine_id)
            and localities.report(engine_id).locality is not Locality.LOCAL
        )
        for way, domain in DOMAINS.items()
    }
    found[WayOut.STORED] = tuple(
        agent_id
        for agent_id in hass.states.async_entity_ids(Platform.CONVERSATION)
        if _is_stored(hass, agent_id)
    )
    return {way: engines for way, engines in found.items() if engines}


def _is_stored(hass: HomeAssistant, agent_id: str) -> bool:
    """Return whether an agent has its vendor keep what it is asked."""
    entry = entry_of(hass, agent_id)
    if entry is None or (option := STORE_OPTIONS.get(entry.domain)) is None:
        return False
    places: list[Mapping[str, Any]] = [
        entry.data,
        entry.options,
        *(subentry.data for subentry in entry.subentries.values()),
    ]
    return any(values.get(option) is True for values in places)
