"""Read an archive for whoever takes it away."""

from contextlib import suppress
from typing import Final

from homeassistant.core import HomeAssistant

from .models import Export
from .spool import SpoolGoneError


class Download:
    """One attempt to take an archive away."""

    def __init__(self, hass: HomeAssistant, export: Export) -> None:
        """Begin at the beginning."""
        self._hass = hass
        self._number = export.attempts
        self._position = 0
        self.export: Final = export
        self.size: Final = export.spool.size

    async def async_read(self) -> bytes | None:
        """Return what comes next, or none if this attempt must not go on."""
        if self.export.is_discarded or self._number != self.export.attempts:
            return None
        if self._position >= self.size:
            return b""
        with suppress(SpoolGoneError, OSError):
            chunk = await self._hass.async_add_executor_job(
                self.export.spool.read, self._position
            )
            self._position += len(chunk)
            return chunk
        return None
