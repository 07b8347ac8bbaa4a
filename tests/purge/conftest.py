"""Fixtures: a real vault, places that do as they are told, and a clock that stands still."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Self, override

from freezegun.api import FrozenDateTimeFactory
import pytest

from custom_components.voice_retention.assist.satellites import SatelliteDirectory
from custom_components.voice_retention.backup_copy import async_backup_copy
from custom_components.voice_retention.backup_history import BackupMemory
from custom_components.voice_retention.ledger import LedgerBook
from custom_components.voice_retention.places.protocol import Place, Target
from custom_components.voice_retention.places.reach.all import Reach
from custom_components.voice_retention.places.vault import VaultPlace
from custom_components.voice_retention.policy.models import Utterance
from custom_components.voice_retention.purge.purger import Purger
from custom_components.voice_retention.purge.queue import PurgeQueue
from custom_components.voice_retention.purge.receipts import Receipt
from custom_components.voice_retention.purge.recent import RecentPurges
from custom_components.voice_retention.purge.verification import Verification, Verifier
from custom_components.voice_retention.purge_book import PurgeBook
from custom_components.voice_retention.storage import Storage
from custom_components.voice_retention.vault.books import PendingPurge, StoredReceipt
from custom_components.voice_retention.vault.models import (
    RecordingFilter,
    StoredRecording,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util
from tests.vault.make import NOW, satellite, utterance


def words_of(target: Target) -> frozenset[str]:
    """Return everything that is known to be said or answered."""
    return target.trail.transcripts | target.trail.responses


class FakePlace(Place):
    """A place with traces that it deletes, unless something is wrong with it."""

    def __init__(self, key: str) -> None:
        """Hold three traces of everything."""
        self._key = key
        self.is_named = False
        self.left = 3
        self.can_delete = 3
        self.error: Exception | None = None
        self.targets: list[Target] = []
        self.verified: list[Target] = []
        self.calls: list[str] = []

    @property
    @override
    def key(self) -> str:
        return self._key

    @property
    @override
    def names_speaker(self) -> bool:
        return self.is_named

    @override
    async def async_find(self, target: Target) -> int:
        self.calls.append("find")
        self.targets.append(target)
        return self.left

    @override
    async def async_purge(self, target: Target) -> int:
        self.calls.append("purge")
        if self.error is not None:
            raise self.error
        deleted = min(self.left, self.can_delete)
        self.left -= deleted
        return deleted

    @override
    async def async_verify(self, target: Target) -> int:
        self.calls.append("verify")
        self.verified.append(target)
        if self.error is not None:
            raise self.error
        return self.left


@dataclass
class Cellar:
    """A vault, two places beside it, and what came of purging them."""

    hass: HomeAssistant
    storage: Storage
    satellites: SatelliteDirectory
    attic: FakePlace = field(default_factory=lambda: FakePlace("attic"))
    garage: FakePlace = field(default_factory=lambda: FakePlace("garage"))
    recent: RecentPurges = field(default_factory=RecentPurges)
    told: list[tuple[Receipt, dict[str, int]]] = field(default_factory=list)
    settled: int = 0

    def __post_init__(self) -> None:
        """Make the purger."""
        self.ledger = LedgerBook(self.storage)
        self.book = PurgeBook(self.storage)
        self.queue = PurgeQueue(self.book)
        places = (VaultPlace(self.storage), self.attic, self.garage)
        self.verifier = Verifier(
            source=self.storage, places=places, satellites=self.satellites
        )
        self.purger = Purger(
            self.hass,
            source=self.storage,
            queue=self.queue,
            places=places,
            reach=Reach(
                self.hass,
                LedgerBook(self.storage),
                BackupMemory(async_backup_copy(self.hass), self.storage),
                self.satellites,
            ),
            satellites=self.satellites,
            utcnow=dt_util.utcnow,
            settle=self._settle,
            recent=self.recent,
            on_receipt=lambda receipt, counts: self.told.append(
                (receipt, dict(counts))
            ),
        )

    async def _settle(self) -> None:
        """Count how often it was asked for what is not stored yet."""
        self.settled += 1

    async def store(
        self, key: str = "kitchen", *, age: timedelta = timedelta(), **changes: object
    ) -> str:
        """Store a sentence of a satellite and return its id."""
        return (
            await self.store_all(
                utterance(created=NOW - age, origin=satellite(key), **changes)
            )
        )[0]

    async def store_all(self, *utterances: Utterance) -> list[str]:
        """Store sentences and return their ids."""
        await self.storage.async_store(utterances, [])
        return [item.recording_id for item in utterances]

    async def stored(self) -> dict[str, StoredRecording]:
        """Return what is in the vault."""
        found = await self.storage.async_find(RecordingFilter())
        return {item.recording_id: item for item in found}

    async def hold(self, recording_id: str, until: datetime) -> None:
        """Protect a recording."""
        async with self.storage.async_use() as vault:
            await vault.expiry.hold(recording_id, until)

    async def restart(self, folder: Path) -> Self:
        """Return what comes after a restart: all that was in memory is gone."""
        await self.storage.async_close()
        return self.copy(folder)

    def copy(self, folder: Path) -> Self:
        """Return the same house with the vault of another folder."""
        return replace(
            self,
            storage=Storage(self.hass, folder),
            attic=FakePlace("attic"),
            garage=FakePlace("garage"),
            recent=RecentPurges(),
            told=[],
        )

    async def pending(self) -> list[PendingPurge]:
        """Return the purges that are not done."""
        async with self.storage.async_use() as vault:
            return await vault.pending.all()

    async def verify(self) -> Verification:
        """Check all receipts and search again."""
        async with self.storage.async_use() as vault:
            chain = await vault.receipts.check()
        return await self.verifier.async_verify(chain, await self.receipts())

    async def receipts(self) -> list[StoredReceipt]:
        """Return the stored receipts, the latest first."""
        async with self.storage.async_use() as vault:
            return await vault.receipts.page(100)


@pytest.fixture(autouse=True)
def clock(freezer: FrozenDateTimeFactory) -> FrozenDateTimeFactory:
    """Stop the clock at the moment when everything was said."""
    freezer.move_to(NOW)
    return freezer


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return where the vault is."""
    return tmp_path / ".cache" / "voice_retention"


@pytest.fixture
async def cellar(hass: HomeAssistant, folder: Path) -> AsyncIterator[Cellar]:
    """Build a cellar under a house with one satellite in its registry."""
    er.async_get(hass).async_get_or_create(
        "assist_satellite", "house", "kitchen", suggested_object_id="kitchen"
    )
    storage = Storage(hass, folder)
    yield Cellar(hass=hass, storage=storage, satellites=SatelliteDirectory(hass))
    await storage.async_close()
