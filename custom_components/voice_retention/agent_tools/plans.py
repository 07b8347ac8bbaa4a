"""Remember what somebody was told would be deleted, until they have agreed or thought otherwise."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
import secrets
from typing import Final

from ..policy.models import Origin
from ..purge.scope import Scope

LIFETIME: Final = timedelta(minutes=2)
"""Long enough to hear the question and to answer it, and to be asked again."""


class Refusal(StrEnum):
    """Why a plan is not carried out."""

    NOT_ANSWERED_YET = "not_answered_yet"
    """The person has not spoken since: whoever confirms that is the model alone."""

    NO_SUCH_PLAN = "no_such_plan"
    """It was made elsewhere or for something else, is too old, or was carried out already."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Turn:
    """One sentence in one conversation, and whose it is."""

    satellite_key: str
    conversation_id: str
    user_id: str | None
    run_id: str

    @property
    def place(self) -> tuple[str, str, str | None]:
        """Return what the answer to a question has in common with the question."""
        return self.satellite_key, self.conversation_id, self.user_id


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """What is to be deleted if the person agrees."""

    run_id: str
    """Of the sentence that asked for it."""

    period: str
    scope: Scope
    made: datetime
    code: str = field(default_factory=lambda: secrets.token_hex(8), repr=False)


class PlanBook:
    """Know the latest plan of each conversation."""

    def __init__(self) -> None:
        """Know of none."""
        self._plans: dict[tuple[str, str, str | None], Plan] = {}

    def note(self, turn: Turn, plan: Plan) -> None:
        """Remember a plan, instead of what was planned in this conversation before."""
        self._plans = {
            place: other
            for place, other in self._plans.items()
            if plan.made - other.made <= LIFETIME
        }
        self._plans[turn.place] = plan

    def take(
        self, turn: Turn, *, code: str, period: str, now: datetime
    ) -> Plan | Refusal:
        """Give a plan away that was confirmed, only once; or say why not."""
        plan = self._plans.get(turn.place)
        if plan is None or not secrets.compare_digest(
            plan.code.encode(), code.encode()
        ):
            return Refusal.NO_SUCH_PLAN
        if plan.run_id == turn.run_id:
            return Refusal.NOT_ANSWERED_YET
        del self._plans[turn.place]
        if plan.period != period or now - plan.made > LIFETIME:
            return Refusal.NO_SUCH_PLAN
        return plan


def turn_of(origin: Origin, user_id: str | None) -> Turn | None:
    """Return the turn that a run is; none where an answer could not be told from a question."""
    if origin.run_id is None or origin.conversation_id is None:
        return None
    return Turn(
        satellite_key=origin.holder,
        conversation_id=origin.conversation_id,
        user_id=user_id,
        run_id=origin.run_id,
    )
