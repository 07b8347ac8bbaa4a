"""Home tells where every voice goes, and mends what lets it out."""

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.voice_retention.const import CONF_PROTECT_ALL
from homeassistant.core import HomeAssistant
from tests.conftest import CLOUD
from tests.house import House
from tests.panel.ask import ask


@pytest.fixture
def options(options: dict[str, object]) -> dict[str, object]:
    """Protect no pipeline."""
    return options | {CONF_PROTECT_ALL: False}


async def test_one_press_protects_every_pipeline(
    hass: HomeAssistant,
    house: House,
    entry: MockConfigEntry,
    hass_ws_client: WebSocketGenerator,
) -> None:
    """It is what the repair of an uncovered satellite does."""
    assert house.engine_in_pipeline == CLOUD
    client = await hass_ws_client()
    assert (await ask(client, "protect"))["result"] == {}
    await hass.async_block_till_done()
    assert entry.options[CONF_PROTECT_ALL] is True
    assert house.engine_in_pipeline != CLOUD


async def test_nothing_can_be_protected_without_the_entry(
    hass: HomeAssistant,
    house: House,
    entry: MockConfigEntry,
    hass_ws_client: WebSocketGenerator,
) -> None:
    """The panel says why, in the words of every other error."""
    client = await hass_ws_client()
    await hass.config_entries.async_unload(entry.entry_id)
    error = (await ask(client, "protect"))["error"]
    assert error["translation_domain"] == "voice_retention"
    assert error["translation_key"] == "not_loaded"
