"""Real backups of Home Assistant's own: opened, searched, restored into an empty folder, and started."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from securetar import SecureTarArchive, SecureTarFile

from demo.house.client import Json
from demo.house.forensics import ForensicSearch, describe
from demo.house.household import Household
from demo.house.light_satellite import LightSatellite
from demo.house.speech import Speech
from demo.house.waiting import until
from demo.retention import Retention

pytestmark = pytest.mark.slow

PHRASE = "tell me about the purple walrus"
FOLDER = "voice_retention_backup"
PASSWORD = "correct horse battery staple"
AGENT = "backup.local"

TOLD = ("kept", "lost", "is_damaged")
"""What a receipt says of a restored backup."""

KEY_BYTES = 32
KEY_SLOT = (128, 16, 3)
"""Bytes of a slot of the key file, of its recording's id, and how many keys follow."""


@pytest.fixture(scope="module")
async def speech(house: Household, retention: Retention) -> Speech:
    """Have something said and kept."""
    satellite = LightSatellite("Speaker", "Bedroom")
    placed = await house.add_satellite(satellite)
    speech = await Speech.of(PHRASE, seed=42)
    house.cloud.teach([speech])
    run = await satellite.speak(speech, speed=10)
    assert run.transcript == PHRASE
    await retention.wait_for_recordings(1, placed.device_id)
    # What Home Assistant writes down in its own time is in the backups from now on.
    await house.settle()
    return speech


def fresh(house: Household, retention: Retention) -> Retention:
    """Return the same integration after Home Assistant was started anew."""
    return Retention(client=house.client, entry_id=retention.entry_id)


async def make_backup(
    house: Household, name: str, *, password: str | None = None
) -> Path:
    """Let Home Assistant make a backup, and return the archive."""
    backups = house.home_assistant.config_folder / "backups"
    before = set(backups.glob("*.tar"))
    await house.client.call(
        "backup/generate", agent_ids=[AGENT], name=name, password=password
    )

    async def look() -> bool:
        info = await house.client.call("backup/info")
        return info["state"] == "idle" and name in {
            item["name"] for item in info["backups"]
        }

    await until(look, 60)
    (made,) = set(backups.glob("*.tar")) - before
    return made


def unpack(archive: Path, target: Path, *, password: str | None = None) -> Path:
    """Unpack an archive in the archive, as Home Assistant does; return the configuration folder in it."""
    with SecureTarArchive(archive, mode="r") as outer:
        inner = outer.tar.extractfile("homeassistant.tar.gz")
        assert inner is not None
        with SecureTarFile(fileobj=inner, gzip=True, password=password) as tar:
            tar.extractall(path=target, filter="tar")
    return target / "data"


def keys_of(config_folder: Path) -> Iterator[bytes]:
    """Read every key that there is."""
    slot, skipped, count = KEY_SLOT
    data = (config_folder / ".cache" / "voice_retention" / "keys").read_bytes()
    for start in range(slot, len(data), slot):
        for number in range(count):
            first = start + skipped + number * KEY_BYTES
            if any(key := data[first : first + KEY_BYTES]):
                yield key


def holds_key(folder: Path, keys: list[bytes]) -> bool:
    """Return whether any key is in any file."""
    return any(
        key in path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
        for key in keys
    )


def backups_in(receipt: Json) -> dict[str, Json]:
    """Return what a receipt says of each backup."""
    return {
        item["name"]: item["holds"]
        for item in receipt["out_of_reach"]
        if item["kind"] == "backup"
    }


async def test_a_backup_has_what_was_chosen_and_comes_up_clean(
    house: Household,
    retention: Retention,
    speech: Speech,
    config_folder: Path,
    tmp_path: Path,
) -> None:
    """Nothing out of the box; without keys nobody can listen; with them, everything is back."""
    retention = fresh(house, retention)
    keys = list(keys_of(config_folder))
    assert len(keys) == 3
    forensic = ForensicSearch()
    forensic.look_for_phrase(PHRASE)
    forensic.look_for_audio(PHRASE, speech.pcm)
    archives: dict[str, Path] = {}
    for choice, files, password in (
        ("no", None, None),
        ("recordings", {"vault.db"}, None),
        ("recordings_and_keys", {"vault.db", "keys"}, PASSWORD),
    ):
        await retention.choose_backups(choice)
        archive = await make_backup(house, choice, password=password)
        archives[choice] = archive
        data = unpack(archive, tmp_path / choice, password=password)
        assert not list((data / ".cache").rglob("*"))
        assert (data / ".storage" / "voice_retention").exists()
        taken = data / FOLDER
        found = {path.name for path in taken.iterdir()} if taken.exists() else None
        assert found == files
        assert not (hits := forensic.search(data)), describe(hits)
        assert holds_key(data, keys) is (choice == "recordings_and_keys")
        assert not (config_folder / FOLDER).exists()
    assert not holds_key(config_folder / "backups", keys)

    receipt = await retention.purge(all_devices=True)
    assert backups_in(receipt) == {
        "no": {"database": "yes", "recordings": "no", "keys": "no"},
        "recordings": {"database": "yes", "recordings": "yes", "keys": "no"},
        "recordings_and_keys": {"database": "yes", "recordings": "yes", "keys": "yes"},
    }
    assert await retention.recordings() == []

    for choice, password, count, told in (
        ("no", None, 0, None),
        ("recordings", None, 0, (0, 1, False)),
        (
            "recordings_and_keys",
            PASSWORD,
            1,
            (1, 0, False),
        ),
    ):
        await house.home_assistant.restore(archives[choice], password=password)
        retention = fresh(house, retention)
        recordings = await retention.recordings()
        assert [item["transcript"] for item in recordings] == [PHRASE] * count
        receipts = await retention.receipts()
        restored = [item for item in receipts if item["kind"] == "restore"]
        assert [{key: item[key] for key in TOLD} for item in restored] == (
            [dict(zip(TOLD, told, strict=True))] if told else []
        )
        assert not (config_folder / FOLDER).exists()
        assert not await retention.issues()

    # The backup that it came from is older than anything that is known now.
    receipt = await retention.purge(all_devices=True)
    assert backups_in(receipt)["recordings_and_keys"]["keys"] == "unknown"
    assert await retention.recordings() == []
