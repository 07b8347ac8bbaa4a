"""Fixtures: a browser of an administrator."""

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from homeassistant.core import HomeAssistant
from tests.panel.ask import Panel


@pytest.fixture
async def panel(
    hass: HomeAssistant, entry: MockConfigEntry, hass_ws_client: WebSocketGenerator
) -> Panel:
    """Open the panel as an administrator."""
    return Panel(hass, await hass_ws_client())
