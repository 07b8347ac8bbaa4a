"""Know the files of a vault, and keep them from everybody else."""

from dataclasses import dataclass
import os
from pathlib import Path
from typing import Final

_FOLDER_MODE: Final = 0o700
_FILE_MODE: Final = 0o600


@dataclass(frozen=True, slots=True)
class VaultFiles:
    """The folder of a vault and what lies in it."""

    folder: Path

    @property
    def keys(self) -> Path:
        """Return the key file."""
        return self.folder / "keys"

    @property
    def database(self) -> Path:
        """Return the database."""
        return self.folder / "vault.db"

    @property
    def rescued(self) -> Path:
        """Return the database that a recovery is building."""
        return self.folder / "vault.db.rescued"

    def prepare(self) -> None:
        """Make the folder and an empty database, readable by nobody but us."""
        self.folder.mkdir(mode=_FOLDER_MODE, parents=True, exist_ok=True)
        _restrict(self.folder, _FOLDER_MODE)
        # SQLite gives its other files the permissions of the database.
        os.close(open_private(self.database))

    def sync_folder(self) -> None:
        """Return once the disk knows the names of the files."""
        descriptor = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def size(self) -> int:
        """Return the bytes that the files take up."""
        return sum(
            path.stat().st_size
            for path in (self.keys, *database_files(self.database))
            if path.exists()
        )


def database_files(database: Path) -> tuple[Path, Path, Path]:
    """Return a database and the two files that SQLite keeps beside it."""
    return (
        database,
        database.with_name(f"{database.name}-wal"),
        database.with_name(f"{database.name}-shm"),
    )


def open_private(path: Path) -> int:
    """Open a file for reading and writing, creating it, for nobody but us."""
    if path.exists():
        _restrict(path, _FILE_MODE)
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, _FILE_MODE)


def _restrict(path: Path, mode: int) -> None:
    """Take permissions away that others may have from an earlier life of the path."""
    if path.stat().st_mode & 0o777 & ~mode:
        path.chmod(mode)
