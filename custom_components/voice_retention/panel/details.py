"""Tell all there is to know of one recording, and let it be heard and held."""

from datetime import datetime
from typing import Any, Final

import voluptuous as vol

from homeassistant.components.websocket_api import ActiveConnection
from homeassistant.core import HomeAssistant, callback

from ..actions.common import loaded_data
from ..actions.recordings import async_hold_all
from ..answers import access_answer, ledger_answer
from ..assist.evidence.words import async_words, tell
from ..data import VoiceRetentionData
from ..errors import RecordingNotFound
from ..ledger import run_of
from ..service_schemas import ATTR_RECORDING_ID, ATTR_UNTIL, RECORDING_ID, moment
from ..vault.books import Access, LedgerEntry
from ..vault.models import RecordingFilter
from .choosing import ATTR_RECORDING_IDS, SOME_RECORDINGS
from .doors import (
    ATTR_LANGUAGE,
    LANGUAGE_FIELDS,
    Fields,
    Message,
    async_register_answer,
)
from .rows import async_rows, name_of

MAX_ENTRIES: Final = 100
"""Of one run, which has a handful."""

DETAILS_FIELDS: Final[Fields] = {
    vol.Required(ATTR_RECORDING_ID): RECORDING_ID,
    **LANGUAGE_FIELDS,
}
PLAY_FIELDS: Final[Fields] = {vol.Required(ATTR_RECORDING_ID): RECORDING_ID}
HOLD_FIELDS: Final[Fields] = {
    vol.Required(ATTR_RECORDING_IDS): SOME_RECORDINGS,
    vol.Required(ATTR_UNTIL): vol.Any(None, moment),
}


@callback
def async_register_details(hass: HomeAssistant) -> None:
    """Register what concerns single recordings."""
    for name, fields, answer in (
        ("history/details", DETAILS_FIELDS, async_details),
        ("history/play", PLAY_FIELDS, async_play),
        ("history/hold", HOLD_FIELDS, async_hold),
    ):
        async_register_answer(hass, name, fields, answer)


async def async_details(
    hass: HomeAssistant, connection: ActiveConnection, message: Message
) -> dict[str, Any]:
    """Tell who got a recording, and who accessed it."""
    data = loaded_data(hass)
    recording_id: str = message[ATTR_RECORDING_ID]
    async with data.storage.async_use() as vault:
        found = await vault.recordings.find(
            RecordingFilter(recording_ids=(recording_id,))
        )
        if not found:
            raise RecordingNotFound([recording_id])
        accesses = (await vault.accesses.of([recording_id])).get(recording_id, [])
        page = await vault.ledger.page(run_of(found[0]), limit=MAX_ENTRIES)
    (row,) = await async_rows(hass, data, found)
    return {
        "recording": row,
        "accesses": [await _async_access(hass, access) for access in accesses],
        # As it happened: what the engine heard, then the agent, then the voice.
        "ledger": await _async_ledger(
            hass, page.items[::-1], message.get(ATTR_LANGUAGE)
        ),
    }


async def async_play(
    hass: HomeAssistant, connection: ActiveConnection, message: Message
) -> dict[str, Any]:
    """Give out a link to a recording; who asked for it is written down."""
    url, track = await loaded_data(hass).playback.async_open(
        message[ATTR_RECORDING_ID], connection.user.id
    )
    return {"url": url, "mime_type": track.mime_type, "seconds": track.seconds}


async def async_hold(
    hass: HomeAssistant, connection: ActiveConnection, message: Message
) -> dict[str, Any]:
    """Protect recordings from expiry, or end that."""
    data: VoiceRetentionData = loaded_data(hass)
    until: datetime | None = message[ATTR_UNTIL]
    held = await async_hold_all(data, message[ATTR_RECORDING_IDS], until)
    return {"recordings": await async_rows(hass, data, held)}


async def _async_access(hass: HomeAssistant, access: Access) -> dict[str, Any]:
    """Tell who accessed a recording, by name if there still is one."""
    user = None
    if access.user_id is not None:
        user = await hass.auth.async_get_user(access.user_id)
    return {
        **access_answer(access),
        "user_name": None if user is None else user.name,
    }


async def _async_ledger(
    hass: HomeAssistant, entries: list[LedgerEntry], language: str | None
) -> list[dict[str, Any]]:
    """Tell where each content went, in sentences."""
    words = await async_words(hass, language)
    return [
        {
            **ledger_answer(entry),
            "engine_id": entry.engine_id,
            "engine_name": name_of(hass, entry.engine_id),
            "evidence": [tell(words, (item,)) for item in entry.evidence],
        }
        for entry in entries
    ]
