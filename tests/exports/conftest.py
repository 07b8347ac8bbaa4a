"""Fixtures: recordings to take away, and somebody who does."""

import asyncio
from collections.abc import Awaitable, Callable
import io
import json
from pathlib import Path
import time
from typing import Any
from zipfile import ZipFile

from aiohttp.test_utils import TestClient
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.voice_retention.const import DOMAIN
from custom_components.voice_retention.exports.desk import ExportDesk
from custom_components.voice_retention.exports.spool import FOLDER
from custom_components.voice_retention.vault.models import (
    RecordingFilter,
    StoredRecording,
)
from homeassistant.components.assist_pipeline import PipelineStage
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from tests.house import SPEECH, House, say
from tests.lookup import settle

WORDS = "the safe is behind the picture of the old schooner"

type Export = Callable[..., Awaitable[dict[str, Any]]]
type Browser = TestClient[Any, Any]


@pytest.fixture
async def recordings(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> list[StoredRecording]:
    """Keep two sentences of the kitchen and one of the bedroom, newest first."""
    house.cloud.text = WORDS
    for number, satellite in enumerate((house.kitchen, house.kitchen, house.bedroom)):
        await satellite.speak(say(spoken(number)), end_stage=PipelineStage.INTENT)
        await settle(hass)
    return await stored(entry)


def spoken(number: int) -> list[bytes]:
    """Return what is said the first, second or third time."""
    return [*SPEECH] * (number + 1) * 3


async def stored(entry: MockConfigEntry) -> list[StoredRecording]:
    """Return all that is stored, newest first."""
    found: list[StoredRecording] = await entry.runtime_data.storage.async_find(
        RecordingFilter()
    )
    return found


@pytest.fixture(autouse=True)
async def enable_event_loop_debug() -> None:
    """Have asyncio check that threads keep off its loop: many are at work on an export."""
    asyncio.get_running_loop().set_debug(True)


@pytest.fixture
def export(hass: HomeAssistant, entry: MockConfigEntry) -> Export:
    """Call the action."""

    async def export(context: Any = None, **data: Any) -> dict[str, Any]:
        answer: Any = await hass.services.async_call(
            DOMAIN,
            "export",
            data or {"all_devices": True},
            blocking=True,
            context=context,
            return_response=True,
        )
        return dict(answer)

    return export


@pytest.fixture
async def browser(
    hass: HomeAssistant, hass_client_no_auth: ClientSessionGenerator
) -> Browser:
    """Be a browser that saves a file; it sends no token with that."""
    assert await async_setup_component(hass, "http", {})
    return await hass_client_no_auth()


@pytest.fixture
def desk(entry: MockConfigEntry) -> ExportDesk:
    """Return the desk of the loaded entry."""
    desk: ExportDesk = entry.runtime_data.exports
    return desk


def folder(hass: HomeAssistant) -> Path:
    """Return where exports lie."""
    return Path(hass.config.path(".cache", DOMAIN, FOLDER))


def lying(hass: HomeAssistant) -> list[str]:
    """Return the exports on the disk."""
    return sorted(path.name for path in folder(hass).glob("*"))


async def until(look: Callable[[], object]) -> None:
    """Wait for what is done after the last byte, while nobody waits for it."""
    async with asyncio.timeout(10):
        while not look():
            # Not asyncio's own sleep, which a clock that is set would stretch.
            await asyncio.to_thread(time.sleep, 0.01)


async def nothing_lies(hass: HomeAssistant) -> None:
    """Wait until there is no export on the disk."""
    await until(lambda: lying(hass) == [])


def opened(data: bytes) -> ZipFile:
    """Open an archive, which has to be sound."""
    archive = ZipFile(io.BytesIO(data))
    assert archive.testzip() is None
    return archive


def index_of(archive: ZipFile) -> list[dict[str, Any]]:
    """Return what an archive says of its recordings."""
    index = json.loads(archive.read("recordings.json"))
    assert index["format"] == 1
    recordings: list[dict[str, Any]] = index["recordings"]
    return recordings
