"""When the vault's disk fails, speech works as before, the run is unkept, and the household is told."""

from collections.abc import Generator
import contextlib
import os
from pathlib import Path
import subprocess

import pytest

from demo.house.household import Household
from demo.house.light_satellite import LightSatellite
from demo.house.speech import Speech
from demo.house.waiting import until
from demo.retention import DOMAIN, Retention

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a small disk"),
]


@pytest.fixture(scope="module")
def vault_folder(house: Household) -> Path:
    """Return where the vault is."""
    return house.home_assistant.config_folder / ".cache" / DOMAIN


@pytest.fixture(scope="module")
def small_disk(vault_folder: Path) -> Generator[Path]:
    """Put the vault on a disk of two megabytes."""
    vault_folder.mkdir(parents=True, mode=0o700)
    mount("-t", "tmpfs", "-o", "size=2m,mode=0700", "tmpfs", vault_folder)
    yield vault_folder
    run_program("umount", "--lazy", vault_folder)


@pytest.fixture(scope="module")
async def retention(small_disk: Path, house: Household) -> Retention:
    """Return Voice Retention, set up after its vault was put on the small disk."""
    return await Retention.set_up(house.client, local_engines=(house.engines.local,))


@pytest.fixture(scope="module")
async def satellite(house: Household, retention: Retention) -> LightSatellite:
    """Return a satellite whose recordings go to the small disk, with one kept already."""
    satellite = LightSatellite("Speaker", "Bedroom")
    placed = await house.add_satellite(satellite)
    await speak(house, satellite)
    await retention.wait_for_recordings(1, placed.device_id)
    return satellite


def mount(*arguments: str | Path) -> None:
    """Call mount."""
    run_program("mount", *arguments)


def run_program(*command: str | Path) -> None:
    """Run one of the system's own programs."""
    subprocess.run(command, check=True)  # noqa: S603 — with arguments of our own


async def speak(house: Household, satellite: LightSatellite) -> None:
    """Say a sentence, which must work whatever happens to the disk."""
    speech = await Speech.of("turn on the bedroom light", seed=os.getpid())
    house.cloud.teach([speech])
    house.cloud.forget()
    run = await satellite.speak(speech, speed=5)
    assert run.transcript == speech.text
    assert house.cloud.bytes_of(speech) == len(speech.pcm)


def fill(file: Path) -> None:
    """Write a file until its disk is full."""
    with contextlib.suppress(OSError), file.open("wb", buffering=0) as stream:
        while stream.write(bytes(4096)):
            pass


def renewed(retention: Retention, house: Household) -> Retention:
    """Return Voice Retention in the Home Assistant that runs now."""
    return Retention(client=house.client, entry_id=retention.entry_id)


async def has_issue(retention: Retention, key: str) -> None:
    """Wait for a repair issue."""

    async def look() -> bool:
        return key in await retention.issues()

    try:
        await until(look, 10)
    except TimeoutError:
        pytest.fail(f"{key} is not among {await retention.issues()}")


async def test_a_full_disk_costs_the_recording_and_nothing_else(
    house: Household,
    retention: Retention,
    satellite: LightSatellite,
    small_disk: Path,
) -> None:
    """A household with a full disk wants its light on, and to know."""
    filler = small_disk / "filler"
    fill(filler)
    try:
        await speak(house, satellite)
        await retention.wait_for_event(
            house.placed[satellite.name].device_id, "not_kept"
        )
        await has_issue(retention, "vault_disk_full")
    finally:
        filler.unlink()
    assert await retention.recordings()


async def test_a_read_only_disk_costs_the_recording_and_nothing_else(
    house: Household,
    retention: Retention,
    satellite: LightSatellite,
    small_disk: Path,
) -> None:
    """A memory card that has gone read-only is the usual end of a small computer."""
    await house.home_assistant.stop()
    mount("-o", "remount,ro", small_disk)
    await house.home_assistant.start()
    try:
        await satellite.wait_connected()
        await speak(house, satellite)
        await has_issue(renewed(retention, house), "vault_read_only")
    finally:
        await house.home_assistant.stop()
        mount("-o", "remount,rw", small_disk)
        await house.home_assistant.start()
    assert await renewed(retention, house).recordings()


async def test_a_damaged_database_costs_no_sentence(
    house: Household,
    retention: Retention,
    satellite: LightSatellite,
    small_disk: Path,
) -> None:
    """The household is told, and nothing is thrown away behind its back."""
    await house.home_assistant.stop()
    database = small_disk / "vault.db"
    damaged = os.urandom(database.stat().st_size)
    database.write_bytes(damaged)
    await house.home_assistant.start()
    await satellite.wait_connected()
    await speak(house, satellite)
    await has_issue(renewed(retention, house), "vault_damaged")
    assert any(file.read_bytes() == damaged for file in small_disk.iterdir())
