"""Reach the states that the recorder keeps.

Core's own entities hold no sentence; those of other integrations do ("last transcript",
a chat's answer in an attribute), for the recorder's days. They are found by their text,
or because the household named the entity.
An entity that goes on showing a sentence is followed until it shows something else; what
it shows now is not deleted from it, and the recorder writes it again with its next change.
Statistics are left. Tried with SQLite on 2026.6.0, and with SQLite, MariaDB and PostgreSQL
on 2026.10.4 and 2026.11.0.
"""

from collections.abc import Collection, Iterable
from functools import cached_property
from itertools import batched
from typing import Any, Final, override

from sqlalchemy import ColumnElement, Row, Select, or_, select
from sqlalchemy.orm import Session

from homeassistant.components.recorder import Recorder, purge
from homeassistant.components.recorder.db_schema import (
    StateAttributes,
    States,
    StatesMeta,
)
from homeassistant.core import HomeAssistant

from .protocol import Target
from .recorder_chosen import Chosen
from .recorder_file import async_is_in_file
from .recorder_links import Links
from .recorder_place import RecorderPlace
from .recorder_rows import Rows, within
from .recorder_wanted import Wanted, Window

RESIDUE_FREE_SPACE: Final = "recorder_free_space"
"""The words are still in SQLite's file: in other rows, or in space that was freed when
the recorder changed a row, before anybody asked to delete it. A repack tells, and helps."""

DELETED_AT_ONCE: Final = 500
FOLLOWED: Final = 1000
"""Changes of an entity after a sentence that are looked through for it."""

type StateRow = Row[Any]


class RecorderStatesPlace(RecorderPlace):
    """States that are, or have in an attribute, something that was said."""

    key = "recorder_states"

    def __init__(self, hass: HomeAssistant, chosen: Collection[str] = ()) -> None:
        """Look also at entities that the household named as showing sentences."""
        super().__init__(hass)
        self._chosen = chosen

    @override
    def _rows(self, wanted: Wanted, target: Target) -> Rows:
        """Return the states."""
        return StateRows(wanted, Chosen.of(self._hass, self._chosen, target))

    @override
    async def _async_check(
        self, instance: Recorder, wanted: Wanted, rows: Rows
    ) -> None:
        """Look for copies of states that changing a row left in the file."""
        if instance.dialect_name == "sqlite" and await async_is_in_file(
            self._hass, instance, wanted.phrases.cores
        ):
            self._residue = RESIDUE_FREE_SPACE


class StateRows(Rows):
    """The recorder's states."""

    def __init__(self, wanted: Wanted, chosen: Chosen) -> None:
        """Look for something."""
        self._wanted = wanted
        self._chosen = chosen

    @cached_property
    def _patterns(self) -> list[str]:
        """Return what to ask the database for, once there is time to think of it."""
        return self._wanted.patterns()

    @property
    @override
    def moment(self) -> ColumnElement[Any]:
        """Return when a state was written."""
        return States.__table__.c.last_updated_ts

    @property
    @override
    def are_sought(self) -> bool:
        """Return whether there is anything to look for."""
        return bool(self._wanted) or bool(self._chosen)

    @override
    def find(self, session: Session, window: Window) -> set[int]:
        """Return the ids of the states of a time, and of what they were followed by."""
        of_window = within(self.moment, window)
        found = self._meant(session, of_window) if self._wanted else []
        found += self._shown(session, of_window)
        ids = {row.state_id for row in found}
        if self._wanted.is_exact:
            last = {
                row.metadata_id: row.last_updated_ts
                for row in sorted(found, key=lambda row: row.last_updated_ts)
            }
            for metadata_id, moment in last.items():
                ids |= self._following(session, metadata_id, moment)
        return ids

    def _meant(
        self, session: Session, conditions: list[ColumnElement[bool]]
    ) -> list[StateRow]:
        """Return the rows that hold what is looked for."""
        attributes = self._attributes(session, conditions)
        statement = _rows().where(*conditions)
        if self._patterns:
            statement = statement.where(
                or_(
                    States.attributes_id.in_(attributes),
                    *(States.state.like(like, "|") for like in self._patterns),
                )
            )
        return [
            row
            for row in session.execute(statement)
            if self._is_meant(row, attributes.get(row.attributes_id))
        ]

    def _shown(
        self, session: Session, conditions: list[ColumnElement[bool]]
    ) -> list[StateRow]:
        """Return the rows of the chosen entities that are what was said."""
        if not self._chosen.entity_ids:
            return []
        statement = _rows_with_attributes().where(
            *conditions, StatesMeta.entity_id.in_(self._chosen.entity_ids)
        )
        return [row for row in session.execute(statement) if self._is_shown(row)]

    def _is_shown(self, row: StateRow) -> bool:
        """Return whether a row of a chosen entity is wanted."""
        moment = row.last_updated_ts or 0
        if self._wanted.is_spared(moment, row.state, row.shared_attrs):
            return False
        return self._chosen.goes_whole(
            row.entity_id, moment
        ) or self._wanted.is_transcript(row.state, row.shared_attrs)

    def _following(self, session: Session, metadata_id: int, moment: float) -> set[int]:
        """Return the states after a moment in which an entity still shows a sentence."""
        ids: set[int] = set()
        statement = (
            _rows_with_attributes()
            .where(States.metadata_id == metadata_id, self.moment > moment)
            .order_by(self.moment)
            .limit(FOLLOWED)
        )
        for row in session.execute(statement):
            told = self._wanted.is_told_in(row.shared_attrs)
            if not self._is_meant(row, row.shared_attrs if told else None) and not (
                row.entity_id in self._chosen.entity_ids and self._is_shown(row)
            ):
                break
            ids.add(row.state_id)
        return ids

    def _is_meant(self, row: StateRow, told: str | None) -> bool:
        """Return whether a row is wanted, given its attributes if they tell."""
        if told is None and not self._wanted.is_state(row.state, row.entity_id):
            return False
        return not self._wanted.is_spared(row.last_updated_ts or 0, told, row.state)

    def _attributes(
        self, session: Session, conditions: Iterable[ColumnElement[bool]]
    ) -> dict[int | None, str]:
        """Return the attributes of the time that hold what is looked for."""
        statement = select(
            StateAttributes.attributes_id, StateAttributes.shared_attrs
        ).where(
            StateAttributes.attributes_id.in_(
                select(States.attributes_id).where(*conditions)
            )
        )
        if self._patterns:
            statement = statement.where(
                or_(
                    *(
                        StateAttributes.shared_attrs.like(like, "|")
                        for like in self._patterns
                    )
                )
            )
        return {
            attributes_id: shared or ""
            for attributes_id, shared in session.execute(statement)
            if self._wanted.is_told_in(shared)
        }

    @override
    def delete(self, instance: Recorder, session: Session, ids: set[int]) -> None:
        """Delete states, and their attributes unless other states have the same."""
        for some in map(set, batched(ids, DELETED_AT_ONCE, strict=False)):
            attributes_ids = session.scalars(
                select(States.attributes_id).where(States.state_id.in_(some))
            )
            shared = {
                shared_id for shared_id in attributes_ids if shared_id is not None
            }
            links = Links.to(instance, session, some)
            purge._purge_state_ids(instance, session, some)  # noqa: SLF001
            links.mend(instance, session)
            purge._purge_unused_attributes_ids(  # noqa: SLF001
                instance, session, shared
            )


def _rows() -> Select[Any]:
    """Select what is needed of states."""
    return select(
        States.state_id,
        States.state,
        States.attributes_id,
        States.metadata_id,
        States.last_updated_ts,
        StatesMeta.entity_id,
    ).outerjoin(StatesMeta, States.metadata_id == StatesMeta.metadata_id)


def _rows_with_attributes() -> Select[Any]:
    """Select the attributes of states too."""
    return (
        _rows()
        .add_columns(StateAttributes.shared_attrs)
        .outerjoin(
            StateAttributes, States.attributes_id == StateAttributes.attributes_id
        )
    )
