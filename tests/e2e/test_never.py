"""Where nothing is to be kept, nothing is: not after a run, not after a power cut in the middle of one."""

import asyncio
from pathlib import Path

import pytest

from demo.house.forensics import ForensicSearch, describe
from demo.house.household import Household
from demo.house.light_satellite import LightSatellite
from demo.house.speech import Speech
from demo.retention import Retention

pytestmark = pytest.mark.slow

SENTENCES = ("open the garage door", "start the vacuum cleaner", "what time is it")
DISK_DELAY = 2
"""Seconds until Home Assistant has written its events and states."""


@pytest.fixture(scope="module")
async def satellite(house: Household, retention: Retention) -> LightSatellite:
    """Return a satellite with "never", after a restart that wrote that down."""
    satellite = LightSatellite("Speaker", "Bedroom")
    placed = await house.add_satellite(satellite)
    await retention.keep(placed.device_id, "never")
    await house.settle()
    await satellite.wait_connected()
    return satellite


def assert_nothing_is_left(speeches: list[Speech], folder: Path) -> None:
    """Search for the phrases and the audio in every file."""
    forensic = ForensicSearch()
    for speech in speeches:
        forensic.look_for_phrase(speech.text)
        forensic.look_for_audio(speech.text, speech.pcm)
    assert not (hits := forensic.search(folder)), describe(hits)


async def speeches(house: Household, seed: int) -> list[Speech]:
    """Return recordings that no other test has."""
    said = [await Speech.of(sentence, seed=seed) for sentence in SENTENCES]
    house.cloud.teach(said)
    return said


async def test_nothing_is_on_disk_after_the_runs(
    house: Household, satellite: LightSatellite, config_folder: Path
) -> None:
    """Neither while Home Assistant runs nor after it has written everything down."""
    said = await speeches(house, 1)
    for speech in said:
        run = await satellite.speak(speech, speed=5)
        assert run.transcript == speech.text
    await asyncio.sleep(DISK_DELAY)
    assert_nothing_is_left(said, config_folder)
    await house.home_assistant.restart()
    assert_nothing_is_left(said, config_folder)
    await satellite.wait_connected()


@pytest.mark.parametrize("after", [0.3, 1.0, 1.7, 2.4])
async def test_nothing_is_on_disk_after_a_power_cut_in_mid_run(
    house: Household, satellite: LightSatellite, config_folder: Path, after: float
) -> None:
    """What is heard is in memory only, at every moment."""
    (speech, *_) = await speeches(house, int(after * 10))
    await satellite.wait_connected()
    speaking = asyncio.create_task(satellite.speak(speech))
    await asyncio.sleep(after)
    await house.home_assistant.kill()
    await speaking
    assert_nothing_is_left([speech], config_folder)
    await house.home_assistant.start()
    assert_nothing_is_left([speech], config_folder)
