"""Keep the vault open, and say so when it cannot be used."""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from homeassistant.core import HomeAssistant
from homeassistant.helpers.dispatcher import async_dispatcher_send
from homeassistant.util import dt as dt_util

from .const import LOGGER, OVERDUE_GRACE, RESTORE_RECEIPT, IssueId
from .errors import VaultUnavailable
from .issue_registry import async_clear, async_raise
from .notices import SIGNAL_CHANGED, Change
from .policy.expiry import StoredSize
from .policy.models import Content, Utterance
from .purge.sweep import RuleFor
from .uninterrupted import async_uninterrupted
from .vault.books import LedgerEntry
from .vault.errors import UnavailableReason, VaultUnavailableError
from .vault.models import Due, RecordingFilter, RecordingText, StoredRecording, Totals
from .vault.recovery import recover
from .vault.reports import RecoveryResult, RescheduleResult
from .vault.vault import Vault

STALE: Final = frozenset({UnavailableReason.DAMAGED, UnavailableReason.UNREADABLE})
"""Troubles of an open vault that only opening it anew can end."""

REOPEN_AFTER: Final = timedelta(seconds=30)
"""A vault that could not be opened is not tried again before this."""


class Storage:
    """Stand between Home Assistant and the vault.

    The vault may be out of order at any time: its disk full, read-only or broken. Then
    every call raises ``VaultUnavailable``, a repair issue is there, and the next calls try
    again; speech goes on meanwhile, unkept.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        folder: Path,
        restored: Callable[[], Path | None] = lambda: None,
    ) -> None:
        """Use the vault in this folder; nothing is opened yet.

        ``restored`` says where a copy of it may be that came with a restored backup.
        """
        self._hass = hass
        self._folder = folder
        self._restored = restored
        self._vault: Vault | None = None
        self._lock = asyncio.Lock()
        self._trouble: UnavailableReason | None = None
        self._is_proof_writing = False
        """Whether reading is no proof that the trouble is over."""

        self._is_issue_gone = False
        """An issue may still be there from before a reload."""

        self._not_before: datetime | None = None
        self._is_closed = False

    @property
    def trouble(self) -> UnavailableReason | None:
        """Return why the vault is out of order, if it is."""
        return self._trouble

    @asynccontextmanager
    async def async_use(self, *, is_writing: bool = False) -> AsyncIterator[Vault]:
        """Give the open vault; its errors come out translated and as a repair issue.

        Say so when something is really written: with a full disk, reading goes well and
        must not take the issue back.
        """
        vault: Vault | None = None
        try:
            vault = await self._async_vault()
            yield vault
        except VaultUnavailableError as err:
            await self._async_note_trouble(
                err.reason, vault, is_writing=is_writing and vault is not None
            )
            raise VaultUnavailable(err.reason) from err
        if is_writing or not self._is_proof_writing:
            self._note_success()

    async def async_close(self) -> None:
        """Close the vault for good; everything stored is on disk."""
        self._is_closed = True
        async with self._lock:
            await self._async_release()

    async def async_recover(self) -> RecoveryResult:
        """Save what can be saved of a damaged vault; the rest becomes unreadable."""
        async with self._lock:
            await self._async_release()
            try:
                result = await recover(self._folder)
            except VaultUnavailableError as err:
                raise VaultUnavailable(err.reason) from err
            self._not_before = None
        async with self.async_use():
            return result

    async def _async_vault(self) -> Vault:
        """Open the vault if it is not."""
        if self._vault is not None:
            return self._vault
        # A vault that was left half open would be locked until Home Assistant restarts.
        return await async_uninterrupted(self._hass, self._async_open(), "open")

    async def _async_open(self) -> Vault:
        """Open the vault, unless somebody else just has, or it was in vain a moment ago."""
        async with self._lock:
            if self._is_closed:
                raise VaultUnavailableError(UnavailableReason.CLOSED)
            if self._vault is None:
                now = dt_util.utcnow()
                if self._not_before is not None and now < self._not_before:
                    raise VaultUnavailableError(
                        self._trouble or UnavailableReason.CLOSED
                    )
                # Cleared once the vault is open.
                self._not_before = now + REOPEN_AFTER
                self._vault = await Vault.open(self._folder, self._restored())
                self._not_before = None
                await _async_report(self._vault, now)
            return self._vault

    async def _async_note_trouble(
        self, reason: UnavailableReason, vault: Vault | None, *, is_writing: bool
    ) -> None:
        """Tell about trouble once, and close a vault that will not get better by itself."""
        if reason in STALE and vault is not None:
            async with self._lock:
                # Whoever had the same trouble may have opened it anew meanwhile.
                if self._vault is vault:
                    await self._async_release()
        if reason is UnavailableReason.CLOSED:
            # The entry is being taken down.
            return
        self._is_proof_writing = is_writing
        if reason is self._trouble:
            # Told already.
            return
        self._trouble = reason
        self._is_issue_gone = False
        LOGGER.warning("The vault cannot be used: %s", reason)
        async_raise(self._hass, IssueId.VAULT_UNAVAILABLE, {"reason": reason})

    async def _async_release(self) -> None:
        """Let go of the vault; the next use opens it again."""
        if self._vault is not None:
            vault, self._vault = self._vault, None
            await vault.close()

    def _note_success(self) -> None:
        """Tell once that the vault is back."""
        if self._is_issue_gone:
            return
        if self._trouble is not None:
            LOGGER.info("The vault can be used again")
        self._trouble = None
        self._is_proof_writing = False
        self._is_issue_gone = True
        async_clear(self._hass, IssueId.VAULT_UNAVAILABLE)

    async def async_store(
        self, utterances: Sequence[Utterance], runs: Sequence[LedgerEntry]
    ) -> None:
        """Store finished sentences, and where each went."""
        async with self.async_use(is_writing=True) as vault:
            await vault.recordings.store(utterances, runs)

    async def async_find(self, wanted: RecordingFilter) -> list[StoredRecording]:
        """Return the recordings that are meant."""
        async with self.async_use() as vault:
            return await vault.recordings.find(wanted)

    async def async_read_text(
        self, recording_ids: Collection[str]
    ) -> dict[str, RecordingText]:
        """Return what was said and answered, for the caller to keep."""
        async with self.async_use() as vault:
            return await vault.recordings.read_text(recording_ids)

    async def async_delete(
        self,
        recording_ids: Collection[str],
        contents: Collection[Content],
        on_progress: Callable[[int], None] | None = None,
    ) -> int:
        """Delete contents; return how many."""
        async with self.async_use() as vault:
            result = await vault.deletion.delete(
                recording_ids, contents, on_progress=on_progress
            )
            return sum(result.contents.values())

    async def async_count_left(
        self, recording_ids: Collection[str], contents: Collection[Content]
    ) -> int:
        """Count what is left of contents that were deleted."""
        async with self.async_use() as vault:
            return await vault.deletion.verify_gone(recording_ids, contents)

    async def async_due(self, now: datetime) -> list[Due]:
        """Return what must go now."""
        async with self.async_use() as vault:
            return await vault.expiry.due(now)

    async def async_overdue(self, now: datetime) -> int:
        """Count the recordings that should have gone already."""
        async with self.async_use() as vault:
            return await vault.expiry.overdue(now, OVERDUE_GRACE)

    async def async_next_expiry(self, now: datetime) -> datetime | None:
        """Return when something must go next."""
        async with self.async_use() as vault:
            return await vault.expiry.next_expiry(now)

    async def async_sizes(self, now: datetime) -> list[StoredSize]:
        """Return the size of every recording."""
        async with self.async_use() as vault:
            return await vault.recordings.sizes(now)

    async def async_totals(self) -> Totals:
        """Return how much is stored."""
        async with self.async_use() as vault:
            return await vault.recordings.totals()

    async def async_content_size(self) -> int:
        """Return the bytes of all content."""
        return (await self.async_totals()).content_size

    async def async_reschedule(self, rule_for: RuleFor) -> RescheduleResult:
        """Work out every expiry anew."""
        async with self.async_use() as vault:
            result = await vault.expiry.reschedule(rule_for)
        async_dispatcher_send(self._hass, SIGNAL_CHANGED, Change.RECORDINGS)
        return result

    async def async_add_receipt(self, kind: str, body: Mapping[str, Any]) -> None:
        """Store a receipt."""
        async with self.async_use(is_writing=True) as vault:
            await vault.receipts.add(kind, body, at=dt_util.utcnow())
        async_dispatcher_send(self._hass, SIGNAL_CHANGED, Change.RECEIPTS)

    async def async_last_receipt(self, kinds: Collection[str]) -> datetime | None:
        """Return when the latest receipt of one of these kinds was written."""
        async with self.async_use() as vault:
            return await vault.receipts.latest(kinds)


async def _async_report(vault: Vault, now: datetime) -> None:
    """Leave receipts when opening had to put something right, or took a copy in."""
    opened, bodies = asdict(vault.opened), {}
    adopted = opened.pop("adopted")
    if adopted is not None and any(adopted.values()):
        bodies[RESTORE_RECEIPT] = adopted
    if any(opened.values()):
        bodies["opened"] = opened
    try:
        for kind, body in bodies.items():
            await vault.receipts.add(kind, body, at=now)
    except VaultUnavailableError as err:
        # The vault itself is open all the same; what it is asked next will tell.
        LOGGER.error("Could not store the receipt of opening: %s", err.reason)
