"""Say by voice what is kept, what was heard and who heard it."""

from ..assist.engines import engine_name
from ..policy.choices import KEEP_LIMITS, Keep
from ..policy.models import Locality
from ..policy.rules import keeps_nothing, rule_for_key
from ..vault.models import RecordingFilter
from .asked import Asked
from .phrasebook import ReplyKey

_WHO = {
    Locality.LOCAL: ReplyKey.WHO_LOCAL,
    Locality.CLOUD: ReplyKey.WHO_CLOUD,
    Locality.UNPROVEN: ReplyKey.WHO_UNPROVEN,
}


async def async_what_kept(asked: Asked) -> str:
    """Say how many recordings there are of this satellite, and how long new ones are kept."""
    await asked.household.keeper.async_settle()
    totals = await asked.household.storage.async_totals()
    count = totals.by_satellite.get(asked.speaker.satellite_key, 0)
    return asked.book.reply(
        ReplyKey.KEPT if count else ReplyKey.KEPT_NOTHING,
        count=count,
        limit=asked.book.limits[_limit(asked)],
    )


def _limit(asked: Asked) -> Keep:
    """Return how long something that is said here now is kept at the longest."""
    settings = asked.household.settings.current
    if keeps_nothing(settings):
        return Keep.NEVER
    rule = rule_for_key(settings, asked.speaker.satellite_key)
    longest = max(rule.keep_audio, rule.keep_transcript)
    return next(keep for keep, limit in KEEP_LIMITS.items() if limit == longest)


async def async_what_heard(asked: Asked) -> str:
    """Repeat the sentence before this one, to whoever stands where it was said.

    An app is not such a place: what others said into theirs is kept under the same name.
    """
    if not asked.speaker.is_satellite:
        return asked.book.reply(ReplyKey.HEARD_NOT_ALOUD)
    household, key = asked.household, asked.speaker.satellite_key
    await household.keeper.async_settle()
    last = (await household.ledger.async_last_runs()).get(key)
    if last is None or last.run_id is None:
        return asked.book.reply(ReplyKey.HEARD_NOTHING)
    found = await household.storage.async_find(
        RecordingFilter(satellite_keys=(key,), start=last.at, end=None)
    )
    ids = [item.recording_id for item in found if item.run_id == last.run_id]
    for text in (await household.storage.async_read_text(ids)).values():
        if text.transcript:
            return asked.book.reply(ReplyKey.HEARD, text=text.transcript)
    return asked.book.reply(ReplyKey.HEARD_NOTHING)


async def async_who_heard(asked: Asked) -> str:
    """Name the engine that heard the sentence before this one, and where it works."""
    await asked.household.keeper.async_settle()
    runs = await asked.household.ledger.async_last_runs()
    last = runs.get(asked.speaker.satellite_key)
    if last is None or last.engine_id is None:
        return asked.book.reply(ReplyKey.WHO_NOBODY)
    return asked.book.reply(
        _WHO[last.locality or Locality.UNPROVEN],
        engine=engine_name(asked.household.hass, last.engine_id),
    )
