"""Search what was said and answered, while the hits come in."""

import asyncio
from dataclasses import dataclass
from typing import Any, Final

import voluptuous as vol

from homeassistant.components.websocket_api import ActiveConnection, event_message
from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util

from ..actions.common import loaded_data
from ..data import VoiceRetentionData
from ..errors import VaultUnavailable
from ..service_schemas import bounded
from ..vault.browsing import Hits, Matches
from ..vault.models import Cursor, RecordingFilter
from ..vault.wording import looks_for
from .doors import Fields, Message, async_register_start, error_event
from .filters import ATTR_FILTER, FILTER, async_filter
from .rows import async_rows

ATTR_TEXT: Final = "text"
MAX_QUERY: Final = 200
MAX_HITS: Final = 500
"""Nobody reads more; who gets as many is told to say more of what is meant."""

BATCH: Final = 200
"""Recordings in one look, some milliseconds each."""

PAUSE: Final = 0.002
"""Seconds between two looks, for all others that want a turn at Python."""

TELL_EVERY: Final = 0.25
"""Seconds between two reports of which the later one brings no hits."""

SEARCH_FIELDS: Final[Fields] = {
    vol.Optional(ATTR_FILTER, default=dict): FILTER,
    vol.Required(ATTR_TEXT): vol.All(bounded(MAX_QUERY), vol.Match(r".*\S")),
}


@callback
def async_register_search(hass: HomeAssistant) -> None:
    """Register what searches the history."""
    async_register_start(hass, "history/search", SEARCH_FIELDS, async_start_search)


async def async_start_search(
    hass: HomeAssistant, connection: ActiveConnection, message: Message
) -> None:
    """Search until the end, or until nobody listens any more."""
    data = loaded_data(hass)
    async with data.storage.async_use() as vault:
        wanted = async_filter(
            hass,
            message[ATTR_FILTER],
            as_of=await vault.browsing.newest(),
            now=dt_util.utcnow(),
        )
        total = await vault.browsing.count(wanted)
    search = _Search(
        hass=hass,
        data=data,
        connection=connection,
        subscription=message["id"],
        wanted=wanted,
        matches=looks_for(message[ATTR_TEXT]),
        total=total,
    )
    connection.send_result(message["id"])
    task = data.status.config_entry.async_create_background_task(
        hass, search.async_run(), "voice_retention search"
    )

    @callback
    def stop() -> None:
        """End the search: nobody listens."""
        task.cancel()

    connection.subscriptions[message["id"]] = stop


@dataclass(kw_only=True, slots=True)
class _Search:
    """One search on its way through the recordings."""

    hass: HomeAssistant
    data: VoiceRetentionData
    connection: ActiveConnection
    subscription: int
    wanted: RecordingFilter
    matches: Matches
    total: int
    hits: int = 0
    scanned: int = 0
    told: float = 0.0

    async def async_run(self) -> None:
        """Look at all recordings, newest first."""
        cursor: Cursor | None = None
        try:
            while True:
                async with self.data.storage.async_use() as vault:
                    found = await vault.browsing.search(
                        self.wanted, self.matches, limit=BATCH, cursor=cursor
                    )
                self.scanned += found.scanned
                if await self._async_tell(found):
                    return
                cursor = found.next_cursor
                await asyncio.sleep(PAUSE)
        except VaultUnavailable as err:
            self._tell(
                recordings=[],
                done=True,
                capped=False,
                error=error_event(err),
            )

    async def _async_tell(self, found: Hits) -> bool:
        """Tell of what was found and how far the search is; return whether it is over."""
        room = MAX_HITS - self.hits
        is_capped = len(found.items) > room
        is_over = is_capped or found.next_cursor is None
        now = self.hass.loop.time()
        if not (found.items or is_over or now - self.told >= TELL_EVERY):
            return False
        hits = found.items[:room]
        self.hits, self.told = self.hits + len(hits), now
        rows = await async_rows(
            self.hass,
            self.data,
            [item for item, _ in hits],
            {item.recording_id: text for item, text in hits},
        )
        self._tell(recordings=rows, done=is_over, capped=is_capped)
        return is_over

    def _tell(self, **event: Any) -> None:
        """Send an event."""
        self.connection.send_message(
            event_message(
                self.subscription,
                {**event, "scanned": self.scanned, "total": self.total},
            )
        )
