"""A house where people talk to the default agent, and a voice replies."""

from pathlib import Path

import pytest

from homeassistant.components.assist_pipeline import (
    async_get_pipeline,
    async_update_pipeline,
)
from homeassistant.components.assist_pipeline.const import (
    CONF_DEBUG_RECORDING_DIR,
    DATA_CONFIG,
)
from homeassistant.components.conversation import trace
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from tests.house import House, add_entity_platform

from .talk import Talk, Voice

AUTOMATIONS = [
    {
        "id": "answer",
        "alias": "Answer",
        "triggers": {"trigger": "conversation", "command": "tell me about {thing}"},
        "actions": [
            {
                "action": "script.note",
                "data": {"words": "{{ trigger.sentence }}"},
            },
            {
                "set_conversation_response": (
                    "You asked about {{ trigger.slots.thing }}"
                )
            },
        ],
    },
    {
        "id": "relay",
        "alias": "Relay",
        "triggers": {"trigger": "event", "event_type": "relay"},
        "actions": {"variables": {"words": "{{ trigger.event.data.words }}"}},
    },
]
SCRIPTS = {
    "note": {
        "alias": "Note",
        "fields": {"words": {}},
        "sequence": [{"variables": {"noted": "Noted: {{ words }}"}}],
    }
}


@pytest.fixture
async def talk(hass: HomeAssistant, house: House) -> Talk:
    """Let people in the house ask, and a voice reply."""
    trace.async_clear_traces()
    voice = Voice()
    await add_entity_platform(
        hass, "voice", Platform.TTS, [voice], iot_class="local_push"
    )
    assert await async_setup_component(hass, "automation", {"automation": AUTOMATIONS})
    assert await async_setup_component(hass, "script", {"script": SCRIPTS})
    await async_update_pipeline(
        hass, async_get_pipeline(hass), tts_engine="tts.voice", tts_language="en"
    )
    await hass.async_block_till_done()
    return Talk(hass, house, voice)


@pytest.fixture
def root(talk: Talk, tmp_path: Path) -> Path:
    """Turn debug recordings on, into this folder."""
    root = tmp_path / "recordings"
    talk.hass.data[DATA_CONFIG] = {CONF_DEBUG_RECORDING_DIR: str(root)}
    return root
