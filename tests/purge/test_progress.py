"""A long purge says how far it is, and a short one does not bother anybody."""

import asyncio
from unittest.mock import patch

from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.voice_retention.places.chat_logs import ChatLogsPlace
from custom_components.voice_retention.places.vault import VaultPlace
from custom_components.voice_retention.purge import progress as progress_module
from custom_components.voice_retention.purge.progress import (
    EVERY,
    Progress,
    ProgressReport,
)
from custom_components.voice_retention.purge.scope import AskedBy, Scope
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from tests.house import House
from tests.lookup import settle, state_of


def test_it_is_told_at_most_once_in_a_while() -> None:
    """A state for each of a hundred thousand recordings would be the stall to be told of."""
    now, told = 0.0, list[Progress | None]()
    report = ProgressReport(told.append, lambda: now, places=2, recordings=1000)
    report.begin("vault")
    report.recordings_done(100)
    assert told == []
    now += EVERY
    report.recordings_done(200)
    report.recordings_done(300)
    now += EVERY
    report.begin("logs")
    report.over()
    shown = {"places": 2, "recordings": 1000}
    assert told == [
        Progress(place="vault", places_done=0, recordings_done=200, **shown),
        Progress(place="logs", places_done=1, recordings_done=300, **shown),
        None,
    ]


def test_a_short_purge_tells_nothing() -> None:
    """Not even that it is over."""
    told: list[Progress | None] = []
    report = ProgressReport(told.append, lambda: 0.0, places=2, recordings=1)
    report.begin("vault")
    report.over()
    assert told == []


async def test_the_last_deletion_shows_it_while_it_goes_on(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """And not afterwards, however it ended."""
    await house.kitchen.speak()
    await settle(hass)
    reached, go_on = asyncio.Event(), asyncio.Event()

    async def wait(place: ChatLogsPlace, target: object) -> int:
        reached.set()
        await go_on.wait()
        raise RuntimeError

    def shown() -> object:
        return state_of(hass, Platform.SENSOR, "last_purge").attributes.get("progress")

    with (
        patch.object(progress_module, "EVERY", 0),
        patch.object(ChatLogsPlace, "async_find", wait),
    ):
        purge = hass.async_create_task(
            entry.runtime_data.purger.async_purge(Scope(asked_by=AskedBy.USER))
        )
        await reached.wait()
        progress = shown()
        assert isinstance(progress, dict)
        assert progress["place"] == "chat_logs"
        assert (progress["recordings_done"], progress["recordings"]) == (1, 1)
        assert 0 < progress["places_done"] < progress["places"]
        await entry.runtime_data.status.async_refresh()
        assert shown() == progress
        go_on.set()
        receipt = await purge
    assert not receipt.is_complete
    await settle(hass)
    assert shown() is None
    assert VaultPlace.key not in receipt.failed_places
