"""Reach the logs, where somebody had debug logging on.

Sentences are in "home-assistant.log" and those rotated from it at debug level, and in the
memory of the system log when they are part of a warning. They are replaced by "[deleted]",
the rest of the line stays. The file is edited where it is; a link, a device or a file of
somebody else is not ours to edit. What went to the console went to whoever collects it.
Tried on 2026.6.0, 2026.10.4 and 2026.11.0.
"""

import logging
from pathlib import Path
from typing import Final, override

from homeassistant.components.system_log import LogErrorHandler
from homeassistant.const import KEY_DATA_LOGGING
from homeassistant.core import HomeAssistant

from .log_files import (
    COMPRESSED,
    count_in_file,
    files_of,
    log_handlers,
    redact_file,
    remove_leftovers,
    wait_for_queues,
)
from .log_redaction import LogRedaction
from .protocol import Place, Target
from .recorder_wanted import Wanted

LOG_NAME: Final = "home-assistant.log"
SYSTEM_LOG: Final = "system_log"

RESIDUE_COMPRESSED: Final = "compressed_logs"
"""Rotated logs that something else packed; they are neither searched nor edited."""

RESIDUE_CONSOLE: Final = "console_log"
"""The same lines went to the console, which a container or the system may keep."""


class LogsPlace(Place):
    """Log files, and the warnings that Home Assistant shows."""

    key = "logs"

    def __init__(self, hass: HomeAssistant) -> None:
        """Look into this Home Assistant."""
        self._hass = hass
        self._residue: str | None = None

    @property
    @override
    def residue(self) -> str | None:
        """Return what may be left of the last purge that nobody can verify."""
        return self._residue

    @override
    async def async_find(self, target: Target) -> int:
        """Count the records."""
        if not (wanted := await Wanted.async_of(self._hass, target)):
            return 0
        return await self._hass.async_add_executor_job(self._count, wanted)

    @override
    async def async_purge(self, target: Target) -> int:
        """Redact the records."""
        self._residue = None
        if not (wanted := await Wanted.async_of(self._hass, target)):
            return 0
        redacted = await self._hass.async_add_executor_job(self._redact, wanted)
        if redacted and _has_console():
            self._residue = RESIDUE_CONSOLE
        if await self._hass.async_add_executor_job(self._has_compressed):
            self._residue = RESIDUE_COMPRESSED
        return redacted

    @override
    async def async_verify(self, target: Target) -> int:
        """Read the logs again."""
        return await self.async_find(target)

    def _count(self, wanted: Wanted) -> int:
        """Count the records of files and memory."""
        redaction = LogRedaction(wanted)
        wait_for_queues()
        in_files = sum(
            count_in_file(path, redaction.redact_record) for path in self._files()
        )
        return in_files + _edit_memory(self._memory(), redaction, is_dry=True)

    def _redact(self, wanted: Wanted) -> int:
        """Redact the records of files and memory."""
        redaction = LogRedaction(wanted)
        wait_for_queues()
        in_memory = _edit_memory(self._memory(), redaction, is_dry=False)
        return in_memory + sum(
            redact_file(path, redaction.redact_record) for path in self._files()
        )

    def _logs(self) -> set[Path]:
        """Return where the log is, and where it would be if nobody had said otherwise."""
        logs = {Path(self._hass.config.path(LOG_NAME))}
        if told := self._hass.data.get(KEY_DATA_LOGGING):
            logs.add(Path(told))
        return logs

    def _files(self) -> list[Path]:
        """List all log files, as they are after an edit that was interrupted."""
        for log in self._logs():
            remove_leftovers(log)
        return sorted({path for log in self._logs() for path in files_of(log)})

    def _has_compressed(self) -> bool:
        """Return whether some logs are packed."""
        return any(
            path.suffix in COMPRESSED
            for log in self._logs()
            for path in log.parent.glob(f"{log.name}.*")
        )

    def _memory(self) -> LogErrorHandler | None:
        """Return what keeps warnings and errors."""
        memory: LogErrorHandler | None = self._hass.data.get(SYSTEM_LOG)
        return memory


def _edit_memory(
    memory: LogErrorHandler | None, redaction: LogRedaction, *, is_dry: bool
) -> int:
    """Redact what is kept in memory, unless dry; return how many records had to be."""
    if memory is None:
        return 0
    changed = 0
    memory.acquire()
    try:
        for entry in memory.records.values():
            texts = [*entry.message, entry.exception]
            edited = [
                redaction.redact(text, logger=entry.name, moments=(entry.timestamp,))
                for text in texts
            ]
            changed += edited != texts
            if not is_dry:
                entry.message.clear()
                entry.message.extend(edited[:-1])
                entry.exception = edited[-1]
    finally:
        memory.release()
    return changed


def _has_console() -> bool:
    """Return whether Home Assistant logs to the console too."""
    return any(type(handler) is logging.StreamHandler for handler in log_handlers())
