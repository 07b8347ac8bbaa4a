"""Know which function does what each command asks for."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from .asked import Asked
from .asking import async_what_heard, async_what_kept, async_who_heard
from .deleting import (
    async_delete_here,
    async_delete_last,
    async_delete_today,
    async_delete_week,
)
from .phrasebook import VoiceCommand
from .switching import (
    async_guest_off,
    async_guest_on,
    async_guest_state,
    async_start_sending,
    async_stop_sending,
)

ACTIONS: Final[Mapping[VoiceCommand, Callable[[Asked], Awaitable[str]]]] = {
    VoiceCommand.DELETE_LAST: async_delete_last,
    VoiceCommand.NOT_FOR_YOU: async_delete_last,
    VoiceCommand.DELETE_TODAY: async_delete_today,
    VoiceCommand.DELETE_WEEK: async_delete_week,
    VoiceCommand.DELETE_HERE: async_delete_here,
    VoiceCommand.STOP_SENDING: async_stop_sending,
    VoiceCommand.START_SENDING: async_start_sending,
    VoiceCommand.GUEST_ON: async_guest_on,
    VoiceCommand.GUEST_OFF: async_guest_off,
    VoiceCommand.GUEST_STATE: async_guest_state,
    VoiceCommand.WHAT_KEPT: async_what_kept,
    VoiceCommand.WHAT_HEARD: async_what_heard,
    VoiceCommand.WHO_HEARD: async_who_heard,
}
"""What is done for each command; each function returns the reply."""
