"""The recorder makes long-term statistics of what a satellite sent to the cloud."""

from datetime import UTC, datetime, timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.components.recorder.common import (
    async_wait_recording_done,
    do_adhoc_statistics,
)

from custom_components.voice_retention.vault.books import LedgerFilter
from homeassistant.components.recorder import Recorder, get_instance
from homeassistant.components.recorder.statistics import statistics_during_period
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from tests.house import SPEECH, House, Satellite
from tests.lookup import entity_of, settle, state_of

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
FIVE_MINUTES = timedelta(minutes=5)
SPOKEN = sum(map(len, SPEECH))


@pytest.fixture(autouse=True)
def clock(freezer: FrozenDateTimeFactory) -> FrozenDateTimeFactory:
    """Stop the clock."""
    freezer.move_to(NOON + timedelta(minutes=1))
    return freezer


@pytest.fixture
async def mock_recorder_before_hass(async_test_recorder: Any) -> None:
    """Prepare the recorder before Home Assistant, as the test plugin demands."""


@pytest.fixture
async def recorder(hass: HomeAssistant, async_setup_recorder_instance: Any) -> Recorder:
    """Set the recorder up, which has to be there before anything else."""
    return await async_setup_recorder_instance(hass)


async def speak(
    hass: HomeAssistant,
    satellite: Satellite,
    entry: MockConfigEntry,
    clock: FrozenDateTimeFactory,
) -> None:
    """Say a sentence, and let everybody take note of it."""
    clock.tick(10)
    await satellite.speak()
    await settle(hass)
    await entry.runtime_data.status.async_refresh()
    await async_wait_recording_done(hass)


async def sums(
    hass: HomeAssistant, entity_id: str, start: datetime
) -> list[tuple[float, float]]:
    """Compile five minutes, and return state and sum of all that were compiled, in bytes."""
    do_adhoc_statistics(hass, start=start)
    await async_wait_recording_done(hass)
    found = await get_instance(hass).async_add_executor_job(
        lambda: statistics_during_period(
            hass,
            NOON,
            None,
            {entity_id},
            "5minute",
            {"information": "B"},
            {"state", "sum"},
        )
    )
    return [
        (round(row["state"] or 0), round(row["sum"] or 0)) for row in found[entity_id]
    ]


async def test_what_went_to_the_cloud_adds_up_over_the_years(
    hass: HomeAssistant,
    recorder: Recorder,
    house: House,
    entry: MockConfigEntry,
    clock: FrozenDateTimeFactory,
) -> None:
    """Satellite by satellite, also when the ledger is forgotten and after a restart."""
    kitchen = entity_of(hass, Platform.SENSOR, "sent_to_cloud", house.kitchen)
    await speak(hass, house.kitchen, entry, clock)
    assert await sums(hass, kitchen, NOON) == [(SPOKEN, SPOKEN)]

    clock.tick(FIVE_MINUTES)
    await entry.runtime_data.ledger.async_delete(LedgerFilter())
    await hass.config_entries.async_reload(entry.entry_id)
    await speak(hass, house.kitchen, entry, clock)
    await speak(hass, house.kitchen, entry, clock)
    assert await sums(hass, kitchen, NOON + FIVE_MINUTES) == [
        (SPOKEN, SPOKEN),
        (3 * SPOKEN, 3 * SPOKEN),
    ]
    bedroom = state_of(hass, Platform.SENSOR, "sent_to_cloud", house.bedroom)
    assert float(bedroom.state) == 0
