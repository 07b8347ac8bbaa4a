"""Delete what was said, when asked to by voice."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from homeassistant.util import dt as dt_util

from ..assist.engines import engine_name
from ..purge.receipts import Receipt
from ..purge.scope import AskedBy, Scope
from ..vault.books import LedgerFilter
from .asked import Asked, Household
from .phrasebook import ReplyKey

PATIENCE: Final = 8.0
"""Seconds to wait for a deletion before answering: nobody stands before a satellite for longer."""

BEGINNING: Final = timedelta(seconds=1)
"""How much earlier than its entry in the ledger the traces of a sentence may begin."""


class DeletionState(StrEnum):
    """How far a deletion has come when it is time to answer."""

    DELETED = "deleted"
    NOT_ALL_DELETED = "not_all_deleted"
    STILL_DELETING = "still_deleting"


@dataclass(frozen=True, kw_only=True, slots=True)
class Deletion:
    """What there is to say of a deletion."""

    state: DeletionState
    engines: tuple[str, ...]
    """Names of the engines outside the home that have something of it."""


async def async_delete_last(asked: Asked) -> str:
    """Delete the sentence before this one, and everything since."""
    key = asked.speaker.satellite_key
    start = await async_start_of_last(asked.household, key)
    if start is None:
        return asked.book.reply(ReplyKey.NOTHING_TO_DELETE)
    return await _async_delete(asked, start, frozenset({key}))


async def async_delete_today(asked: Asked) -> str:
    """Delete what was said since midnight, as the household's clocks show it."""
    return await _async_delete(asked, dt_util.start_of_local_day(), _meant(asked))


async def async_delete_week(asked: Asked) -> str:
    """Delete what was said since Monday."""
    return await _async_delete(asked, start_of_week(), _meant(asked))


async def async_delete_here(asked: Asked) -> str:
    """Delete whatever is kept of what was said."""
    return await _async_delete(asked, None, _meant(asked))


async def async_start_of_last(
    household: Household, satellite_key: str
) -> datetime | None:
    """Return when the sentence before this one began, if there was one."""
    # The sentence just before may be waiting to be stored.
    await household.keeper.async_settle()
    last = (await household.ledger.async_last_runs()).get(satellite_key)
    return None if last is None else last.at - BEGINNING


def start_of_week() -> datetime:
    """Return the moment when Monday began."""
    today = dt_util.now().date()
    return dt_util.start_of_local_day(today - timedelta(days=today.weekday()))


async def async_carry_out(household: Household, scope: Scope) -> Deletion:
    """Delete, and return what can be said of it to somebody who waits for the answer."""
    engines = await async_engines_elsewhere(household, scope)
    purge = household.hass.async_create_task(
        household.purger.async_purge(scope), "voice_retention purge by voice"
    )
    # The command itself is a sentence of a run that is still going on: its traces stay until
    # the run has ended, and the next try takes them.
    await asyncio.wait({purge}, timeout=PATIENCE)
    if not purge.done():
        state = DeletionState.STILL_DELETING
    elif _is_gone(purge.result()):
        state = DeletionState.DELETED
    else:
        state = DeletionState.NOT_ALL_DELETED
    return Deletion(state=state, engines=engines)


async def async_engines_elsewhere(
    household: Household, scope: Scope
) -> tuple[str, ...]:
    """Name the engines outside the home that got something of what is deleted."""
    outside = await household.ledger.async_engines_outside(
        LedgerFilter(
            satellite_keys=scope.satellite_keys, start=scope.start, end=scope.end
        )
    )
    return tuple(
        sorted({engine_name(household.hass, engine_id) for engine_id in outside})
    )


def _meant(asked: Asked) -> frozenset[str] | None:
    """Return whose recordings are meant; none is everybody's."""
    if asked.household.is_household_wide:
        return None
    return frozenset({asked.speaker.satellite_key})


async def _async_delete(
    asked: Asked, start: datetime | None, satellite_keys: frozenset[str] | None
) -> str:
    """Delete, and say what came of it."""
    book = asked.book
    if not asked.speaker.is_administrator:
        return book.reply(ReplyKey.ADMINISTRATORS_ONLY)
    deletion = await async_carry_out(
        asked.household,
        Scope(
            asked_by=AskedBy.VOICE,
            asked_through=asked.speaker.satellite_key,
            satellite_keys=satellite_keys,
            start=start,
        ),
    )
    if deletion.state is DeletionState.DELETED and deletion.engines:
        return book.reply(
            ReplyKey.DELETED_ALSO_ELSEWHERE, engines=", ".join(deletion.engines)
        )
    return book.reply(ReplyKey(deletion.state))


def _is_gone(receipt: Receipt) -> bool:
    """Return whether nothing is left but what this very run still uses."""
    return all(
        result.failed is None or result.failed == "in_use" for result in receipt.places
    )
