"""Let a model delete what somebody said, once they have agreed to it in a sentence of their own."""

from collections.abc import Collection, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, override

import voluptuous as vol

from homeassistant.util import dt as dt_util
from homeassistant.util.json import JsonObjectType

from ..commands.asked import Household
from ..commands.deleting import (
    async_carry_out,
    async_engines_elsewhere,
    async_start_of_last,
    start_of_week,
)
from ..commands.phrasebook import VoiceCommand
from ..const import DOMAIN
from ..data import VoiceRetentionData
from ..purge.scope import AskedBy, Scope
from ..vault.models import RecordingFilter
from .base import REFUSED, Asked, VoiceTool, annotations
from .plans import Plan, Refusal, Turn
from .reading import moment

ATTR_CONFIRMATION = "confirmation"
ATTR_PERIOD = "period"


class Period(StrEnum):
    """What can be deleted, as the voice commands have it too."""

    LAST_SENTENCE = "last_sentence"
    TODAY = "today"
    THIS_WEEK = "this_week"
    EVERYTHING = "everything"


PERIODS: Final[Mapping[Period, VoiceCommand]] = {
    Period.LAST_SENTENCE: VoiceCommand.DELETE_LAST,
    Period.TODAY: VoiceCommand.DELETE_TODAY,
    Period.THIS_WEEK: VoiceCommand.DELETE_WEEK,
    Period.EVERYTHING: VoiceCommand.DELETE_HERE,
}
"""Which command a household takes out so that this cannot be asked for."""


class DeleteRecordings(VoiceTool):
    """Say what would be deleted; delete that when it was agreed to in a later sentence."""

    name = f"{DOMAIN}__delete_recordings"
    title = "Delete voice recordings"
    description = (
        "Deletes for good what is kept of what was said at the satellite that the user is"
        " speaking to. Call it without a confirmation first: nothing is deleted then. Tell"
        " the user what would be deleted and where it cannot be deleted, ask whether to go"
        " on, and end your turn. Only if the user agrees in their next sentence, call it"
        " again with the same period and the confirmation that you were given."
    )
    annotations = annotations(read_only=False)

    def __init__(self, periods: Collection[Period]) -> None:
        """Take what may be asked for."""
        self.parameters = vol.Schema(
            {
                vol.Required(ATTR_PERIOD, description="What to delete"): vol.In(
                    [period.value for period in periods]
                ),
                vol.Optional(
                    ATTR_CONFIRMATION,
                    description="From the answer to an earlier call; never made up",
                ): str,
            }
        )

    @override
    def command(self, arguments: Mapping[str, Any]) -> VoiceCommand:
        """Return the voice command that does the same."""
        return PERIODS[Period(arguments[ATTR_PERIOD])]

    @override
    async def _async_use(self, asked: Asked) -> JsonObjectType:
        """Plan or delete."""
        data, turn = asked.data, asked.turn
        if turn is None:
            return {REFUSED: Refusal.NO_SUCH_PLAN}
        period = Period(asked.arguments[ATTR_PERIOD])
        # Some models send an empty text where they mean none.
        if not (code := asked.arguments.get(ATTR_CONFIRMATION)):
            return await _async_plan(data, turn, period)
        plan = data.plans.take(turn, code=code, period=period, now=dt_util.utcnow())
        if isinstance(plan, Refusal):
            return {REFUSED: plan}
        deletion = await async_carry_out(data.household, plan.scope)
        return {
            "result": deletion.state,
            "cannot_be_deleted_at": [*deletion.engines],
        }


async def _async_plan(
    data: VoiceRetentionData, turn: Turn, period: Period
) -> JsonObjectType:
    """Say what would be deleted, and give the code that confirms just that."""
    now = dt_util.utcnow()
    start = await _async_start(data.household, turn.satellite_key, period)
    if start is None and period is Period.LAST_SENTENCE:
        return {REFUSED: "nothing_to_delete"}
    scope = _scope(turn, start, now)
    plan = Plan(run_id=turn.run_id, period=period, scope=scope, made=now)
    data.plans.note(turn, plan)
    return {
        "result": "nothing_deleted_yet",
        "would_delete": await _async_count(data.household, scope),
        "cannot_be_deleted_at": [*await async_engines_elsewhere(data.household, scope)],
        ATTR_CONFIRMATION: plan.code,
    }


async def _async_start(
    household: Household, satellite_key: str, period: Period
) -> datetime | None:
    """Return when the period began; none is ever since."""
    match period:
        case Period.LAST_SENTENCE:
            return await async_start_of_last(household, satellite_key)
        case Period.TODAY:
            return dt_util.start_of_local_day()
        case Period.THIS_WEEK:
            return start_of_week()
        case Period.EVERYTHING:
            return None


async def _async_count(household: Household, scope: Scope) -> JsonObjectType:
    """Count what is stored and not held, this very sentence not yet among it."""
    await household.keeper.async_settle()
    found = await household.storage.async_find(
        RecordingFilter(
            satellite_keys=scope.satellite_keys,
            start=scope.start,
            end=scope.end,
            not_held_at=scope.end,
        )
    )
    moments = [item.created for item in found]
    return {
        "recordings": len(found),
        "oldest": moment(min(moments, default=None)),
        "newest": moment(max(moments, default=None)),
    }


def _scope(turn: Turn, start: datetime | None, now: datetime) -> Scope:
    """Return what a plan is about: this satellite until now, not what is said later."""
    return Scope(
        asked_by=AskedBy.VOICE,
        asked_through=turn.satellite_key,
        satellite_keys=frozenset({turn.satellite_key}),
        start=start,
        end=now,
    )
