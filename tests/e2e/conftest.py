"""A household for each module of tests, with Voice Retention installed but not yet set up."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from demo.house.household import Household
from demo.retention import Retention

EXPECTED = (
    # What Home Assistant says of engines that fail, as some do in these tests on purpose.
    r"homeassistant\.components\.wyoming",
    # And what it says of an action that is refused.
    r"websocket_api.*No satellite is targeted",
    r"homeassistant\.components\.assist_pipeline.*Unexpected error during speech-to-text",
)


@pytest.fixture(scope="module")
async def house(
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncGenerator[Household]:
    """Return a running house without satellites; afterwards its log must be clean."""
    async with Household(tmp_path_factory.mktemp("house")) as house:
        yield house
        complaints = house.home_assistant.complaints(expected=EXPECTED)
    assert not complaints, "\n".join(complaints)


@pytest.fixture(scope="module")
async def retention(house: Household) -> Retention:
    """Return Voice Retention, set up with the house's recogniser as its local engine."""
    return await Retention.set_up(house.client, local_engines=(house.engines.local,))


@pytest.fixture
def config_folder(house: Household) -> Path:
    """Return Home Assistant's configuration folder."""
    return house.home_assistant.config_folder
