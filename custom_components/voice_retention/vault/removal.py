"""Remove the whole vault."""

from contextlib import suppress
import os
from pathlib import Path
import shutil

from .files import VaultFiles


def remove_vault(folder: Path) -> list[Path]:
    """Destroy all keys, then delete the folder; return what could not be deleted.

    The vault must be closed.
    """
    left: list[Path] = []
    # Should anything of the files outlast them, then not the keys that open it.
    with suppress(OSError):
        _overwrite(VaultFiles(folder).keys)
    shutil.rmtree(
        folder, onexc=lambda _function, path, err: _note(left, Path(path), err)
    )
    with suppress(OSError):
        # Ours alone if it is empty now.
        folder.parent.rmdir()
    return left


def _overwrite(path: Path) -> None:
    """Write zeros over a file where it lies."""
    with path.open("r+b") as file:
        file.write(bytes(path.stat().st_size))
        file.flush()
        os.fsync(file.fileno())


def _note(left: list[Path], path: Path, err: BaseException) -> None:
    """Note what is left; what is not there is as it should be."""
    if not isinstance(err, FileNotFoundError):
        left.append(path)
