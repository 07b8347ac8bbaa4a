"""Reach the traces of conversations that agents leave for debugging.

Home Assistant keeps the last three in memory, with sentence and answer; that of a language
model also with all that was said before in the conversation. Tried on 2026.6.0, 2026.10.4
and 2026.11.0.
"""

from typing import Any, override

from homeassistant.components.conversation import trace
from homeassistant.components.conversation.trace import ConversationTrace
from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util

from ..policy.models import Content
from .phrases import strings_in
from .protocol import Place, Target
from .sought import Sought, Spoken

HELD_CONTENT = frozenset({Content.TRANSCRIPT, Content.RESPONSE})


class ConversationTracesPlace(Place):
    """The latest conversations, step by step."""

    key = "conversation_traces"
    names_speaker = True

    def __init__(self, hass: HomeAssistant) -> None:
        """Look into this Home Assistant."""
        self._hass = hass

    @override
    async def async_find(self, target: Target) -> int:
        """Count the traces."""
        return len(self._meant(target))

    @override
    async def async_purge(self, target: Target) -> int:
        """Drop the traces; one that is still being written is written to nowhere then."""
        meant = self._meant(target)
        for trace_id in meant:
            del trace._recent_traces[trace_id]  # noqa: SLF001
        return len(meant)

    @override
    async def async_verify(self, target: Target) -> int:
        """Count the traces that are left."""
        return await self.async_find(target)

    @callback
    def _meant(self, target: Target) -> list[str]:
        """List the traces that hold something of the target."""
        if not target.contents & HELD_CONTENT:
            return []
        sought = Sought(self._hass, target)
        return [
            trace_id
            for trace_id, item in trace._recent_traces.items()  # noqa: SLF001
            if _is_meant(item, sought)
        ]


def _is_meant(item: ConversationTrace, sought: Sought) -> bool:
    """Return whether a trace is one of those that are sought."""
    # What the trace offers to the public is a deep copy, which tools of a language model
    # do not survive.
    events, result = item._events, item._result  # noqa: SLF001
    begun: dict[str, Any] = (events[0].data or {}) if events else {}
    moment = dt_util.parse_datetime(events[0].timestamp) if events else None
    spoken = Spoken(
        satellite_id=begun.get("satellite_id"),
        device_id=begun.get("device_id"),
        conversation_id=begun.get("conversation_id") or result.get("conversation_id"),
        sentence=begun.get("text"),
    )
    return sought.is_meant(
        spoken, moment, lambda: strings_in([[event.data for event in events], result])
    )
