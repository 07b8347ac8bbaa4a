"""What is released can be installed, and refuses where it must not run."""

import json
from pathlib import Path
import shutil
import subprocess
from unittest.mock import patch
import zipfile

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.voice_retention import oldest_release
from custom_components.voice_retention.const import DOMAIN
from custom_components.voice_retention.oldest_release import OLDEST, is_too_old
from homeassistant.config_entries import SOURCE_USER, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from tests.house import House
from tests.speaking import set_up_entry

ROOT = Path(__file__).parent.parent


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Copy what a release is made from into a repository of its own."""
    for name in ("CHANGELOG.md", ".gitignore"):
        shutil.copy(ROOT / name, tmp_path / name)
    for name in (
        "script",
        "requirements",
        "frontend",
        "custom_components/voice_retention",
    ):
        shutil.copytree(
            ROOT / name,
            tmp_path / name,
            ignore=shutil.ignore_patterns("__pycache__", "node_modules", "panel.js"),
        )
    git = shutil.which("git") or "git"
    for command in (
        "init --quiet",
        "add --all",
        "-c user.name=test -c user.email=test@example.com commit --quiet -m release",
    ):
        subprocess.run(  # noqa: S603
            [git, *command.split()], cwd=tmp_path, check=True
        )
    return tmp_path


def _release(checkout: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Make a release."""
    return subprocess.run(  # noqa: S603
        [checkout / "script/release", *arguments],
        cwd=checkout,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_release_holds_the_integration_and_is_the_same_each_time(
    checkout: Path,
) -> None:
    """Its root is the integration's folder, as HACS unpacks it."""
    made = []
    for _ in range(2):
        result = _release(checkout)
        assert result.returncode == 0, result.stderr
        made.append((checkout / "dist/voice_retention.zip").read_bytes())
    assert made[0] == made[1]
    with zipfile.ZipFile(checkout / "dist/voice_retention.zip") as archive:
        files = {name for name in archive.namelist() if not name.endswith("/")}
        manifest = json.loads(archive.read("manifest.json"))
    assert manifest["domain"] == DOMAIN
    source = checkout / "custom_components/voice_retention"
    assert files == {
        str(file.relative_to(source)) for file in source.rglob("*") if file.is_file()
    }
    assert "frontend/panel.js" in files


def test_a_tag_that_is_not_the_version_makes_no_release(checkout: Path) -> None:
    """Nor a version of which the change log says nothing, nor what is not committed."""
    manifest = checkout / "custom_components/voice_retention/manifest.json"
    version = json.loads(manifest.read_text())["version"]
    assert _release(checkout, f"v{version}").returncode == 0
    assert _release(checkout, "v9.9.9").returncode == 1
    manifest.write_text(manifest.read_text().replace(version, "9.9.9"))
    assert "CHANGELOG" in _release(checkout).stderr
    manifest.write_text(manifest.read_text().replace("9.9.9", version) + "\n")
    assert "not committed" in _release(checkout).stderr


def test_the_oldest_release_is_the_one_that_is_stated() -> None:
    """HACS refuses by hacs.json, we by our own word."""
    assert json.loads((ROOT / "hacs.json").read_text())["homeassistant"] == OLDEST


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ("2026.5.4", True),
        ("2025.12.0", True),
        ("2026.6.0", False),
        ("2026.10.4", False),
        ("2027.1.0b2", False),
    ],
)
def test_older_releases_are_told_from_newer_ones(version: str, expected: bool) -> None:
    """By number, not by alphabet."""
    with patch.object(oldest_release, "__version__", version):
        assert is_too_old() is expected


async def test_it_is_not_set_up_in_an_older_home_assistant(
    hass: HomeAssistant, house: House, options: dict[str, object]
) -> None:
    """With a text that says what to do, and no guard that might be wrong."""
    entry: MockConfigEntry = await set_up_entry(house, options)
    await hass.config_entries.async_unload(entry.entry_id)
    with patch.object(oldest_release, "__version__", "2026.5.0"):
        result = await hass.config_entries.flow.async_init(
            DOMAIN, context={"source": SOURCE_USER}
        )
        assert not await hass.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.SETUP_ERROR
    assert entry.error_reason_translation_key == "home_assistant_too_old"
    # There can be only one entry, which is looked at before us.
    assert result["type"] is FlowResultType.ABORT
    await hass.config_entries.async_remove(entry.entry_id)
    with patch.object(oldest_release, "__version__", "2026.5.0"):
        result = await hass.config_entries.flow.async_init(
            DOMAIN, context={"source": SOURCE_USER}
        )
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "home_assistant_too_old"
    assert result["description_placeholders"] == {"oldest": OLDEST}
