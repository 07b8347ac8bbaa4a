"""Check that the tests run enough of each module.

Usage: check_coverage.py REPORT        the JSON report of coverage.py
"""

import json
from pathlib import Path
import sys

PACKAGE = "custom_components/voice_retention/"
IN_FULL = (
    "assist/",
    "commands/",
    "config_flow.py",
    "exports/",
    "flow_steps.py",
    "forms/",
    "panel/",
    "places/",
    "policy/",
    "purge/",
    "stt.py",
    "vault/",
)
"""Where every statement must be run: what a promise hangs on."""

ELSEWHERE = 95
"""Per cent of each other module."""


def required(module: str) -> int:
    """Return the per cent of a module that must be run."""
    return 100 if module.startswith(IN_FULL) else ELSEWHERE


def find_gaps(report: Path) -> list[str]:
    """Describe each module of which too little is run."""
    files = json.loads(report.read_text())["files"]
    modules = {file.removeprefix(PACKAGE): data for file, data in files.items()}
    missing = {
        module: ", ".join(map(str, data["missing_lines"]))
        for module, data in sorted(modules.items())
        if data["summary"]["percent_covered"] < required(module)
    }
    return [
        f"{module}: {modules[module]['summary']['percent_covered']:.1f} % is run, "
        f"{required(module)} % must be; not run: {lines}"
        for module, lines in missing.items()
    ]


def main(report: Path) -> int:
    """Print what is missing."""
    gaps = find_gaps(report)
    print("\n".join(gaps) or "coverage: enough of each module is run")
    return 1 if gaps else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
