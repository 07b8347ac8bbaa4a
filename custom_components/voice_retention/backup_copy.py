"""Lay a copy of the vault where a backup finds it, for as long as the backup is made."""

import asyncio
from collections.abc import Collection
from datetime import datetime
from pathlib import Path
from typing import Final

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later
from homeassistant.util.hass_dict import HassKey

from .const import BACKUP_FOLDER, BACKUP_RECEIPT, LOGGER, InBackups
from .errors import VaultUnavailable
from .policy.models import Content
from .storage import Storage
from .vault.copies import CopyOrder
from .vault.errors import VaultUnavailableError
from .vault.removal import remove_vault

COPY_SECONDS: Final = 120
"""A backup is not kept waiting for longer; it then goes without recordings."""

GRACE_SECONDS: Final = 30
"""For a disk that does not even let the copying be given up."""

LONGEST_BACKUP_SECONDS: Final = 6 * 60 * 60
"""After this nobody will say any more that the backup is made."""


class BackupCopy:
    """The copy of the vault that a backup is to take along.

    An archive fails when a file vanishes that it has seen. So the copy appears whole, and
    stays until no backup is being made, also when the entry is reloaded meanwhile.
    """

    def __init__(self, hass: HomeAssistant) -> None:
        """Use a folder that is part of every backup."""
        self._hass = hass
        self.folder = Path(hass.config.path(BACKUP_FOLDER))
        self._backups = 0
        """How many are being made at the moment."""

        self._cancel_timer: CALLBACK_TYPE | None = None
        self.includes = InBackups.NO
        """What is in the copy that is there now, or is being made."""

    @callback
    def left_behind(self) -> Path | None:
        """Return where a copy may be that came with a restored backup, or outlived a crash."""
        return None if self._backups else self.folder

    @callback
    def async_begin(self) -> None:
        """Note that a backup is about to be made."""
        self._backups += 1
        if self._cancel_timer is not None:
            self._cancel_timer()
        self._cancel_timer = async_call_later(
            self._hass, LONGEST_BACKUP_SECONDS, self._async_give_up
        )

    async def async_make(self, storage: Storage, includes: InBackups) -> None:
        """Make a copy, unless one is being archived already; it is complete, or not there."""
        is_waiting = True
        order = CopyOrder(
            folder=self.folder,
            with_keys=includes is InBackups.RECORDINGS_AND_KEYS,
            seconds=COPY_SECONDS,
            is_wanted=lambda: is_waiting,
        )

        async def make() -> None:
            """Make it and say so, or take it back."""
            if self.includes is InBackups.NO and not await self._async_copy(
                storage, order, includes
            ):
                return
            if not await self._async_tell(storage) and is_waiting:
                # Nobody would know which backup has the recordings.
                LOGGER.error("The backup goes without recordings: it has no receipt")
                await self._async_remove()

        task = self._hass.async_create_background_task(make(), "copy for a backup")
        # Unlike a timeout this neither cancels it nor raises.
        await asyncio.wait({task}, timeout=COPY_SECONDS + GRACE_SECONDS)
        is_waiting = False
        if not task.done():
            LOGGER.warning("The backup goes without recordings: the disk is too slow")
        elif not task.cancelled() and (error := task.exception()):
            LOGGER.error("The backup goes without recordings", exc_info=error)

    async def async_end(self) -> None:
        """Remove the copy when no backup is being made any more."""
        self._backups = max(self._backups - 1, 0)
        if not self._backups:
            await self._async_finish()

    async def async_discard(self) -> None:
        """Remove the copy with everything else of ours, or leave it to the end of the backup."""
        if not self._backups:
            await self._async_remove()

    async def _async_copy(
        self, storage: Storage, order: CopyOrder, includes: InBackups
    ) -> bool:
        """Copy the vault; return whether there is a copy now."""
        # From the beginning: a purge must not overlook a copy that is just complete.
        self.includes = includes
        is_there = False
        try:
            async with storage.async_use() as vault:
                try:
                    is_there = await vault.copies.make(order)
                except VaultUnavailableError as err:
                    # That there is no room for a copy is no trouble of the vault.
                    LOGGER.error("The backup goes without recordings: %s", err.reason)
                    return False
        finally:
            if not is_there:
                self.includes = InBackups.NO
        if not is_there:
            LOGGER.warning("The backup goes without recordings: they are too many")
        return is_there

    async def _async_tell(self, storage: Storage) -> bool:
        """Leave a receipt that a backup has a copy; return whether that worked."""
        try:
            await storage.async_add_receipt(BACKUP_RECEIPT, {"includes": self.includes})
        except VaultUnavailable:
            return False
        return True

    async def _async_give_up(self, now: datetime) -> None:
        """End all backups that nobody ended."""
        self._cancel_timer = None
        self._backups = 0
        await self._async_finish()

    async def _async_finish(self) -> None:
        """Wait for no backup any more, and remove the copy."""
        if self._cancel_timer is not None:
            self._cancel_timer()
            self._cancel_timer = None
        if self.includes is not InBackups.NO:
            await self._async_remove()

    async def _async_remove(self) -> None:
        """Overwrite the keys in the copy, then delete it."""
        self.includes = InBackups.NO
        left = await self._hass.async_add_executor_job(remove_vault, self.folder)
        for path in left:
            LOGGER.error("Could not delete %s; please delete it by hand", path)


class CopyKeys:
    """The keys in the copy that is there now, through the vault that it is a copy of."""

    def __init__(self, copy: BackupCopy, storage: Storage) -> None:
        """Use this storage."""
        self._copy = copy
        self._storage = storage

    async def async_destroy(
        self, recording_ids: Collection[str], contents: Collection[Content]
    ) -> int:
        """Destroy keys in the copy; return how many."""
        if self._copy.includes is not InBackups.RECORDINGS_AND_KEYS:
            return 0
        async with self._storage.async_use() as vault:
            return await vault.copies.destroy(
                self._copy.folder, recording_ids, contents
            )

    async def async_count(
        self, recording_ids: Collection[str], contents: Collection[Content]
    ) -> int:
        """Count keys in the copy."""
        if self._copy.includes is not InBackups.RECORDINGS_AND_KEYS:
            return 0
        async with self._storage.async_use() as vault:
            return await vault.copies.count(self._copy.folder, recording_ids, contents)


_COPY: HassKey[BackupCopy] = HassKey("voice_retention_backup_copy")


@callback
def async_backup_copy(hass: HomeAssistant) -> BackupCopy:
    """Return the one copy that there can be; it outlives the entry."""
    if _COPY not in hass.data:
        hass.data[_COPY] = BackupCopy(hass)
    return hass.data[_COPY]
