"""Find the rule that applies to a sentence."""

from collections.abc import Collection, Iterable
from datetime import timedelta

from .choices import (
    KEEP_LIMITS,
    NEVER,
    OTHER_CLIENTS,
    Keep,
    Rule,
    SatelliteSettings,
    Settings,
)
from .models import Origin, OriginKind


def keep_limit(choice: Keep, default: Keep, recordings: timedelta) -> timedelta:
    """Resolve a choice to a duration; ``recordings`` stands in for ``same``."""
    if choice is Keep.DEFAULT:
        choice = default
    if choice is Keep.SAME:
        return recordings
    # A default that only leads back to itself says nothing, and then nothing is kept.
    return KEEP_LIMITS.get(choice, NEVER)


def rule_for_key(settings: Settings, satellite_key: str) -> Rule:
    """Return the rule of one satellite, as if it were known to be the speaker."""
    chosen = settings.satellites.get(satellite_key, SatelliteSettings())
    audio = keep_limit(chosen.keep_recordings, settings.keep_recordings, NEVER)
    return Rule(
        # Keeping the text at home is pointless when the voice itself leaves it.
        dont_send_audio=chosen.dont_send_audio
        or chosen.dont_send_text
        or settings.guest_mode
        or settings.lost,
        dont_send_text=chosen.dont_send_text or settings.guest_mode or settings.lost,
        keep_audio=audio,
        keep_transcript=keep_limit(
            chosen.keep_transcripts, settings.keep_transcripts, audio
        ),
    )


def keep_audio_of(settings: Settings, satellite_keys: Collection[str]) -> timedelta:
    """Return how long audio is kept that one of these heard, nobody knows which."""
    limits = [rule_for_key(settings, key).keep_audio for key in satellite_keys]
    if OTHER_CLIENTS in satellite_keys:
        # It may have been a satellite that is gone, and had no wish of its own.
        limits.append(keep_limit(Keep.DEFAULT, settings.keep_recordings, NEVER))
    return min(limits)


def keeps_nothing(settings: Settings) -> bool:
    """Return whether nothing that is said now may be kept, whoever says it.

    That is no limit for what is stored already: guests change nothing about it, and what
    the household wanted for it is not known while its settings are lost.
    """
    return settings.guest_mode or settings.lost


def have_same_limits(settings: Settings, others: Settings) -> bool:
    """Return whether two settings keep everything for the same time."""
    return all(
        _limits(settings, key) == _limits(others, key)
        for key in {OTHER_CLIENTS, *settings.satellites, *others.satellites}
    )


def _limits(settings: Settings, satellite_key: str) -> tuple[timedelta, timedelta]:
    """Return how long audio and text of a satellite are kept."""
    rule = rule_for_key(settings, satellite_key)
    return rule.keep_audio, rule.keep_transcript


def strictest(rules: Iterable[Rule]) -> Rule:
    """Combine rules so that none of them is broken."""
    collected = list(rules)
    return Rule(
        dont_send_audio=any(rule.dont_send_audio for rule in collected),
        dont_send_text=any(rule.dont_send_text for rule in collected),
        keep_audio=min(rule.keep_audio for rule in collected),
        keep_transcript=min(rule.keep_transcript for rule in collected),
    )


def rule_for_origin(settings: Settings, origin: Origin) -> Rule:
    """Return the rule for a speaker, the stricter the less is known of them.

    A known satellite has its own rule. A claimed device gets the stricter of its rule and
    that of the other voice clients. An unknown speaker gets the strictest of all.
    """
    if origin.kind is OriginKind.UNKNOWN:
        keys = {OTHER_CLIENTS, *settings.satellites}
    elif origin.kind is OriginKind.SATELLITE:
        keys = {origin.satellite_key or OTHER_CLIENTS}
    else:
        keys = {OTHER_CLIENTS, origin.satellite_key or OTHER_CLIENTS}
    return strictest(rule_for_key(settings, key) for key in keys)
