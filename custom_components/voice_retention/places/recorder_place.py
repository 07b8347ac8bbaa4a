"""What the two places in the recorder's database have in common."""

from abc import abstractmethod
from typing import Final, override

from homeassistant.components.recorder import Recorder
from homeassistant.components.recorder.const import SupportedDialect
from homeassistant.core import HomeAssistant

from .protocol import Place, Target
from .recorder_rows import (
    Rows,
    RowSearch,
    async_empty_log,
    async_search,
    ready_recorder,
)
from .recorder_wanted import Wanted

RESIDUES: Final[dict[SupportedDialect | None, str]] = {
    SupportedDialect.MYSQL: "recorder_mariadb_rows_and_logs",
    SupportedDialect.POSTGRESQL: "recorder_postgresql_rows_and_log",
}
"""What is left where nothing deleted is overwritten: freed rows until a repack or until the
space is used again, and the server's logs of changes until it reuses or drops them."""


class RecorderPlace(Place):
    """Rows in a table of the recorder."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Look into this Home Assistant."""
        self._hass = hass
        self._is_unfinished = False
        self._residue: str | None = None

    @property
    @override
    def residue(self) -> str | None:
        """Return what may be left of the last purge that nobody can verify."""
        return self._residue

    @override
    async def async_find(self, target: Target) -> int:
        """Count the rows."""
        instance = ready_recorder(self._hass)
        wanted = await Wanted.async_of(self._hass, target)
        rows = self._rows(wanted, target)
        if instance is None or not rows.are_sought:
            return 0
        search = RowSearch(rows, wanted, deletes=False)
        return await async_search(instance, search)

    @override
    async def async_purge(self, target: Target) -> int:
        """Delete the rows, also from where SQLite writes before it changes the database."""
        self._residue = None
        instance = ready_recorder(self._hass)
        wanted = await Wanted.async_of(self._hass, target)
        if instance is None:
            return 0
        rows = self._rows(wanted, target)
        search = RowSearch(rows, wanted, deletes=True)
        try:
            if rows.are_sought:
                await async_search(instance, search)
        finally:
            # Also a later time, if it went wrong half-way or the log could not be emptied.
            self._is_unfinished |= search.found > 0
        if self._is_unfinished:
            self._residue = RESIDUES.get(instance.dialect_name)
            if instance.dialect_name == SupportedDialect.SQLITE:
                await async_empty_log(instance)
            await self._async_check(instance, wanted, rows)
            self._is_unfinished = False
        return search.found

    @override
    async def async_verify(self, target: Target) -> int:
        """Search again."""
        return await self.async_find(target)

    @abstractmethod
    def _rows(self, wanted: Wanted, target: Target) -> Rows:
        """Return the table."""

    async def _async_check(
        self, instance: Recorder, wanted: Wanted, rows: Rows
    ) -> None:
        """Look for what deleting alone does not reach."""
