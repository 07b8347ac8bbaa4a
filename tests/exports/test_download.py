"""Taking an archive away can go wrong, and be tried again until it went well."""

import asyncio
from datetime import timedelta
from http import HTTPStatus
import os
import time
from typing import Any
from unittest.mock import patch

from aiohttp import ClientPayloadError, ClientResponse, ClientTimeout
from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)

from custom_components.voice_retention import http
from custom_components.voice_retention.exports.desk import GOOD_FOR, ExportDesk
from custom_components.voice_retention.exports.download import Download
from custom_components.voice_retention.policy.models import Content
from homeassistant.core import HomeAssistant
from tests.house import House
from tests.lookup import settle

from .conftest import Browser, Export, lying, nothing_lies, opened

SIZE = 24 * 1024 * 1024
"""More than what fits between two sockets, so that there is an end to wait for."""


@pytest.fixture(autouse=True)
def _clients_may_leave(hass: HomeAssistant) -> None:
    """Take it for no fault when nobody asks how a response to somebody who left has ended."""
    others = hass.loop.get_exception_handler()

    def handle(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """Pass on what is not just a lost connection."""
        if not isinstance(context.get("exception"), ConnectionError):
            assert others is not None
            others(loop, context)

    hass.loop.set_exception_handler(handle)


@pytest.fixture
async def answer(
    hass: HomeAssistant, house: House, entry: MockConfigEntry, export: Export
) -> dict[str, str]:
    """Have a large archive made."""
    await house.kitchen.speak()
    await settle(hass)

    async def much(*_: object) -> bytes:
        return os.urandom(SIZE)

    with patch(
        "custom_components.voice_retention.vault.recordings.Recordings.read_audio", much
    ):
        return await export()


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Do not take a clock that is set for a client that stalls."""
    monkeypatch.setattr(http, "STALLED_SECONDS", timedelta(days=9).total_seconds())


async def begun(browser: Browser, url: str) -> ClientResponse:
    """Begin to take it away."""
    # With a clock that is set, the client would give up.
    response = await browser.get(url, timeout=ClientTimeout(total=None))
    assert response.status == HTTPStatus.OK
    assert await response.content.readexactly(1000)
    return response


async def nobody_takes(desk: ExportDesk) -> None:
    """Wait until every attempt has ended."""
    for _ in range(1000):
        if not any(export.downloads for export in desk._exports.values()):
            return
        await asyncio.sleep(0)
        await asyncio.to_thread(time.sleep, 0.01)
    pytest.fail("Somebody is still at it")


async def test_an_interrupted_download_can_be_tried_again(
    hass: HomeAssistant, answer: dict[str, str], browser: Browser, desk: ExportDesk
) -> None:
    """A network that drops out must not cost the export."""
    for _ in range(3):
        (await begun(browser, answer["url"])).close()
        await nobody_takes(desk)
    opened(await (await browser.get(answer["url"])).read())
    await nobody_takes(desk)
    await settle(hass)
    assert (await browser.get(answer["url"])).status == HTTPStatus.NOT_FOUND
    await nothing_lies(hass)


async def test_of_two_at_once_only_the_later_gets_it_all(
    hass: HomeAssistant, answer: dict[str, str], browser: Browser
) -> None:
    """Once means once, also for whoever is quick."""
    first = await begun(browser, answer["url"])
    second = await browser.get(answer["url"])
    opened(await second.read())
    with pytest.raises(ClientPayloadError):
        await first.read()
    await settle(hass)
    await nothing_lies(hass)


@pytest.mark.usefixtures("patient")
async def test_who_is_at_it_when_the_time_is_over_may_come_to_the_end(
    freezer: FrozenDateTimeFactory,
    hass: HomeAssistant,
    answer: dict[str, str],
    browser: Browser,
    desk: ExportDesk,
) -> None:
    """But nobody may begin any more, and the file does not outlast it."""
    response = await begun(browser, answer["url"])
    freezer.tick(GOOD_FOR)
    async_fire_time_changed(hass)
    await settle(hass)
    assert len(lying(hass)) == 1
    assert (await browser.get(answer["url"])).status == HTTPStatus.NOT_FOUND
    assert len(await response.read()) == int(answer["size"]) - 1000
    await nobody_takes(desk)
    await settle(hass)
    await nothing_lies(hass)


@pytest.mark.usefixtures("patient")
async def test_who_gives_up_after_the_time_leaves_nothing(
    freezer: FrozenDateTimeFactory,
    hass: HomeAssistant,
    answer: dict[str, str],
    browser: Browser,
    desk: ExportDesk,
) -> None:
    """The timer has passed by then."""
    response = await begun(browser, answer["url"])
    freezer.tick(GOOD_FOR)
    async_fire_time_changed(hass)
    await settle(hass)
    response.close()
    await nobody_takes(desk)
    await settle(hass)
    await nothing_lies(hass)


async def test_who_takes_nothing_for_long_is_cut_off(
    hass: HomeAssistant,
    answer: dict[str, str],
    browser: Browser,
    desk: ExportDesk,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A client that stalls does not keep it on the disk for ever."""
    monkeypatch.setattr(http, "STALLED_SECONDS", 0.2)
    response = await begun(browser, answer["url"])
    await nobody_takes(desk)
    with pytest.raises(ClientPayloadError):
        await response.read()
    assert len(lying(hass)) == 1
    monkeypatch.undo()
    opened(await (await browser.get(answer["url"])).read())


@pytest.mark.parametrize("how", ["purge", "unload", "expiry"])
@pytest.mark.usefixtures("patient")
async def test_what_is_deleted_ends_for_whoever_is_taking_it_away(
    freezer: FrozenDateTimeFactory,
    hass: HomeAssistant,
    entry: MockConfigEntry,
    answer: dict[str, str],
    browser: Browser,
    how: str,
) -> None:
    """In the middle of it, and without the end that would make an archive of it."""
    response = await begun(browser, answer["url"])
    match how:
        case "purge":
            await hass.services.async_call(
                "voice_retention", "purge", {"all_devices": True}, blocking=True
            )
        case "unload":
            await hass.config_entries.async_unload(entry.entry_id)
        case "expiry":
            freezer.tick(timedelta(days=1))
            await entry.runtime_data.sweeper.async_sweep()
    assert lying(hass) == []
    with pytest.raises(ClientPayloadError):
        await response.read()
    assert (await browser.get(answer["url"])).status == HTTPStatus.NOT_FOUND


async def test_what_is_no_more_what_was_written_is_not_passed_off_as_it(
    hass: HomeAssistant, answer: dict[str, str], browser: Browser, desk: ExportDesk
) -> None:
    """A bit that flipped on the disk ends it."""
    (export,) = desk._exports.values()
    with export.spool.path.open("r+b") as file:
        file.seek(SIZE // 2)
        file.write(b"something else")
    with pytest.raises(ClientPayloadError):
        await (await browser.get(answer["url"])).read()


async def test_an_attempt_knows_only_its_own_place(
    hass: HomeAssistant, answer: dict[str, str], desk: ExportDesk
) -> None:
    """An attempt that another has replaced gets nothing more, wherever it is."""
    ticket = answer["url"].rpartition("/")[2]
    first = desk.begin_download(ticket)
    assert isinstance(first, Download)
    beginning = await first.async_read()
    second = desk.begin_download(ticket)
    assert second is not None
    assert await first.async_read() is None
    assert await second.async_read() == beginning
    for download in (first, second):
        await desk.async_end_download(download, is_complete=False)
    assert Content.AUDIO in {*second.export.held.values()}.pop()
