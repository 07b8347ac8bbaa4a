"""What can be called past every guard is named."""

import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    MockModule,
    mock_integration,
)

from custom_components.voice_retention.assist.locality import LocalityBook
from custom_components.voice_retention.assist.ways_out import WayOut, ways_out
from homeassistant.config_entries import ConfigSubentryData
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from tests.conftest import CLOUD
from tests.house import House


def add_engine(hass: HomeAssistant, entry: MockConfigEntry, domain: str) -> str:
    """Add an engine of an integration."""
    entity = er.async_get(hass).async_get_or_create(
        domain, entry.domain, f"{entry.entry_id}-{domain}", config_entry=entry
    )
    hass.states.async_set(entity.entity_id, "unknown")
    return entity.entity_id


async def test_engines_that_can_be_called_directly_are_named(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """Local ones are no way out, and guards are none either."""
    mock_integration(
        hass, MockModule("far", partial_manifest={"iot_class": "cloud_push"})
    )
    far = MockConfigEntry(domain="far")
    far.add_to_hass(hass)
    engines = {
        domain: add_engine(hass, far, domain)
        for domain in ("conversation", "ai_task", "tts")
    }
    assert ways_out(hass, LocalityBook(hass, {})) == {
        WayOut.SPEECH: (CLOUD,),
        WayOut.CONVERSATION: (engines["conversation"],),
        WayOut.TASK: (engines["ai_task"],),
        WayOut.REPLY: (engines["tts"],),
    }


@pytest.mark.parametrize("store", [True, False, None])
async def test_an_agent_whose_vendor_keeps_conversations_is_named(
    hass: HomeAssistant, store: bool | None
) -> None:
    """What an open satellite says lies there long after our own copy is deleted."""
    mock_integration(
        hass,
        MockModule(
            "openai_conversation", partial_manifest={"iot_class": "cloud_polling"}
        ),
    )
    entry = MockConfigEntry(
        domain="openai_conversation",
        subentries_data=[
            ConfigSubentryData(
                data={} if store is None else {"store_responses": store},
                subentry_type="conversation",
                title="Agent",
                unique_id=None,
            )
        ],
    )
    entry.add_to_hass(hass)
    agent = add_engine(hass, entry, "conversation")
    found = ways_out(hass, LocalityBook(hass, {}))
    assert found.get(WayOut.STORED) == ((agent,) if store else None)
