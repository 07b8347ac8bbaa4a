"""Tell a model how much is kept of whoever is speaking, and who heard them."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, override

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
from homeassistant.util.json import JsonObjectType, JsonValueType

from ..assist.engines import engine_name
from ..commands.asked import Household
from ..commands.phrasebook import VoiceCommand
from ..const import DOMAIN
from ..policy.choices import KEEP_LIMITS, NEVER, Rule
from ..policy.models import Content, Locality
from ..policy.rules import keeps_nothing, rule_for_key
from ..vault.books import LedgerEntry, LedgerFilter
from ..vault.models import RecordingFilter
from .base import Asked, VoiceTool, annotations


class WhatIsKept(VoiceTool):
    """Say how much is kept, and for how long."""

    name = f"{DOMAIN}__what_is_kept"
    title = "What is kept of a voice"
    description = (
        "Tells how many voice recordings are kept of the satellite that the user is speaking"
        " to, from when they are, how long new ones are kept, and whether voice and"
        " transcripts stay at home. It never tells what was said."
    )
    annotations = annotations(read_only=True)

    @override
    def command(self, arguments: Mapping[str, Any]) -> VoiceCommand:
        """Return the voice command that does the same."""
        return VoiceCommand.WHAT_KEPT

    @override
    async def _async_use(self, asked: Asked) -> JsonObjectType:
        """Count, and read the settings."""
        data, key = asked.data, asked.satellite_key
        await data.keeper.async_settle()
        found = await data.storage.async_find(RecordingFilter(satellite_keys=(key,)))
        moments = [item.created for item in found]
        settings = data.settings.current
        rule = rule_for_key(settings, key)
        is_dropped = keeps_nothing(settings)
        return {
            "recordings": len(found),
            "oldest": moment(min(moments, default=None)),
            "newest": moment(max(moments, default=None)),
            "new_recordings_are_kept": _limit(NEVER if is_dropped else rule.keep_audio),
            "new_transcripts_are_kept": _limit(
                NEVER if is_dropped else rule.keep_transcript
            ),
            **_protection(rule),
            "guest_mode": settings.guest_mode,
        }


class WhoHeardMe(VoiceTool):
    """Say which engines got what was said last, and where those work."""

    name = f"{DOMAIN}__who_heard_me"
    title = "Who heard a voice"
    description = (
        "Tells which speech and language services got the voice, the transcript and the"
        " answer of the sentence before this one, at the satellite that the user is speaking"
        " to; whether each works at home or in a cloud; and which services outside the home"
        " got anything today. It never tells what was said."
    )
    annotations = annotations(read_only=True)

    @override
    def command(self, arguments: Mapping[str, Any]) -> VoiceCommand:
        """Return the voice command that does the same."""
        return VoiceCommand.WHO_HEARD

    @override
    async def _async_use(self, asked: Asked) -> JsonObjectType:
        """Look it up in the ledger."""
        household, key = asked.data.household, asked.satellite_key
        await household.keeper.async_settle()
        last = (await household.ledger.async_last_runs()).get(key)
        outside = await household.ledger.async_engines_outside(
            LedgerFilter(satellite_keys=(key,), start=dt_util.start_of_local_day())
        )
        return {
            "last_sentence": moment(None if last is None else last.at),
            "heard_by": [] if last is None else await _async_heard(household, last),
            "engines_outside_the_home_today": [
                *sorted(
                    {engine_name(household.hass, engine_id) for engine_id in outside}
                )
            ],
        }


async def _async_heard(household: Household, last: LedgerEntry) -> list[JsonValueType]:
    """Say who got what of a sentence."""
    hass = household.hass
    if last.run_id is None:
        return [_heard(hass, last.sent, last.engine_id, last.locality)]
    return [
        _heard(hass, content, heard.engine_id, heard.locality)
        for content in Content
        for heard in await household.ledger.async_heard([last.run_id], [content])
        if heard.satellite_key == last.satellite_key
    ]


def _heard(
    hass: HomeAssistant,
    content: Content,
    engine_id: str | None,
    locality: Locality | None,
) -> JsonObjectType:
    """Say who got one kind of content."""
    return {
        "got": content,
        "engine": None if engine_id is None else engine_name(hass, engine_id),
        "works": locality or Locality.UNPROVEN,
    }


def moment(value: datetime | None) -> str | None:
    """Return a moment as the household's clocks show it."""
    return (
        None if value is None else dt_util.as_local(value).isoformat(timespec="minutes")
    )


def _limit(duration: timedelta) -> str:
    """Return a time limit in the words of the selects."""
    return next(keep for keep, limit in KEEP_LIMITS.items() if limit == duration)


def _protection(rule: Rule) -> JsonObjectType:
    """Say what must not be sent."""
    return {
        "voice_stays_at_home": rule.dont_send_audio,
        "transcripts_stay_at_home": rule.dont_send_text,
    }
