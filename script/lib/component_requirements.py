"""Print what the listed Home Assistant components need to start, read from their manifests.

Usage: component_requirements.py HOMEASSISTANT_FOLDER COMPONENTS_FILE
"""

import json
from pathlib import Path
import sys
from typing import Any


def read_components(file: Path) -> list[str]:
    """Return the component names in a file of one name per line."""
    lines = (line.strip() for line in file.read_text().splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def read_manifests(core: Path) -> dict[str, dict[str, Any]]:
    """Return the manifest of every component of this release."""
    files = core.glob("components/*/manifest.json")
    return {file.parent.name: json.loads(file.read_text()) for file in files}


def collect_requirements(
    manifests: dict[str, dict[str, Any]], components: list[str]
) -> set[str]:
    """Return the requirements of components and of all they depend on."""
    requirements: set[str] = set()
    seen: set[str] = set()
    waiting = list(components)
    while waiting:
        component = waiting.pop()
        # Releases differ: a component listed for one may not exist in another.
        if component in seen or component not in manifests:
            continue
        seen.add(component)
        manifest = manifests[component]
        requirements.update(manifest.get("requirements", []))
        waiting += manifest.get("dependencies", [])
    return requirements


def main(core: Path, components_file: Path) -> None:
    """Print one requirement per line."""
    manifests = read_manifests(core)
    # Home Assistant sets up all entity components at each start, configured or not.
    entity_components = [
        name
        for name, manifest in manifests.items()
        if manifest.get("integration_type") == "entity"
    ]
    components = read_components(components_file) + entity_components
    print("\n".join(sorted(collect_requirements(manifests, components))))


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
