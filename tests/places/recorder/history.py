"""A real recorder with a real database."""

from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, NullPool, String, create_engine, inspect, text

from homeassistant.components.recorder import Recorder
from homeassistant.components.recorder.tasks import SynchronizeTask
from homeassistant.core import HomeAssistant

REFERENCES = (
    ("events", "data_id", "event_data", "data_id"),
    ("events", "event_type_id", "event_types", "event_type_id"),
    ("states", "attributes_id", "state_attributes", "attributes_id"),
    ("states", "metadata_id", "states_meta", "metadata_id"),
    ("states", "old_state_id", "states", "state_id"),
)
"""Which column refers to which; some databases do not watch over it."""


@dataclass(frozen=True)
class History:
    """What the recorder wrote."""

    hass: HomeAssistant
    recorder: Recorder

    async def write(self) -> None:
        """Let the recorder write everything that happened."""
        await self.hass.async_block_till_done()
        written = self.hass.loop.create_future()
        self.recorder.queue_task(SynchronizeTask(written))
        await written

    async def fire(self, event_type: str, **data: Any) -> None:
        """Let something happen."""
        self.hass.bus.async_fire(event_type, data)
        await self.write()

    async def show(self, entity_id: str, state: str, **attributes: Any) -> None:
        """Let an entity change."""
        self.hass.states.async_set(entity_id, state, attributes)
        await self.write()

    @property
    def path(self) -> Path:
        """Return the file of SQLite's database."""
        return Path(str(self._engine.url.database))

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Read from the database."""
        with self._engine.connect() as connection:
            return [tuple(row) for row in connection.execute(text(query))]

    def count(self, table: str) -> int:
        """Count the rows of a table."""
        return int(self.rows(f"SELECT count(*) FROM {table}")[0][0])  # noqa: S608

    def event_types(self) -> list[str]:
        """List the types of all events that are kept, without those of starting."""
        return [
            row[0]
            for row in self.rows(
                "SELECT event_types.event_type FROM events"
                " JOIN event_types ON events.event_type_id = event_types.event_type_id"
                " WHERE data_id IS NOT NULL ORDER BY event_id"
            )
            if row[0].startswith(("call_service", "chat_"))
        ]

    def states(self, entity_id: str) -> list[str]:
        """List the states of an entity that are kept."""
        return [
            row[0]
            for row in self.rows(
                "SELECT state FROM states"  # noqa: S608
                " JOIN states_meta ON states.metadata_id = states_meta.metadata_id"
                f" WHERE states_meta.entity_id = '{entity_id}' ORDER BY state_id"
            )
        ]

    def dangling(self) -> int:
        """Count references to rows that are gone."""
        return sum(
            self.rows(
                f"SELECT count(*) FROM {table} LEFT JOIN {other} AS other"  # noqa: S608
                f" ON {table}.{column} = other.{key}"
                f" WHERE {table}.{column} IS NOT NULL AND other.{key} IS NULL"
            )[0][0]
            for table, column, other, key in REFERENCES
        )

    def move(self, table: str, column: str, by: timedelta, where: str) -> None:
        """Let something have happened at another time."""
        with self._engine.connect() as connection:
            connection.execute(
                text(
                    f"UPDATE {table} SET {column} = {column} + {by.total_seconds()}"  # noqa: S608
                    f" WHERE {where}"
                )
            )
            connection.commit()

    def holds(self, words: str) -> bool:
        """Return whether words are in SQLite's files, or in any text of any table of another."""
        if self._engine.dialect.name == "sqlite":
            return any(
                words.encode() in file.read_bytes()
                for file in self.path.parent.glob(f"{self.path.name}*")
            )
        tables = inspect(self._engine)
        return any(
            words in str(value)
            for table in tables.get_table_names()
            for column in tables.get_columns(table)
            if isinstance(column["type"], String)
            for (value,) in self.rows(f"SELECT {column['name']} FROM {table}")  # noqa: S608
        )

    @cached_property
    def _engine(self) -> Engine:
        """Return a way to the database that is not the recorder's."""
        return create_engine(self.recorder.db_url, poolclass=NullPool)
