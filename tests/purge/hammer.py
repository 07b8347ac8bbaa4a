"""Keep, expire and purge as fast as possible until killed, telling what is done.

The program loads everything once and then forks a child for each line that it is sent, so
that three hundred of them can be killed within a few minutes.
"""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
import hashlib
import os
from pathlib import Path
from secrets import SystemRandom
import sys
import time
from types import SimpleNamespace
from typing import Any, override

from custom_components.voice_retention.assist.satellites import SatelliteDirectory
from custom_components.voice_retention.backup_copy import async_backup_copy
from custom_components.voice_retention.backup_history import BackupMemory
from custom_components.voice_retention.ledger import LedgerBook
from custom_components.voice_retention.places.logs import LogsPlace
from custom_components.voice_retention.places.protocol import Target
from custom_components.voice_retention.places.reach.all import Reach
from custom_components.voice_retention.places.reach.protocol import OutOfReach, Purged
from custom_components.voice_retention.places.tts_cache import TtsCachePlace
from custom_components.voice_retention.places.vault import VaultPlace
from custom_components.voice_retention.policy.choices import FOREVER
from custom_components.voice_retention.policy.models import new_recording_id
from custom_components.voice_retention.purge.ledger import LedgerExpiry
from custom_components.voice_retention.purge.purger import Purger
from custom_components.voice_retention.purge.queue import PurgeQueue
from custom_components.voice_retention.purge.recent import RecentPurges
from custom_components.voice_retention.purge.scope import AskedBy, Scope
from custom_components.voice_retention.purge.sweep import Sweeper
from custom_components.voice_retention.purge_book import PurgeBook
from custom_components.voice_retention.storage import Storage
from custom_components.voice_retention.vault.models import RecordingFilter
from homeassistant.components import tts
from homeassistant.components.assist_pipeline.pipeline import KEY_ASSIST_PIPELINE
from homeassistant.core import HomeAssistant
from homeassistant.helpers import (
    device_registry as dr,
    entity_registry as er,
    issue_registry as ir,
)
from homeassistant.util import dt as dt_util
from tests.vault.make import satellite, utterance

DAY = timedelta(days=1)
RANDOM = SystemRandom()
KITCHEN, BEDROOM = "kitchen", "bedroom"


def transcript_of(recording_id: str) -> str:
    """Return what was said in a recording."""
    return f"please forget sentence number {recording_id} for me"


def response_of(recording_id: str) -> str:
    """Return what was answered."""
    return f"sentence number {recording_id} is as good as forgotten"


def speech_of(house: Path, recording_id: str) -> Path:
    """Return the file of the spoken answer."""
    digest = hashlib.sha1(
        response_of(recording_id).encode(), usedforsecurity=False
    ).hexdigest()
    return house / "tts" / f"{digest}_en-us_-_tts.demo.mp3"


class NoReach(Reach):
    """Nothing is out of reach here."""

    @override
    async def async_note(self, target: Target) -> Purged:
        return Purged(heard=(), spoken={}, since=None)

    @override
    async def async_list(
        self, purged: Purged, *, found: int, is_asked: bool
    ) -> tuple[OutOfReach, ...]:
        return ()


class House:
    """What is needed of a Home Assistant to keep, expire and purge."""

    def __init__(self, hass: HomeAssistant, folder: Path) -> None:
        """Use a configuration folder."""
        hass.config.config_dir = str(folder)
        data: Any = hass.data
        data[KEY_ASSIST_PIPELINE] = SimpleNamespace(
            pipeline_debug={}, pipeline_runs=SimpleNamespace(_pipeline_runs={})
        )
        data[tts.DATA_TTS_MANAGER] = SimpleNamespace(
            mem_cache={}, file_cache={}, cache_dir=str(folder / "tts")
        )
        (folder / "tts").mkdir(exist_ok=True)
        self.folder = folder
        self.log = folder / "home-assistant.log"
        self.log.touch()
        self.storage = Storage(hass, folder / ".cache" / "voice_retention")
        self.queue = PurgeQueue(PurgeBook(self.storage))
        ledger = LedgerBook(self.storage)
        satellites = SatelliteDirectory(hass)
        self.purger = Purger(
            hass,
            source=self.storage,
            queue=self.queue,
            places=(VaultPlace(self.storage), TtsCachePlace(hass), LogsPlace(hass)),
            reach=NoReach(
                hass,
                ledger,
                BackupMemory(async_backup_copy(hass), self.storage),
                satellites,
            ),
            satellites=satellites,
            utcnow=dt_util.utcnow,
            settle=self._settle,
            recent=RecentPurges(),
            on_receipt=lambda receipt, counts: None,
        )
        self.sweeper = Sweeper(
            hass,
            source=self.storage,
            purger=self.purger,
            queue=self.queue,
            ledger=LedgerExpiry(ledger, FOREVER),
            adopted=None,
            max_size=1_000_000_000,
            on_swept=lambda moment: None,
        )

    async def _settle(self) -> None:
        """Nothing waits to be stored."""

    async def keep(self, ids: list[str], room: str, age: timedelta) -> None:
        """Store sentences, with traces of each in the log and among the spoken replies."""
        now = dt_util.utcnow()
        await self.storage.async_store(
            [
                utterance(
                    recording_id=key,
                    created=now - age,
                    origin=satellite(room),
                    audio=key.encode() * 20,
                    transcript=transcript_of(key),
                    response=response_of(key),
                )
                for key in ids
            ],
            [],
        )
        with self.log.open("a") as file:
            for key in ids:
                moment = time.strftime("%Y-%m-%d %H:%M:%S")
                file.write(
                    f"{moment} DEBUG (MainThread) [homeassistant.components.assist]"
                    f" {transcript_of(key)} / {response_of(key)}\n"
                )
        for key in ids:
            speech_of(self.folder, key).write_bytes(b"ID3")

    async def by_room(self) -> Mapping[str, list[str]]:
        """Return what is stored."""
        found = await self.storage.async_find(RecordingFilter())
        return {
            room: [item.recording_id for item in found if item.satellite_key == room]
            for room in (KITCHEN, BEDROOM)
        }


async def hammer(folder: Path) -> None:
    """Go on with what was interrupted; then keep, expire and purge for ever."""
    hass = HomeAssistant(str(folder))
    ir.async_get(hass)
    await ir.async_load(hass, read_only=True)
    dr.async_setup(hass)
    await dr.async_load(hass, load_empty=True)
    await er.async_load(hass, load_empty=True)
    house = House(hass, folder)
    await house.sweeper.async_sweep()
    known = {room: list(ids) for room, ids in (await house.by_room()).items()}
    while True:
        room = RANDOM.choice((KITCHEN, BEDROOM))
        ids = [new_recording_id() for _ in range(RANDOM.randint(1, 4))]
        tell("keeping", ids)
        await house.keep(ids, room, timedelta())
        tell("kept", ids)
        known[room] += ids
        await RANDOM.choice((purge_some, purge_room, expire))(house, known)


async def purge_some(house: House, known: dict[str, list[str]]) -> None:
    """Delete some recordings."""
    everything = [*known[KITCHEN], *known[BEDROOM]]
    ids = RANDOM.sample(everything, min(len(everything) // 2, 4))
    if not ids:
        return
    tell("purging", ids)
    await house.purger.async_purge(
        Scope(asked_by=AskedBy.USER, recording_ids=frozenset(ids))
    )
    tell("purged", ids)
    for room, there in known.items():
        known[room] = [key for key in there if key not in ids]


async def purge_room(house: House, known: dict[str, list[str]]) -> None:
    """Delete all that one satellite heard."""
    ids, known[BEDROOM] = known[BEDROOM], []
    tell("purging", ids)
    await house.purger.async_purge(
        Scope(asked_by=AskedBy.BUTTON, satellite_keys=frozenset({BEDROOM}))
    )
    tell("purged", ids)


async def expire(house: House, known: dict[str, list[str]]) -> None:
    """Store what is over its time and sweep."""
    ids = [new_recording_id() for _ in range(RANDOM.randint(1, 3))]
    tell("purging", ids)
    await house.keep(ids, KITCHEN, DAY)
    await house.sweeper.async_sweep()
    tell("purged", ids)


def tell(what: str, ids: list[str]) -> None:
    """Write one whole line to the process that watches."""
    os.write(1, f"{what} {' '.join(ids)}\n".encode())


def main() -> None:
    """Fork a child for each line, and say when it is dead."""
    folder = Path(sys.argv[1])
    for _ in sys.stdin:
        if (child := os.fork()) == 0:
            asyncio.run(hammer(folder))
        tell("child", [str(child)])
        _, status = os.waitpid(child, 0)
        tell("dead", [str(status)])


if __name__ == "__main__":
    main()
