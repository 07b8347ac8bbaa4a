"""Reach the events that the recorder keeps.

An action that was called with a sentence ("conversation.process"), with a reply
("tts.speak", "assist_satellite.announce") or with what an automation made of it
("notify") is an event with its data; so is whatever other integrations fire. Core has no
action that deletes them; they stay for the recorder's days, ten unless changed. Data that
several events share goes with the last of them. Tried with SQLite on 2026.6.0, and with
SQLite, MariaDB and PostgreSQL on 2026.10.4 and 2026.11.0.
"""

from functools import cached_property
from itertools import batched
from typing import Any, Final, override

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from homeassistant.components.recorder import Recorder, purge
from homeassistant.components.recorder.db_schema import EventData, Events

from .protocol import Target
from .recorder_place import RecorderPlace
from .recorder_rows import Rows, within
from .recorder_wanted import Wanted, Window

DELETED_AT_ONCE: Final = 500


class RecorderEventsPlace(RecorderPlace):
    """Events with something in their data that was said."""

    key = "recorder_events"

    @override
    def _rows(self, wanted: Wanted, target: Target) -> Rows:
        """Return the events."""
        return EventRows(wanted)


class EventRows(Rows):
    """The recorder's events."""

    def __init__(self, wanted: Wanted) -> None:
        """Look for something."""
        self._wanted = wanted

    @cached_property
    def _patterns(self) -> list[str]:
        """Return what to ask the database for, once there is time to think of it."""
        return self._wanted.patterns()

    @property
    @override
    def moment(self) -> ColumnElement[Any]:
        """Return when an event was fired."""
        return Events.__table__.c.time_fired_ts

    @property
    @override
    def are_sought(self) -> bool:
        """Return whether there is anything to look for."""
        return bool(self._wanted)

    @override
    def find(self, session: Session, window: Window) -> set[int]:
        """Return the ids of the events of a time."""
        data = self._data(session, within(self.moment, window))
        if not data:
            return set()
        rows = session.execute(
            select(Events.event_id, Events.data_id, Events.time_fired_ts).where(
                *within(self.moment, window), Events.data_id.in_(data)
            )
        )
        return {
            event_id
            for event_id, data_id, moment in rows
            if not self._wanted.is_spared(moment or 0, data[data_id])
        }

    def _data(
        self, session: Session, of_window: list[ColumnElement[bool]]
    ) -> dict[int, str]:
        """Return the data of the time that holds what is looked for."""
        statement = select(EventData.data_id, EventData.shared_data).where(
            EventData.data_id.in_(select(Events.data_id).where(*of_window))
        )
        if self._patterns:
            statement = statement.where(
                or_(*(EventData.shared_data.like(like, "|") for like in self._patterns))
            )
        return {
            data_id: shared or ""
            for data_id, shared in session.execute(statement)
            if self._wanted.is_told_in(shared)
        }

    @override
    def delete(self, instance: Recorder, session: Session, ids: set[int]) -> None:
        """Delete events, and their data unless other events have the same."""
        for some in map(set, batched(ids, DELETED_AT_ONCE, strict=False)):
            data_ids = session.scalars(
                select(Events.data_id).where(Events.event_id.in_(some))
            )
            shared = {data_id for data_id in data_ids if data_id is not None}
            purge._purge_event_ids(session, some)  # noqa: SLF001
            purge._purge_unused_data_ids(instance, session, shared)  # noqa: SLF001
