"""Test that the vault can be taken away as a whole."""

import os
from pathlib import Path
import shutil

import pytest

from custom_components.voice_retention.vault import Vault
from custom_components.voice_retention.vault.removal import remove_vault

from .make import utterance


@pytest.fixture
async def closed(folder: Path) -> Path:
    """Make a vault with a recording, and close it."""
    vault = await Vault.open(folder)
    await vault.recordings.store([utterance()])
    await vault.close()
    return folder


async def test_a_removed_vault_leaves_no_folder(closed: Path) -> None:
    """Not even the one that held only it."""
    assert remove_vault(closed) == []
    assert not closed.parent.exists()
    assert closed.parent.parent.exists()


async def test_what_others_keep_beside_it_stays(closed: Path) -> None:
    """The cache folder is not ours."""
    other = closed.parent / "other"
    other.touch()
    assert remove_vault(closed) == []
    assert os.listdir(closed.parent) == ["other"]  # noqa: PTH208


def test_what_is_not_there_is_removed_already(folder: Path) -> None:
    """Removing twice is no error."""
    assert remove_vault(folder) == []


async def test_the_keys_are_overwritten_first(
    closed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that is only deleted can often be brought back."""
    # A second name for the same bytes on the disk.
    (tmp_path / "same").hardlink_to(closed / "keys")
    assert any((tmp_path / "same").read_bytes())
    remove_vault(closed)
    assert not any((tmp_path / "same").read_bytes())


async def test_what_cannot_be_deleted_is_named(
    closed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody has to be told where to look."""
    real_rmtree = shutil.rmtree

    def fail(path: Path, *, onexc: object) -> None:
        assert callable(onexc)
        onexc(None, str(path / "vault.db"), PermissionError(1, "not yours"))

    monkeypatch.setattr(shutil, "rmtree", fail)
    assert remove_vault(closed) == [closed / "vault.db"]
    monkeypatch.setattr(shutil, "rmtree", real_rmtree)
    assert remove_vault(closed) == []
