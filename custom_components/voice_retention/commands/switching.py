"""Turn protections on by voice, and off only where the household allows that."""

from ..policy.rules import rule_for_key
from .asked import Asked
from .phrasebook import ReplyKey


async def async_stop_sending(asked: Asked) -> str:
    """Keep this satellite's voice at home."""
    if not asked.speaker.is_administrator:
        return asked.book.reply(ReplyKey.ADMINISTRATORS_ONLY)
    # Settings that could not be read protect everybody until somebody confirms them.
    if not asked.household.settings.current.lost:
        await asked.household.settings.async_update_satellite(
            asked.speaker.satellite_key, dont_send_audio=True
        )
    return asked.book.reply(ReplyKey.SENDING_STOPPED)


async def async_start_sending(asked: Asked) -> str:
    """Let this satellite's voice leave the home, if nothing else keeps it there."""
    household, key = asked.household, asked.speaker.satellite_key
    if refusal := _refusal_to_lower(asked):
        return refusal
    await household.settings.async_update_satellite(key, dont_send_audio=False)
    if rule_for_key(household.settings.current, key).dont_send_audio:
        # Guest mode, or transcripts that must not be sent, keep it at home all the same.
        return asked.book.reply(ReplyKey.SENDING_STOPPED)
    return asked.book.reply(ReplyKey.SENDING_STARTED)


async def async_guest_on(asked: Asked) -> str:
    """Keep nothing and send nothing, from anybody."""
    if not asked.speaker.is_administrator:
        return asked.book.reply(ReplyKey.ADMINISTRATORS_ONLY)
    if asked.household.settings.current.lost:
        return asked.book.reply(ReplyKey.SWITCHED_BY_HAND_ONLY)
    await asked.household.settings.async_update(guest_mode=True)
    return asked.book.reply(ReplyKey.GUEST_ON)


async def async_guest_off(asked: Asked) -> str:
    """End guest mode."""
    if refusal := _refusal_to_lower(asked):
        return refusal
    await asked.household.settings.async_update(guest_mode=False)
    return asked.book.reply(ReplyKey.GUEST_OFF)


async def async_guest_state(asked: Asked) -> str:
    """Say whether guest mode is on; nothing is known of it while the settings are lost."""
    if asked.household.settings.current.lost:
        return asked.book.reply(ReplyKey.FAILED)
    is_on = asked.household.settings.current.guest_mode
    return asked.book.reply(ReplyKey.GUEST_ON if is_on else ReplyKey.GUEST_OFF)


def _refusal_to_lower(asked: Asked) -> str | None:
    """Return why a protection stays on, if it does.

    Whoever calls through an open window must not be able to switch it off.
    """
    if not asked.household.may_lower or asked.household.settings.current.lost:
        return asked.book.reply(ReplyKey.SWITCHED_BY_HAND_ONLY)
    if not asked.speaker.is_administrator:
        return asked.book.reply(ReplyKey.ADMINISTRATORS_ONLY)
    return None
