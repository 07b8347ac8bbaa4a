"""What Home Assistant complained about."""

from collections.abc import Sequence
from pathlib import Path
import re

LOG_FILE = "home-assistant.log"

_LINE = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+\S* (?P<level>[A-Z]+) ")

_NOT_OURS = (
    # What Home Assistant says of itself in a house without a way to the internet and without cameras.
    r"homeassistant\.components\.(analytics|homeassistant_alerts|google_translate|met|radio_browser)\b",
    r"homeassistant\.components\.camera\.img_util",
    r"homeassistant\.components\.marketplace",
)


def complaints(log: str, *, expected: Sequence[str] = ()) -> list[str]:
    """Return the error entries of a log, tracebacks included, that match none of the expected patterns."""
    allowed = [re.compile(pattern) for pattern in (*_NOT_OURS, *expected)]
    return [
        entry
        for entry in _errors(log)
        if not any(pattern.search(entry) for pattern in allowed)
    ]


def read_log(config_folder: Path) -> str:
    """Return the log of all starts that are still kept."""
    files = (config_folder / f"{LOG_FILE}.1", config_folder / LOG_FILE)
    return "".join(file.read_text(errors="replace") for file in files if file.exists())


def _errors(log: str) -> list[str]:
    """Split a log into entries and return those that are errors or carry a traceback."""
    entries: list[list[str]] = []
    for line in log.splitlines():
        if _LINE.match(line) or not entries:
            entries.append([line])
        else:
            entries[-1].append(line)
    return ["\n".join(entry) for entry in entries if _is_error(entry)]


def _is_error(entry: list[str]) -> bool:
    match = _LINE.match(entry[0])
    level = match["level"] if match else ""
    return level in ("ERROR", "CRITICAL") or any(
        line.startswith("Traceback ") for line in entry
    )
