"""Search the bytes of the recorder's SQLite database."""

from collections.abc import Collection
import json
from pathlib import Path
from typing import Final

from sqlalchemy.engine import make_url

from homeassistant.components.recorder import Recorder
from homeassistant.core import HomeAssistant

from .whole_phrases import is_telling

BLOCK: Final = 4 * 1024 * 1024
MAX_FILE: Final = 1024 * 1024 * 1024
MAX_PHRASES: Final = 100
"""Above either it would take a disk too long; the answer is then that it may be so."""


async def async_is_in_file(
    hass: HomeAssistant, instance: Recorder, phrases: Collection[str]
) -> bool:
    """Return whether one of the longer phrases may be anywhere in the database's file."""
    name = make_url(instance.db_url).database
    needles = {
        form.encode()
        for phrase in phrases
        if is_telling(phrase)
        for form in (phrase, json.dumps(phrase, ensure_ascii=False)[1:-1])
    }
    if not name or name == ":memory:" or not needles:
        return False
    return await hass.async_add_executor_job(_is_in_file, Path(name), needles)


def _is_in_file(path: Path, needles: set[bytes]) -> bool:
    """Read the file block by block, each with the end of the one before."""
    if path.stat().st_size > MAX_FILE or len(needles) > 2 * MAX_PHRASES:
        return True
    overlap = max(map(len, needles)) - 1
    tail = b""
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            block = tail + block
            if any(needle in block for needle in needles):
                return True
            tail = block[len(block) - min(overlap, len(block)) :]
    return False
