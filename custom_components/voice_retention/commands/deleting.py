"""Delete what was said, when asked to by voice."""

import asyncio
from datetime import datetime, timedelta
from typing import Final

from homeassistant.util import dt as dt_util

from ..assist.engines import engine_name
from ..purge.receipts import Receipt
from ..purge.scope import AskedBy, Scope
from ..vault.models import LedgerFilter
from .asked import Asked
from .phrasebook import ReplyKey

PATIENCE: Final = 8.0
"""Seconds to wait for a deletion before answering: nobody stands before a satellite for longer."""

BEGINNING: Final = timedelta(seconds=1)
"""How much earlier than its entry in the ledger the traces of a sentence may begin."""


async def async_delete_last(asked: Asked) -> str:
    """Delete the sentence before this one, and everything since."""
    household, speaker = asked.household, asked.speaker
    # The sentence just before may be waiting to be stored.
    await household.keeper.async_settle()
    last = (await household.ledger.async_last_runs()).get(speaker.satellite_key)
    if last is None:
        return asked.book.reply(ReplyKey.NOTHING_TO_DELETE)
    return await _async_delete(
        asked, last.at - BEGINNING, frozenset({speaker.satellite_key})
    )


async def async_delete_today(asked: Asked) -> str:
    """Delete what was said since midnight, as the household's clocks show it."""
    return await _async_delete(asked, dt_util.start_of_local_day(), _meant(asked))


async def async_delete_week(asked: Asked) -> str:
    """Delete what was said since Monday."""
    today = dt_util.now().date()
    monday = today - timedelta(days=today.weekday())
    return await _async_delete(asked, dt_util.start_of_local_day(monday), _meant(asked))


async def async_delete_here(asked: Asked) -> str:
    """Delete whatever is kept of what was said."""
    return await _async_delete(asked, None, _meant(asked))


def _meant(asked: Asked) -> frozenset[str] | None:
    """Return whose recordings are meant; none is everybody's."""
    if asked.household.is_household_wide:
        return None
    return frozenset({asked.speaker.satellite_key})


async def _async_delete(
    asked: Asked, start: datetime | None, satellite_keys: frozenset[str] | None
) -> str:
    """Delete, and say what came of it."""
    household, book = asked.household, asked.book
    if not asked.speaker.is_administrator:
        return book.reply(ReplyKey.ADMINISTRATORS_ONLY)
    engines = await _async_engines_elsewhere(asked, start, satellite_keys)
    purge = household.hass.async_create_task(
        household.purger.async_purge(
            Scope(
                asked_by=AskedBy.VOICE,
                asked_through=asked.speaker.satellite_key,
                satellite_keys=satellite_keys,
                start=start,
            )
        ),
        "voice_retention purge by voice",
    )
    # The command itself is a sentence of a run that is still going on: its traces stay until
    # the run has ended, and the next try takes them.
    await asyncio.wait({purge}, timeout=PATIENCE)
    if not purge.done():
        return book.reply(ReplyKey.STILL_DELETING)
    if not _is_gone(purge.result()):
        return book.reply(ReplyKey.NOT_ALL_DELETED)
    if engines:
        return book.reply(ReplyKey.DELETED_ALSO_ELSEWHERE, engines=", ".join(engines))
    return book.reply(ReplyKey.DELETED)


def _is_gone(receipt: Receipt) -> bool:
    """Return whether nothing is left but what this very run still uses."""
    return all(
        result.failed is None or result.failed == "in_use" for result in receipt.places
    )


async def _async_engines_elsewhere(
    asked: Asked, start: datetime | None, satellite_keys: frozenset[str] | None
) -> list[str]:
    """Name the engines outside the home that got something of what is deleted."""
    household = asked.household
    outside = await household.ledger.async_engines_outside(
        LedgerFilter(satellite_keys=satellite_keys, start=start)
    )
    return sorted({engine_name(household.hass, engine_id) for engine_id in outside})
