"""Recordings are exported once, and whoever takes or captures what was said stands in the log, on both releases."""

import asyncio
from collections.abc import AsyncGenerator
from http import HTTPStatus
import io
import json
from pathlib import Path
import wave
from zipfile import ZipFile

import aiohttp
import pytest

from demo.house.client import Json
from demo.house.household import Household
from demo.house.light_satellite import LightSatellite
from demo.house.speech import Speech
from demo.house.waiting import until
from demo.retention import DOMAIN, Retention

SENTENCE = "turn on the kitchen light"


@pytest.fixture(
    scope="module",
    params=[pytest.param("ha-2026.6", marks=pytest.mark.slow), "ha-2026.11"],
)
async def house(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncGenerator[Household]:
    """Return a house that runs one of the releases; afterwards its log must be clean."""
    async with Household(
        tmp_path_factory.mktemp("house"), environment=request.param
    ) as house:
        yield house
        complaints = house.home_assistant.complaints()
    assert not complaints, "\n".join(complaints)


@pytest.fixture(scope="module")
async def kitchen(house: Household) -> LightSatellite:
    """Return a satellite."""
    satellite = LightSatellite("Kitchen")
    await house.add_satellite(satellite)
    return satellite


@pytest.fixture(scope="module")
async def retention(house: Household, kitchen: LightSatellite) -> Retention:
    """Return Voice Retention."""
    return await Retention.set_up(house.client, local_engines=(house.engines.local,))


async def speak(
    house: Household, kitchen: LightSatellite, seed: int, *, speed: float = 5
) -> Speech:
    """Say the sentence in a way nobody has said it before."""
    speech = await Speech.of(SENTENCE, seed=seed)
    house.cloud.teach([speech])
    await kitchen.wait_connected()
    run = await kitchen.speak(speech, speed=speed)
    assert run.transcript == SENTENCE
    return speech


def lying(house: Household) -> list[Path]:
    """Return the exports on the disk."""
    folder = house.home_assistant.config_folder / ".cache" / DOMAIN / "exports"
    return [*folder.glob("*")]


async def download(house: Household, url: str) -> tuple[int, bytes]:
    """Follow a link without an account, as a browser does that saves a file."""
    async with aiohttp.request("GET", house.home_assistant.url + url) as response:
        return response.status, await response.read()


async def test_a_capture_stands_with_what_was_said_meanwhile(
    house: Household, retention: Retention, kitchen: LightSatellite
) -> None:
    """Done with the real command of the real Home Assistant."""
    device_id = house.placed[kitchen.name].device_id
    speech = await speak(house, kitchen, 1, speed=1)
    await retention.wait_for_recordings(1)
    async with (
        asyncio.timeout(20),
        house.client.subscribe(
            "assist_pipeline/device/capture", device_id=device_id, timeout=20
        ) as events,
    ):
        speech = await speak(house, kitchen, 2)
        captured = 0
        while captured < len(speech.pcm) // 2:
            event = await events.get()
            assert event["type"] == "audio"
            captured += len(event["audio"]) * 3 // 4
    during, before = await retention.wait_for_recordings(2)
    user = await house.client.call("auth/current_user")
    (access,) = during["accesses"]
    assert (access["kind"], access["user_id"]) == ("captured", user["id"])
    assert before["accesses"] == []
    # Until it is seen that nobody takes it any more.
    await asyncio.sleep(1)
    ledger: Json = await house.client.action(
        f"{DOMAIN}.get_ledger", {"all_devices": True}, response=True
    )
    (capture,) = ledger["captures"]
    assert capture["seconds"] < 20
    assert (capture["device_id"], capture["user_id"]) == (device_id, user["id"])


async def test_an_export_can_be_taken_away_once(
    house: Household, retention: Retention, kitchen: LightSatellite
) -> None:
    """Through the real server, by somebody who has only the link."""
    speech = await speak(house, kitchen, 3)
    recordings = await retention.wait_for_recordings(3)
    answer: Json = await house.client.action(
        f"{DOMAIN}.export", {"all_devices": True}, response=True
    )
    assert answer["recordings"] == len(recordings)
    (file,) = lying(house)
    assert speech.pcm[2000:2100] not in file.read_bytes()
    status, body = await download(house, answer["url"])
    assert status == HTTPStatus.OK
    assert len(body) == answer["size"]
    with ZipFile(io.BytesIO(body)) as archive:
        assert archive.testzip() is None
        newest, *_ = json.loads(archive.read("recordings.json"))["recordings"]
        assert newest["transcript"] == SENTENCE
        with wave.open(io.BytesIO(archive.read(newest["file"]))) as audio:
            assert audio.readframes(audio.getnframes()) == speech.pcm

    async def is_gone() -> bool:
        return not lying(house)

    await until(is_gone)
    status, _ = await download(house, answer["url"])
    assert status == HTTPStatus.NOT_FOUND
    # The capture was over before it was said.
    shown, *_ = await retention.recordings()
    assert [access["kind"] for access in shown["accesses"]] == ["exported"]


async def test_nothing_is_left_of_an_export_after_a_restart(
    house: Household, retention: Retention
) -> None:
    """Nobody can take it away any more, and nothing of it lies around."""
    answer: Json = await house.client.action(
        f"{DOMAIN}.export", {"all_devices": True}, response=True
    )
    assert len(lying(house)) == 1
    await house.settle()
    assert lying(house) == []
    status, _ = await download(house, answer["url"])
    assert status == HTTPStatus.NOT_FOUND
