"""Fixtures: a browser of an administrator, and recordings to look at."""

from datetime import timedelta
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.voice_retention.policy.models import (
    Locality,
    LocalityReport,
    Outcome,
)
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
from tests.conftest import LOCAL
from tests.house import House
from tests.lookup import OTHER, satellite_key
from tests.panel.ask import Panel
from tests.vault.make import satellite, utterance

HOUR = timedelta(hours=1)
GONE = "0123456789abcdef"
"""The key of a satellite that is not there any more."""


@pytest.fixture
async def panel(
    hass: HomeAssistant, entry: MockConfigEntry, hass_ws_client: WebSocketGenerator
) -> Panel:
    """Open the panel as an administrator."""
    return Panel(hass, await hass_ws_client())


@pytest.fixture
async def said(hass: HomeAssistant, house: House, entry: MockConfigEntry) -> list[str]:
    """Store sentences from the kitchen, the bedroom, elsewhere and long ago; newest first."""
    kitchen, bedroom = (
        satellite_key(hass, one) for one in (house.kitchen, house.bedroom)
    )
    now = dt_util.utcnow()
    sentences = [
        utterance(
            created=now - HOUR,
            origin=satellite(kitchen),
            transcript="one",
            keep_audio=timedelta(days=9),
        ),
        utterance(
            created=now - 2 * HOUR,
            origin=satellite(bedroom),
            engine_id=LOCAL,
            report=LocalityReport(locality=Locality.LOCAL),
            transcript="two",
        ),
        utterance(
            created=now - 3 * HOUR,
            origin=satellite(OTHER),
            outcome=Outcome.UNRECOGNISED,
            transcript=None,
            response=None,
        ),
        utterance(
            created=now - 4 * HOUR,
            origin=satellite(GONE),
            engine_id=None,
            outcome=Outcome.BLOCKED,
            audio=None,
            transcript="four",
        ),
    ]
    async with entry.runtime_data.storage.async_use() as vault:
        await vault.recordings.store(sentences)
    return [sentence.recording_id for sentence in sentences]


def ids(answer: dict[str, Any]) -> list[str]:
    """Return which recordings an answer lists."""
    return [row["recording_id"] for row in answer["recordings"]]
