"""Tell what earlier backups took along, as the receipts have it."""

from .backup_copy import BackupCopy
from .const import BACKUP_RECEIPT, RESTORE_RECEIPT, InBackups
from .places.reach.protocol import BackupHistory
from .storage import Storage


class BackupMemory:
    """What is known of backups that were made, and of the one that is being made."""

    def __init__(self, copy: BackupCopy, storage: Storage) -> None:
        """Read the receipts of this storage."""
        self._copy = copy
        self._storage = storage

    async def async_history(self) -> BackupHistory:
        """Return it; raises ``VaultUnavailable`` when the receipts cannot be read."""
        async with self._storage.async_use() as vault:
            copies = await vault.receipts.of_kind(BACKUP_RECEIPT)
            restores = await vault.receipts.of_kind(RESTORE_RECEIPT)
        return BackupHistory(
            copies=tuple(
                (item.at, InBackups(item.body["includes"])) for item in copies
            ),
            restored=max(
                (item.at for item in restores if item.body["kept"]), default=None
            ),
            going_on=self._copy.includes,
        )
