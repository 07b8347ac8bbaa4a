"""Test that whatever may hold a copy out of reach is named, and nothing else."""

import asyncio
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from wyoming.info import Attribution, Info, Satellite as Software

from custom_components.voice_retention.assist.satellites import SatelliteDirectory
from custom_components.voice_retention.backup_copy import async_backup_copy
from custom_components.voice_retention.backup_history import BackupMemory
from custom_components.voice_retention.const import DOMAIN, InBackups
from custom_components.voice_retention.ledger import LedgerBook
from custom_components.voice_retention.places.protocol import Target
from custom_components.voice_retention.places.reach import backups
from custom_components.voice_retention.places.reach.all import Reach
from custom_components.voice_retention.places.reach.protocol import Kind, OutOfReach
from custom_components.voice_retention.places.trail import Trail
from custom_components.voice_retention.policy.models import (
    ALL_CONTENT,
    Content,
    Locality,
    LocalityReport,
)
from custom_components.voice_retention.storage import Storage
from custom_components.voice_retention.vault.books import LedgerEntry
from custom_components.voice_retention.vault.models import RecordingFilter
from homeassistant.components.backup import (
    DOMAIN as BACKUP_DOMAIN,
    AgentBackup,
    CreateBackupEvent,
    CreateBackupState,
)
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
from tests.assist.wyoming_house import WHISPER, Recogniser, add_recogniser
from tests.vault.make import DAY, HOUR, NOW, ledger_entry, satellite, utterance
from tests.vault.test_ledger import text

LOCAL = LocalityReport(locality=Locality.LOCAL)
TEXT = frozenset({Content.TRANSCRIPT, Content.RESPONSE})


@dataclass
class Outside:
    """A vault, and what is known of the world around it."""

    hass: HomeAssistant
    storage: Storage
    kitchen: str
    reach: Reach = field(init=False)

    def __post_init__(self) -> None:
        """Look around."""
        self.reach = Reach(
            self.hass,
            LedgerBook(self.storage),
            BackupMemory(async_backup_copy(self.hass), self.storage),
            SatelliteDirectory(self.hass),
        )

    async def say(self, run_id: str | None, **changes: Any) -> None:
        """Store a sentence of the kitchen."""
        origin = replace(satellite(self.kitchen), run_id=run_id)
        await self.storage.async_store([utterance(origin=origin, **changes)], [])

    async def note(self, *entries: LedgerEntry) -> None:
        """Note where something went."""
        async with self.storage.async_use() as vault:
            await vault.ledger.record(*entries)

    async def list(
        self, kind: Kind, *, found: int = 1, is_asked: bool = True, **changes: Any
    ) -> list[OutOfReach]:
        """Return what of a kind is out of reach when everything is purged."""
        target = Target(
            recordings=tuple(await self.storage.async_find(RecordingFilter())),
            contents=ALL_CONTENT,
            satellite_ids=None,
            satellite_keys=None,
            includes_other_clients=True,
            start=None,
            end=None,
            is_exact=False,
            spared_runs=frozenset(),
        )
        noted = await self.reach.async_note(replace(target, **changes))
        items = await self.reach.async_list(noted, found=found, is_asked=is_asked)
        return [item for item in items if item.kind is kind]


@pytest.fixture
async def outside(hass: HomeAssistant, tmp_path: Any) -> Any:
    """Build a vault in a house with one satellite."""
    kitchen = er.async_get(hass).async_get_or_create(
        "assist_satellite", "house", "kitchen", original_name="Kitchen"
    )
    storage = Storage(hass, tmp_path / ".cache" / DOMAIN)
    yield Outside(hass, storage, kitchen.id)
    await storage.async_close()


# Engines


async def test_it_is_said_when_and_how_much_an_engine_was_sent(
    outside: Outside,
) -> None:
    """Audio as it was recorded, and text as the ledger counted it; not what stayed at home."""
    await outside.say("one", created=NOW - HOUR)
    await outside.say("two", created=NOW)
    await outside.say("three", engine_id="stt.local", report=LOCAL)
    await outside.say("refused", engine_id=None, report=None)
    await outside.note(
        text(run_id="two", engine_id="conversation.cloud", characters=40),
        text(run_id="two", engine_id="conversation.here", locality=Locality.LOCAL),
        text(run_id="somebody else's", engine_id="conversation.cloud", characters=99),
    )
    assert await outside.list(Kind.ENGINE) == [
        OutOfReach(
            kind=Kind.ENGINE,
            key="conversation.cloud",
            name="conversation.cloud",
            detail="cloud",
            since=NOW,
            until=NOW,
            amount={"sentences": 1, "characters": 40},
        ),
        OutOfReach(
            kind=Kind.ENGINE,
            key="stt.cloud_speech",
            name="stt.cloud_speech",
            detail="cloud",
            since=NOW - HOUR,
            until=NOW,
            amount={"sentences": 2, "bytes": 6400, "seconds": 0.2},
        ),
    ]
    assert [item.key for item in await outside.list(Kind.ENGINE, contents=TEXT)] == [
        "conversation.cloud"
    ]
    assert not await outside.list(Kind.ENGINE, recordings=())


async def test_what_was_sent_and_never_kept_is_named_too(outside: Outside) -> None:
    """Its traces are purged; the run leads to the ledger. Not so a sentence that is spared."""
    await outside.say(None)
    await outside.note(
        ledger_entry(run_id="unkept", engine_id="stt.other"),
        ledger_entry(run_id="spared", engine_id="stt.third"),
    )
    found = await outside.list(
        Kind.ENGINE,
        trail=Trail(run_ids=frozenset({"unkept", "spared"})),
        spared_runs=frozenset({"spared"}),
    )
    assert [item.key for item in found] == ["stt.cloud_speech", "stt.other"]


async def test_without_the_ledger_the_recordings_still_tell(
    outside: Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The vault may fail between one question and the next."""
    await outside.say("one")
    recordings = tuple(await outside.storage.async_find(RecordingFilter()))
    await outside.storage.async_close()
    monkeypatch.setattr(
        outside.storage, "async_find", lambda _: asyncio.sleep(0, recordings)
    )
    assert [item.key for item in await outside.list(Kind.ENGINE)] == [
        "stt.cloud_speech"
    ]


# Logs of programs, and satellites


@pytest.mark.usefixtures("socket_enabled", "house")
async def test_a_wyoming_server_is_named_by_what_it_says_it_is(
    hass: HomeAssistant, outside: Outside
) -> None:
    """Its log is its own; it was asked when it was connected, and is not asked again."""
    recogniser = Recogniser(WHISPER)
    await recogniser.start()
    entry, engine_id = await add_recogniser(hass, recogniser)
    await outside.say("one", engine_id=engine_id, report=LOCAL)
    await outside.say("two", engine_id="stt.homely", report=LOCAL)
    await outside.say("three", engine_id="conversation", report=LOCAL)
    await outside.say("four", engine_id="stt.far_away")
    await recogniser.stop()
    here, homely = await outside.list(Kind.SERVER_LOG)
    assert (here.key, here.name, here.detail) == (
        entry.entry_id,
        "Recogniser",
        "faster-whisper (https://github.com/guillaumekln/faster-whisper/)",
    )
    assert (homely.key, homely.detail) == ("stt.homely", "stt.homely")
    await hass.config_entries.async_unload(entry.entry_id)
    assert (await outside.list(Kind.SERVER_LOG))[0].detail == "not connected"


async def test_a_satellite_is_named_with_its_software(
    hass: HomeAssistant, outside: Outside
) -> None:
    """Whether it keeps files nobody can ask; what runs there says whether it could."""
    await outside.say("one", created=NOW - HOUR)
    await outside.note(ledger_entry(run_id="x", satellite_key=outside.kitchen, at=NOW))
    await outside.note(ledger_entry(run_id="x", satellite_key="gone"))
    (kitchen,) = await outside.list(
        Kind.SATELLITE, trail=Trail(run_ids=frozenset({"x"}))
    )
    assert kitchen == OutOfReach(
        kind=Kind.SATELLITE,
        key=outside.kitchen,
        name="Kitchen",
        detail="house",
        since=NOW - HOUR,
        until=NOW,
    )


async def test_a_wyoming_satellite_says_what_it_is(
    hass: HomeAssistant, outside: Outside
) -> None:
    """One without an address of its software is known by name."""
    software = Software(
        name="wyoming-satellite",
        attribution=Attribution(name="Somebody", url=""),
        installed=True,
        description=None,
        version=None,
    )
    entry = MockConfigEntry(domain="wyoming", state=ConfigEntryState.LOADED)
    entry.runtime_data = SimpleNamespace(
        service=SimpleNamespace(info=Info(satellite=software))
    )
    entry.add_to_hass(hass)
    attic = er.async_get(hass).async_get_or_create(
        "assist_satellite", "wyoming", "attic", config_entry=entry
    )
    outside.kitchen = attic.id
    outside.__post_init__()
    await outside.say("one")
    assert [item.detail for item in await outside.list(Kind.SATELLITE)] == [
        "wyoming-satellite"
    ]
    hass.config_entries.async_get_known_entry(entry.entry_id).runtime_data = None


# Backups


class Shelf:
    """Somewhere backups lie."""

    def __init__(self, *made: AgentBackup) -> None:
        """Take backups."""
        self.made = list(made)
        self.asked = 0
        self.error: Exception | None = None
        self.is_silent = False

    async def async_list_backups(self, **kwargs: Any) -> list[AgentBackup]:
        """List them."""
        self.asked += 1
        if self.is_silent:
            await asyncio.Event().wait()
        if self.error is not None:
            raise self.error
        return self.made


def backup(name: str, date: datetime | str, **changes: Any) -> AgentBackup:
    """Return a backup."""
    values: dict[str, Any] = {
        "addons": [],
        "backup_id": name.lower(),
        "date": date if isinstance(date, str) else date.isoformat(),
        "database_included": True,
        "extra_metadata": {},
        "folders": [],
        "homeassistant_included": True,
        "homeassistant_version": "2026.11.0",
        "name": name,
        "protected": False,
        "size": 1000,
    }
    return AgentBackup(**values | changes)


@pytest.fixture
async def shelf(hass: HomeAssistant, outside: Outside) -> Shelf:
    """Put backups on a shelf of Home Assistant's own manager, and on no other."""
    assert await async_setup_component(hass, BACKUP_DOMAIN, {})
    await hass.async_block_till_done()
    shelf = Shelf(
        backup("Old", NOW - DAY),
        backup("New", NOW + HOUR, database_included=False),
        backup("Add-ons", NOW + HOUR, homeassistant_included=False),
        backup("Undated", "yesterday"),
    )
    hass.data[backups.MANAGER].backup_agents = {"shelf.one": shelf}  # type: ignore[dict-item]
    return shelf


async def test_backups_made_since_the_first_word_are_named(
    hass: HomeAssistant, outside: Outside, shelf: Shelf
) -> None:
    """One made before the sentence cannot hold it; one that nobody can date may."""
    other = Shelf(backup("New", NOW + HOUR, size=2000))
    hass.data[backups.MANAGER].backup_agents["cloud.two"] = other  # type: ignore[assignment]
    await outside.say("one", created=NOW)
    undated, new = await outside.list(Kind.BACKUP, is_exact=True)
    assert undated.name == "Undated"
    assert new == OutOfReach(
        kind=Kind.BACKUP,
        key="new",
        name="New",
        detail="cloud.two, shelf.one",
        since=NOW + HOUR,
        until=NOW + HOUR,
        amount={"bytes": 2000},
        holds={"database": "no", "recordings": "no", "keys": "no"},
    )
    assert new.as_dict()["since"] == (NOW + HOUR).isoformat()
    everything = await outside.list(Kind.BACKUP)
    assert [item.name for item in everything] == ["Undated", "New", "Old"]
    assert everything[-1].holds["database"] == "yes"
    assert not await outside.list(Kind.BACKUP, found=0)


async def test_it_is_said_which_backups_have_recordings_and_their_keys(
    outside: Outside, shelf: Shelf
) -> None:
    """A receipt was left with each; older ones than a restored vault nobody knows."""
    minute = timedelta(minutes=1)
    shelf.made = [
        backup("Before", NOW - 3 * DAY),
        backup("Between", NOW - DAY),
        backup("Just before", NOW - 10 * minute),
        backup("Without keys", NOW),
        backup("With keys", NOW + DAY),
        backup("Without", NOW + 2 * DAY),
    ]
    async with outside.storage.async_use() as vault:
        for moment, kind, body in (
            (NOW - 4 * DAY, "restore", {"kept": 0, "lost": 3}),
            (NOW - 3 * DAY, "backup", {"includes": "recordings_and_keys"}),
            (NOW - HOUR, "restore", {"kept": 3, "lost": 0}),
            (NOW + minute, "backup", {"includes": "recordings"}),
            (NOW + DAY + minute, "backup", {"includes": "recordings_and_keys"}),
        ):
            await vault.receipts.add(kind, body, at=moment)
    await outside.say("one")
    assert [
        (item.name, item.holds["recordings"], item.holds["keys"])
        for item in await outside.list(Kind.BACKUP)
    ] == [
        ("Without", "no", "no"),
        ("With keys", "yes", "yes"),
        ("Without keys", "yes", "no"),
        ("Just before", "no", "no"),
        ("Between", "unknown", "unknown"),
        ("Before", "yes", "yes"),
    ]


async def test_a_backup_that_is_being_made_is_named(
    hass: HomeAssistant,
    outside: Outside,
    shelf: Shelf,
    freezer: FrozenDateTimeFactory,
) -> None:
    """It is in no list before it is complete, and may have got the keys already."""
    freezer.move_to(NOW)
    shelf.made = []
    await outside.say("one")
    async_backup_copy(hass).includes = InBackups.RECORDINGS_AND_KEYS
    async with outside.storage.async_use() as vault:
        body = {"includes": "recordings_and_keys"}
        await vault.receipts.add("backup", body, at=NOW)
    (made,) = await outside.list(Kind.BACKUP)
    assert (made.key, made.holds["keys"]) == ("in_progress", "yes")
    async_backup_copy(hass).includes = InBackups.NO
    assert await outside.list(Kind.BACKUP) == []
    hass.data[backups.MANAGER].last_event = CreateBackupEvent(
        reason=None, stage=None, state=CreateBackupState.IN_PROGRESS
    )
    assert len(await outside.list(Kind.BACKUP)) == 1


async def test_without_the_vault_nobody_knows_what_is_in_a_backup(
    outside: Outside, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The worst is to be assumed then."""
    await outside.storage.async_close()
    monkeypatch.setattr(outside.storage, "async_find", lambda _: asyncio.sleep(0, []))
    for item in await outside.list(Kind.BACKUP):
        assert (item.holds["recordings"], item.holds["keys"]) == ("unknown", "unknown")
    assert len(await outside.list(Kind.BACKUP)) == 3


async def test_whoever_does_not_list_backups_is_named(
    hass: HomeAssistant,
    outside: Outside,
    shelf: Shelf,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Not for longer than anybody wants to wait, and without an error that may tell secrets."""
    monkeypatch.setattr(backups, "LIST_SECONDS", 0.05)
    silent, broken, gone = Shelf(), Shelf(), Shelf()
    silent.is_silent = True
    broken.error = ValueError("https://user:password@example.com")
    gone.error = asyncio.CancelledError()  # type: ignore[assignment]
    hass.data[backups.MANAGER].backup_agents |= {
        "silent": silent,  # type: ignore[dict-item]
        "broken": broken,  # type: ignore[dict-item]
        "gone": gone,  # type: ignore[dict-item]
    }
    await outside.say("one")
    found = await outside.list(Kind.BACKUP_LIST)
    assert [(item.key, item.detail) for item in found] == [
        ("silent", "no answer"),
        ("broken", "ValueError"),
        ("gone", "no answer"),
    ]
    assert len(await outside.list(Kind.BACKUP)) == 3


async def test_expiry_does_not_ask_for_the_list_each_time(
    hass: HomeAssistant, outside: Outside, shelf: Shelf
) -> None:
    """Something expires all day long; but a backup made meanwhile is named."""
    await outside.say("one")
    for _ in range(3):
        await outside.list(Kind.BACKUP, is_asked=False)
    assert shelf.asked == 1
    await outside.list(Kind.BACKUP)
    assert shelf.asked == 2
    hass.data[backups.MANAGER].last_action_event = object()  # type: ignore[assignment]
    await outside.list(Kind.BACKUP, is_asked=False)
    assert shelf.asked == 3


async def test_what_cannot_be_listed_is_said_and_stops_nothing(
    hass: HomeAssistant, outside: Outside, shelf: Shelf
) -> None:
    """A release may change what is looked into."""
    hass.data.pop(BACKUP_DOMAIN)
    await outside.say("one")
    assert await outside.list(Kind.BACKUP) == []
    hass.data[BACKUP_DOMAIN] = object()
    (item,) = await outside.list(Kind.BACKUP)
    assert (item.key, item.detail) == ("unknown", "AttributeError")
    assert await outside.list(Kind.ENGINE)
