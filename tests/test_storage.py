"""Test that trouble with the vault is told once, passes, and costs nothing that is stored."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

from freezegun.api import FrozenDateTimeFactory
import pytest

from custom_components.voice_retention.const import DOMAIN, IssueId
from custom_components.voice_retention.errors import VaultUnavailable
from custom_components.voice_retention.ledger import LedgerBook
from custom_components.voice_retention.storage import REOPEN_AFTER, Storage
from custom_components.voice_retention.vault.books import LedgerFilter, SentToCloud
from custom_components.voice_retention.vault.errors import (
    UnavailableReason,
    VaultUnavailableError,
)
from custom_components.voice_retention.vault.models import RecordingFilter
from custom_components.voice_retention.vault.receipts import Receipts
from custom_components.voice_retention.vault.recordings import Recordings
from custom_components.voice_retention.vault.reports import OpenReport
from custom_components.voice_retention.vault.vault import Vault
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from tests.vault.make import NOW, utterance

FULL = UnavailableReason.DISK_FULL


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return where the vault is to be."""
    return tmp_path / ".cache" / "voice_retention"


@pytest.fixture
async def storage(hass: HomeAssistant, folder: Path) -> AsyncIterator[Storage]:
    """Return the storage, with nothing in it."""
    storage = Storage(hass, folder)
    yield storage
    await storage.async_close()


@contextmanager
def trouble(
    reason: UnavailableReason, part: type = Recordings, name: str = "store"
) -> Iterator[None]:
    """Let the vault be unable to do something."""
    with patch.object(part, name, side_effect=VaultUnavailableError(reason)):
        yield


def issue(hass: HomeAssistant) -> str | None:
    """Return what the vault's repair issue says, if there is one."""
    found = ir.async_get(hass).async_get_issue(DOMAIN, IssueId.VAULT_UNAVAILABLE)
    return None if found is None else found.translation_key


async def store(storage: Storage) -> str:
    """Store a sentence."""
    item = utterance()
    await storage.async_store([item], [])
    return item.recording_id


async def find(storage: Storage) -> set[str]:
    """Return the ids of what is stored."""
    found = await storage.async_find(RecordingFilter())
    return {item.recording_id for item in found}


def damage(folder: Path) -> None:
    """Leave a vault that nobody can open."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "vault.db").write_bytes(b"no database" * 1000)


async def test_what_is_stored_is_there_after_a_restart(
    hass: HomeAssistant, storage: Storage, folder: Path
) -> None:
    """That is what a vault is for."""
    recording_id = await store(storage)
    await storage.async_close()
    again = Storage(hass, folder)
    assert await find(again) == {recording_id}
    await again.async_close()


@pytest.mark.parametrize("reason", [FULL, UnavailableReason.READ_ONLY])
async def test_trouble_with_storing_is_told_once_until_storing_works(
    hass: HomeAssistant,
    storage: Storage,
    caplog: pytest.LogCaptureFixture,
    reason: UnavailableReason,
) -> None:
    """Reading still works then, and must not take the issue back."""
    recording_id = await store(storage)
    with trouble(reason):
        for _ in range(3):
            with pytest.raises(VaultUnavailable) as raised:
                await store(storage)
            assert raised.value.reason == reason
            assert raised.value.translation_key == "vault_unavailable"
            assert await find(storage) == {recording_id}
    assert issue(hass) == f"vault_{reason}"
    assert storage.trouble is reason
    assert caplog.text.count("The vault cannot be used") == 1
    await storage.async_totals()
    assert issue(hass) is not None
    await store(storage)
    assert issue(hass) is None
    assert storage.trouble is None
    assert caplog.text.count("The vault can be used again") == 1
    assert len(await find(storage)) == 2


async def test_trouble_with_reading_is_over_when_reading_works(
    hass: HomeAssistant, storage: Storage
) -> None:
    """Nothing has to be said for that."""
    with (
        trouble(UnavailableReason.IN_USE, name="find"),
        pytest.raises(VaultUnavailable),
    ):
        await find(storage)
    assert issue(hass) == "vault_in_use"
    await find(storage)
    assert issue(hass) is None


async def test_another_trouble_is_told_too(
    hass: HomeAssistant, storage: Storage
) -> None:
    """The disk was full, and is read-only now."""
    for reason in (FULL, UnavailableReason.READ_ONLY):
        with trouble(reason), pytest.raises(VaultUnavailable):
            await store(storage)
        assert issue(hass) == f"vault_{reason}"


async def test_an_issue_from_before_a_reload_goes_when_the_vault_is_well(
    hass: HomeAssistant, storage: Storage, folder: Path
) -> None:
    """Nobody else would take it back."""
    with trouble(FULL), pytest.raises(VaultUnavailable):
        await store(storage)
    await storage.async_close()
    again = Storage(hass, folder)
    await find(again)
    assert issue(hass) is None
    await again.async_close()


async def test_a_damaged_vault_is_left_as_it_is(
    hass: HomeAssistant, storage: Storage, folder: Path
) -> None:
    """Something may still be saved of it."""
    damage(folder)
    before = (folder / "vault.db").read_bytes()
    for _ in range(2):
        with pytest.raises(VaultUnavailable):
            await store(storage)
    assert issue(hass) == "vault_damaged"
    assert (folder / "vault.db").read_bytes() == before


async def test_a_damaged_vault_can_be_recovered(
    hass: HomeAssistant, storage: Storage, folder: Path
) -> None:
    """And is well then, issue and all."""
    recording_id = await store(storage)
    result = await storage.async_recover()
    assert (result.kept, result.lost) == (1, 0)
    assert await find(storage) == {recording_id}
    damage(folder)
    await storage.async_close()
    again = Storage(hass, folder)
    with pytest.raises(VaultUnavailable):
        await find(again)
    await again.async_recover()
    assert issue(hass) is None
    assert await find(again) == set()
    await again.async_close()


async def test_a_recovery_that_fails_says_why(storage: Storage) -> None:
    """The disk may be full."""
    with (
        patch(
            "custom_components.voice_retention.storage.recover",
            side_effect=VaultUnavailableError(FULL),
        ),
        pytest.raises(VaultUnavailable) as raised,
    ):
        await storage.async_recover()
    assert raised.value.reason == FULL


@pytest.mark.parametrize(
    "reason", [UnavailableReason.DAMAGED, UnavailableReason.UNREADABLE]
)
async def test_a_vault_that_does_not_get_better_is_opened_anew(
    storage: Storage, reason: UnavailableReason
) -> None:
    """Files that are open lead to a disk that may have been taken out."""
    recording_id = await store(storage)
    with patch.object(Vault, "open", wraps=Vault.open) as opened:
        with trouble(reason), pytest.raises(VaultUnavailable):
            await store(storage)
        assert await find(storage) == {recording_id}
    assert opened.call_count == 1


async def test_one_trouble_of_two_calls_opens_the_vault_once(storage: Storage) -> None:
    """The second one must not close what has just been opened anew."""
    await store(storage)
    started = 0
    both_in = asyncio.Event()
    second_goes_on = asyncio.Event()

    async def fail(*args: object) -> None:
        nonlocal started
        started += 1
        if started == 2:
            both_in.set()
            await second_goes_on.wait()
        else:
            await both_in.wait()
        raise VaultUnavailableError(UnavailableReason.DAMAGED)

    with (
        patch.object(Recordings, "store", fail),
        patch.object(Vault, "open", wraps=Vault.open) as opened,
    ):
        first, second = (asyncio.create_task(store(storage)) for _ in range(2))
        await asyncio.wait((first,))
        assert len(await find(storage)) == 1
        second_goes_on.set()
        await asyncio.wait((second,))
        assert len(await find(storage)) == 1
    assert opened.call_count == 1
    for task in (first, second):
        assert isinstance(task.exception(), VaultUnavailable)


async def test_a_vault_that_cannot_be_opened_is_not_tried_at_every_sentence(
    storage: Storage, folder: Path, freezer: FrozenDateTimeFactory
) -> None:
    """Checking a large one takes a moment."""
    damage(folder)
    with patch.object(Vault, "open", wraps=Vault.open) as opened:
        for _ in range(3):
            with pytest.raises(VaultUnavailable) as raised:
                await store(storage)
            assert raised.value.reason == UnavailableReason.DAMAGED
        assert opened.call_count == 1
        (folder / "vault.db").unlink()
        freezer.tick(REOPEN_AFTER + timedelta(seconds=1))
        await store(storage)
        assert opened.call_count == 2


async def test_a_vault_is_not_left_half_open(
    hass: HomeAssistant, storage: Storage, folder: Path
) -> None:
    """Whoever asked first may be cancelled; its lock would stay until the next start."""
    task = hass.async_create_task(store(storage))
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert await find(storage) == set()
    await storage.async_close()
    again = Storage(hass, folder)
    assert await find(again) == set()
    await again.async_close()


async def test_a_closed_vault_says_so_quietly(
    hass: HomeAssistant, storage: Storage, caplog: pytest.LogCaptureFixture
) -> None:
    """The entry is being taken down; there is nothing to repair."""
    await store(storage)
    await storage.async_close()
    with pytest.raises(VaultUnavailable) as raised:
        await store(storage)
    assert raised.value.reason == UnavailableReason.CLOSED
    assert issue(hass) is None
    assert storage.trouble is None
    assert "cannot be used" not in caplog.text


@pytest.mark.parametrize("is_storable", [True, False])
async def test_what_opening_put_right_is_in_a_receipt(
    storage: Storage, caplog: pytest.LogCaptureFixture, is_storable: bool
) -> None:
    """Content whose key was gone counts as deleted; a full disk is no reason not to open."""
    open_vault = Vault.open

    async def open_repaired(folder: Path, copy: Path | None) -> Vault:
        vault = await open_vault(folder, copy)
        object.__setattr__(
            vault, "opened", OpenReport(removed_recordings=2, destroyed_keys=1)
        )
        return vault

    add: Any = Receipts.add
    if not is_storable:
        add = VaultUnavailableError(FULL)
    with (
        patch.object(Vault, "open", open_repaired),
        patch.object(Receipts, "add", autospec=True, side_effect=add),
    ):
        assert await find(storage) == set()
    async with storage.async_use() as vault:
        receipts = await vault.receipts.page(10)
    assert [item.body for item in receipts] == (
        [{"removed_recordings": 2, "destroyed_keys": 1}] if is_storable else []
    )
    assert ("Could not store the receipt of opening" in caplog.text) is not is_storable


async def test_everything_that_the_vault_knows_can_be_asked(storage: Storage) -> None:
    """Each call goes the same way."""
    recording_id = await store(storage)
    assert await storage.async_due(NOW) == []
    assert await storage.async_overdue(NOW) == 0
    assert await storage.async_next_expiry(NOW) == NOW + timedelta(days=1)
    (size,) = await storage.async_sizes(NOW)
    assert size.recording_id == recording_id
    assert await storage.async_content_size() == size.size
    assert (await storage.async_totals()).by_satellite == {"kitchen": 1}
    ledger = LedgerBook(storage)
    assert await ledger.async_last_runs() == {}
    assert await ledger.async_sent_to_cloud_since(NOW) == SentToCloud()
    assert await ledger.async_last_number() == 0
    assert await ledger.async_sent_totals() == {}
    assert await ledger.async_oldest() is None
    assert await ledger.async_count(LedgerFilter()) == 0
    assert await ledger.async_delete(LedgerFilter()) == 0
