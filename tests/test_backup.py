"""What happens around a backup of Home Assistant."""

import asyncio
from collections.abc import Iterator
from unittest.mock import AsyncMock, patch

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from homeassistant.components.backup import DOMAIN as BACKUP_DOMAIN
from homeassistant.components.backup.const import DATA_MANAGER
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from tests.house import House

SWEEP = "custom_components.voice_retention.purge.sweep.Sweeper.async_sweep"


@pytest.fixture
def sweep(entry: MockConfigEntry) -> Iterator[AsyncMock]:
    """Watch the sweep."""
    with patch(SWEEP) as sweep:
        yield sweep


@pytest.fixture
async def backup(hass: HomeAssistant) -> None:
    """Set up backups."""
    assert await async_setup_component(hass, BACKUP_DOMAIN, {})
    await hass.async_block_till_done()


@pytest.mark.usefixtures("backup")
async def test_a_sweep_comes_before_a_backup(
    hass: HomeAssistant, house: House, sweep: AsyncMock
) -> None:
    """What is overdue would live on in the backup."""
    manager = hass.data[DATA_MANAGER]
    await manager.async_pre_backup_actions()
    sweep.assert_awaited_once_with()
    await manager.async_post_backup_actions()
    sweep.assert_awaited_once_with()


@pytest.mark.usefixtures("backup")
async def test_a_failing_sweep_does_not_stop_the_backup(
    hass: HomeAssistant,
    house: House,
    sweep: AsyncMock,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The user's backup is worth more."""
    sweep.side_effect = RuntimeError("boom")
    await hass.data[DATA_MANAGER].async_pre_backup_actions()
    assert "The sweep before a backup failed" in caplog.text


@pytest.mark.usefixtures("backup")
async def test_a_slow_sweep_does_not_hold_up_the_backup(
    hass: HomeAssistant,
    house: House,
    sweep: AsyncMock,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It goes on beside it, and is not cut off half-way."""
    monkeypatch.setattr("custom_components.voice_retention.backup.SWEEP_SECONDS", 0.01)
    go_on, is_done = asyncio.Event(), asyncio.Event()

    async def slow() -> None:
        """Take one's time."""
        await go_on.wait()
        is_done.set()

    sweep.side_effect = slow
    await hass.data[DATA_MANAGER].async_pre_backup_actions()
    assert "takes longer than" in caplog.text
    go_on.set()
    await is_done.wait()


@pytest.mark.usefixtures("backup")
async def test_an_entry_unloaded_during_the_sweep_does_not_stop_the_backup(
    hass: HomeAssistant, house: House, sweep: AsyncMock, entry: MockConfigEntry
) -> None:
    """Unloading cancels the sweep; to the backup that is no error."""
    started = asyncio.Event()

    async def endless() -> None:
        """Never finish."""
        started.set()
        await asyncio.Event().wait()

    sweep.side_effect = endless
    actions = hass.async_create_task(hass.data[DATA_MANAGER].async_pre_backup_actions())
    await started.wait()
    await hass.config_entries.async_unload(entry.entry_id)
    await actions


@pytest.mark.usefixtures("backup")
async def test_without_a_loaded_entry_there_is_nothing_to_do(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """The platform stays registered after the entry is gone."""
    await hass.config_entries.async_unload(entry.entry_id)
    await hass.data[DATA_MANAGER].async_pre_backup_actions()
