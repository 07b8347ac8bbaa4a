"""The files that Home Assistant and the Marketplace read before any of our code runs."""

import ast
import json
from pathlib import Path
import re
import struct
from typing import Any

from awesomeversion import AwesomeVersion, AwesomeVersionStrategy
import pytest
import yaml

from custom_components.voice_retention.const import DOMAIN
import homeassistant.components as core_components
from homeassistant.components.brands.const import ALLOWED_IMAGES
from homeassistant.const import Platform
from tests.dialogs import INTEGRATION

ROOT = INTEGRATION.parents[1]
CORE = Path(core_components.__path__[0])
MANIFEST: dict[str, Any] = json.loads((INTEGRATION / "manifest.json").read_text())
RULES: dict[str, Any] = yaml.safe_load(
    (INTEGRATION / "quality_scale.yaml").read_text()
)["rules"]

LOADS_US = {"diagnostics", "llm", "repairs", "system_health"}
"""Components that look for a module of ours, so that they are there when it is imported."""


def test_the_manifest_is_in_the_order_that_home_assistant_wants() -> None:
    """Home Assistant's validator refuses any other."""
    keys = list(MANIFEST)
    assert keys == ["domain", "name", *sorted(keys[2:])]


def test_the_manifest_is_ours() -> None:
    """Home Assistant loads a folder by the domain in its manifest."""
    assert MANIFEST["domain"] == INTEGRATION.name == DOMAIN
    assert MANIFEST["config_flow"] is True
    assert MANIFEST["single_config_entry"] is True
    assert all(owner.startswith("@") for owner in MANIFEST["codeowners"])


def test_the_version_can_be_loaded_and_is_in_the_changelog() -> None:
    """Home Assistant blocks a custom integration whose version it does not understand."""
    version = MANIFEST["version"]
    AwesomeVersion(version, ensure_strategy=AwesomeVersionStrategy.SEMVER)
    assert f"## {version}\n" in (ROOT / "CHANGELOG.md").read_text()


def test_every_component_that_is_imported_is_declared() -> None:
    """Otherwise it may not be there yet when we are set up, or never."""
    declared = {*MANIFEST["dependencies"], *MANIFEST["after_dependencies"]}
    waiting = list(MANIFEST["dependencies"])
    while waiting:
        manifest = CORE / waiting.pop() / "manifest.json"
        new = set(json.loads(manifest.read_text()).get("dependencies", [])) - declared
        declared |= new
        waiting += new
    assert imported_components() <= {*declared, *LOADS_US, *Platform}


@pytest.mark.parametrize(
    "component", [*MANIFEST["dependencies"], *MANIFEST["after_dependencies"]]
)
def test_every_declared_component_exists(component: str) -> None:
    """Home Assistant does not set up what depends on something unknown."""
    assert (CORE / component / "manifest.json").is_file()


def test_the_oldest_home_assistant_is_the_one_that_is_tested() -> None:
    """What is not tested should not be promised."""
    oldest = json.loads((ROOT / "hacs.json").read_text())["homeassistant"]
    series = ".".join(oldest.split(".")[:2])
    tested = (ROOT / "requirements" / f"ha-{series}.txt").read_text()
    assert f"homeassistant=={oldest}\n" in tested


def test_the_address_of_the_project_is_written_in_few_places() -> None:
    """It will change once there is a public one."""
    address = MANIFEST["documentation"].removeprefix("https://")
    files = (file for file in INTEGRATION.rglob("*") if file.is_file())
    assert [file.name for file in files if address.encode() in file.read_bytes()] == [
        "manifest.json"
    ]


@pytest.mark.parametrize("name", sorted(ALLOWED_IMAGES))
def test_every_picture_is_there_in_its_size(name: str) -> None:
    """Home Assistant shows a placeholder for a picture that is missing."""
    header = (INTEGRATION / "brand" / name).read_bytes()[:24]
    assert header.startswith(b"\x89PNG")
    width, height = struct.unpack(">II", header[16:24])
    assert height == (512 if "@2x" in name else 256)
    assert (width == height) == ("icon" in name)


def test_no_other_picture_is_there() -> None:
    """Home Assistant would not show it."""
    assert {file.name for file in (INTEGRATION / "brand").iterdir()} == ALLOWED_IMAGES


def test_the_quality_scale_answers_every_rule() -> None:
    """There are 54 of them; an exemption without a reason is none."""
    assert len(RULES) == 54
    for rule, answer in RULES.items():
        if isinstance(answer, str):
            assert answer in {"done", "todo"}, rule
        else:
            assert answer["status"] in {"exempt", "todo"}, rule
            assert answer["comment"], rule


def test_the_quality_scale_claims_no_more_than_it_answers() -> None:
    """The manifest's word must be earned."""
    is_complete = all(
        answer == "done" or "status" in answer for answer in RULES.values()
    )
    has_todo = any("todo" in str(answer) for answer in RULES.values())
    assert MANIFEST["quality_scale"] == "platinum"
    assert is_complete
    assert not has_todo


def imported_components() -> set[str]:
    """Return the components of Home Assistant that our code imports."""
    found: set[str] = set()
    for file in INTEGRATION.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.ImportFrom) and (module := node.module):
                names = [f"{module}.{name.name}" for name in node.names]
            elif isinstance(node, ast.Import):
                names = [name.name for name in node.names]
            else:
                continue
            for name in names:
                if match := re.match(r"homeassistant\.components\.(\w+)", name):
                    found.add(match[1])
    return found
