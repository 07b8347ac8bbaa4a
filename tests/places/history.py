"""A real recorder with its database in a file, and what is to be deleted from it."""

from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
import sqlite3
from typing import Any

from custom_components.voice_retention.places.protocol import Target
from custom_components.voice_retention.places.trail import Trail
from custom_components.voice_retention.policy.models import (
    ALL_CONTENT,
    AudioFormat,
    Content,
    OriginKind,
    Outcome,
    Route,
)
from custom_components.voice_retention.vault.models import StoredRecording
from homeassistant.components.recorder import Recorder
from homeassistant.components.recorder.tasks import SynchronizeTask
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

KITCHEN_WORDS = "tell me about the purple walrus"
KITCHEN_REPLY = "The purple walrus says hello to you"
BEDROOM_WORDS = "tell me about the orange giraffe"


@dataclass(frozen=True)
class History:
    """What the recorder wrote."""

    hass: HomeAssistant
    recorder: Recorder
    path: Path

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

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Read from the database."""
        with closing(sqlite3.connect(self.path)) as connection:
            return connection.execute(query).fetchall()

    def count(self, table: str) -> int:
        """Count the rows of a table."""
        return int(self.rows(f"SELECT count(*) FROM {table}")[0][0])  # noqa: S608

    def event_types(self) -> list[str]:
        """List the types of all events that are kept, without those of starting."""
        return [
            row[0]
            for row in self.rows(
                "SELECT event_types.event_type FROM events JOIN event_types USING (event_type_id)"
                " WHERE data_id IS NOT NULL ORDER BY event_id"
            )
            if row[0].startswith(("call_service", "chat_"))
        ]

    def states(self, entity_id: str) -> list[str]:
        """List the states of an entity that are kept."""
        return [
            row[0]
            for row in self.rows(
                "SELECT state FROM states JOIN states_meta USING (metadata_id)"  # noqa: S608
                f" WHERE states_meta.entity_id = '{entity_id}' ORDER BY state_id"
            )
        ]

    def dangling(self) -> int:
        """Count references to rows that are gone."""
        return len(self.rows("PRAGMA foreign_key_check"))

    def move(self, table: str, column: str, by: timedelta, where: str) -> None:
        """Let something have happened at another time."""
        with closing(sqlite3.connect(self.path)) as connection:
            connection.execute(
                f"UPDATE {table} SET {column} = {column} + {by.total_seconds()}"  # noqa: S608
                f" WHERE {where}"
            )
            connection.commit()

    def holds(self, words: str) -> bool:
        """Return whether words are anywhere in the files of the database."""
        return any(
            words.encode() in file.read_bytes()
            for file in self.path.parent.glob(f"{self.path.name}*")
        )


def said(
    *transcripts: str,
    responses: Iterable[str] = (),
    contents: frozenset[Content] = ALL_CONTENT,
    satellite_ids: frozenset[str] | None = None,
    start: datetime | None = None,
    end: datetime | None = None,
    spared_runs: frozenset[str] = frozenset(),
) -> Target:
    """Return a target: what was said in a time."""
    return Target(
        recordings=(),
        contents=contents,
        satellite_ids=satellite_ids,
        includes_other_clients=satellite_ids is None,
        start=start,
        end=end,
        is_exact=False,
        spared_runs=spared_runs,
        trail=Trail(transcripts=frozenset(transcripts), responses=frozenset(responses)),
    )


def said_at(*moments: datetime, words: Iterable[str]) -> Target:
    """Return a target: recordings of certain moments."""
    return Target(
        recordings=tuple(map(recording, moments)),
        contents=ALL_CONTENT,
        satellite_ids=None,
        includes_other_clients=True,
        start=None,
        end=None,
        is_exact=True,
        spared_runs=frozenset(),
        trail=Trail(transcripts=frozenset(words)),
    )


def recording(created: datetime | None = None) -> StoredRecording:
    """Return a recording of a moment."""
    return StoredRecording(
        recording_id="recording",
        created=created or dt_util.utcnow(),
        satellite_key="kitchen",
        origin_kind=OriginKind.SATELLITE,
        origin_key="kitchen",
        satellite_id="assist_satellite.kitchen",
        device_id="kitchen",
        pipeline_id="pipeline",
        run_id="run",
        conversation_id="conversation",
        pipeline_engine_id="stt.cloud_speech",
        engine_id="stt.cloud_speech",
        locality=None,
        route=Route.ENGINE,
        reasons=(),
        language="en",
        audio_format=AudioFormat(
            format="wav", codec="pcm", bit_rate=16, sample_rate=16000, channels=1
        ),
        audio_seconds=0.16,
        audio_bytes=5120,
        is_truncated=False,
        outcome=Outcome.OK,
        audio_expires=None,
        text_expires=None,
        held_until=None,
        contents=ALL_CONTENT,
        size=0,
    )
