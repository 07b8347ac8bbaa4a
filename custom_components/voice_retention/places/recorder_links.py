"""Keep the changes around deleted states changes.

The recorder notes with each state which one it followed, and the logbook shows a state
only if that one is there and was another: with the sentence of one satellite goes what
an entity showed next, of another. Core's purge unlinks and leaves it at that, for it takes
all that is older. Nothing but the logbook reads these links. Read on 2026.6.0, 2026.10.4
and 2026.11.0.
"""

from dataclasses import dataclass
from typing import Any, Self

from sqlalchemy import ColumnElement, ScalarSelect, or_, select, update
from sqlalchemy.orm import Session, aliased

from homeassistant.components.recorder import Recorder
from homeassistant.components.recorder.db_schema import States

_EARLIER = aliased(States, name="earlier")


@dataclass(frozen=True, slots=True)
class Links:
    """What refers to states that are about to be deleted."""

    followers: list[int]
    """States that the logbook shows as a change from one of them."""

    current: dict[str, int | None]
    """Of entities whose state now is one of them, the last state before it."""

    @classmethod
    def to(cls, instance: Recorder, session: Session, ids: set[int]) -> Self:
        """Read what refers to states."""
        followers = session.scalars(
            select(States.state_id).where(
                States.old_state_id.in_(ids),
                States.state_id.not_in(ids),
                # Else only the attributes changed, which the logbook never shows.
                or_(
                    States.last_changed_ts.is_(None),
                    States.last_changed_ts == States.last_updated_ts,
                ),
            )
        ).all()
        now = {
            state_id: entity_id
            for entity_id, state_id in _last_ids(instance).items()
            if state_id in ids
        }
        rows = session.execute(
            select(States.state_id, _before(_EARLIER.state_id.not_in(ids))).where(
                States.state_id.in_(now)
            )
        )
        return cls(list(followers), {now[state_id]: last for state_id, last in rows})

    def mend(self, instance: Recorder, session: Session) -> None:
        """Let them follow what is left, when the states are deleted.

        What follows the same text as its own was a change all the same, as it would not be
        if it followed that: so it follows the last state that was another.
        """
        rows = session.execute(
            select(States.state_id, _before(_EARLIER.state != States.state)).where(
                States.state_id.in_(self.followers)
            )
        ).all()
        if rows:
            session.execute(
                update(States),
                [
                    {"state_id": state_id, "old_state_id": before}
                    for state_id, before in rows
                ],
            )
        # The states that come next are linked by the recorder, by this.
        _last_ids(instance).update(
            (entity_id, before)
            for entity_id, before in self.current.items()
            if before is not None
        )


def _before(condition: ColumnElement[bool]) -> ScalarSelect[Any]:
    """Select of a state the last one of the same entity before it for which something is so."""
    return (
        select(_EARLIER.state_id)
        .where(
            _EARLIER.metadata_id == States.metadata_id,
            _EARLIER.last_updated_ts < States.last_updated_ts,
            condition,
        )
        .order_by(_EARLIER.last_updated_ts.desc())
        .limit(1)
        .correlate(States)
        .scalar_subquery()
    )


def _last_ids(instance: Recorder) -> dict[str, int]:
    """Return the ids of the states that were written last, by entity."""
    return instance.states_manager._last_committed_id  # noqa: SLF001
