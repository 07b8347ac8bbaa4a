"""Fixtures: a vault on real files, and no Home Assistant."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from custom_components.voice_retention.vault import Vault


@pytest.fixture(autouse=True)
def _custom_integrations() -> None:
    """Start no Home Assistant here: the vault needs none."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return where the vault is to be; nothing is there yet."""
    return tmp_path / ".cache" / "voice_retention"


@pytest.fixture
async def vault(folder: Path) -> AsyncIterator[Vault]:
    """Open a new vault and close it again."""
    vault = await Vault.open(folder)
    yield vault
    await vault.close()
