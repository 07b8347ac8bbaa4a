"""Open the vault and hand out its parts."""

from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Self

from sqlalchemy import Engine, exists, select

from .accesses import Accesses
from .adoption import adopt
from .browsing import Browsing
from .captures import Captures
from .copies import Copies
from .database import allow_writing_on_close, open_reader, open_writer, prepare
from .deletion import Deletion
from .errors import UnavailableReason, VaultUnavailableError
from .expiry import Expiry
from .files import VaultFiles
from .keyring import Keyring
from .ledger import Ledger
from .pending import PendingPurges
from .receipts import Receipts
from .reconcile import reconcile
from .recordings import Recordings
from .removal import remove_vault
from .reports import OpenReport
from .storage import Lane, Storage
from .tables import recordings


@dataclass(frozen=True, kw_only=True, slots=True)
class Vault:
    """Everything that is stored, each concern in a part of its own."""

    opened: OpenReport
    recordings: Recordings
    browsing: Browsing
    deletion: Deletion
    expiry: Expiry
    ledger: Ledger
    accesses: Accesses
    captures: Captures
    receipts: Receipts
    pending: PendingPurges
    copies: Copies
    _storage: Storage = field(repr=False)

    @classmethod
    async def open(cls, folder: Path, copy: Path | None = None) -> Self:
        """Open the vault in a folder, making it if there is none, and take in a copy.

        Raises ``VaultUnavailableError``, and then leaves what is there as it is.
        """
        files, write_lane, undo = VaultFiles(folder), Lane("writer"), ExitStack()
        try:
            keyring, writer, report = await write_lane.run(
                partial(_open, files, copy, undo)
            )
        except BaseException:
            # Whoever gave up waiting leaves the job running: let it end, then undo it.
            await write_lane.close()
            undo.close()
            raise
        storage = Storage(
            files=files,
            keyring=keyring,
            writer=writer,
            reader=open_reader(files.database),
            write_lane=write_lane,
            read_lane=Lane("reader"),
            aside=open_reader(files.database),
            aside_lane=Lane("searcher"),
        )
        return cls(
            opened=report,
            recordings=Recordings(storage),
            browsing=Browsing(storage),
            deletion=Deletion(storage),
            expiry=Expiry(storage),
            ledger=Ledger(storage),
            accesses=Accesses(storage),
            captures=Captures(storage),
            receipts=Receipts(storage),
            pending=PendingPurges(storage),
            copies=Copies(storage),
            _storage=storage,
        )

    async def close(self) -> None:
        """Finish what was asked for, then close the files."""
        await self._storage.close()


def _open(
    files: VaultFiles, copy: Path | None, undo: ExitStack
) -> tuple[Keyring, Engine, OpenReport]:
    """Open keys and database and make them agree; change nothing before both are sound."""
    files.prepare()
    keyring = Keyring.open(files.keys)
    undo.callback(keyring.close)
    writer = open_writer(files.database)
    undo.callback(writer.dispose)
    prepare(writer, files.size())
    if keyring.is_damaged and _has_recordings(writer):
        raise VaultUnavailableError(UnavailableReason.DAMAGED)
    keyring.repair()
    files.sync_folder()
    adopted = None if copy is None else adopt(writer, keyring, copy)
    report = replace(reconcile(writer, keyring), adopted=adopted)
    allow_writing_on_close(writer)
    if copy is not None:
        remove_vault(copy)
    return keyring, writer, report


def _has_recordings(engine: Engine) -> bool:
    """Return whether anything is stored that needs a key."""
    with engine.begin() as connection:
        return bool(connection.scalar(select(exists(select(recordings)))))
