"""Delete what an administrator has chosen, after showing what that is."""

from typing import Any, Final

import voluptuous as vol

from homeassistant.components.websocket_api import ActiveConnection
from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util

from ..actions.common import ensure_places, loaded_data
from ..data import VoiceRetentionData
from ..policy.models import ALL_CONTENT
from ..purge.scope import AskedBy, Scope
from ..service_schemas import (
    ATTR_CONTENT,
    ATTR_DRY_RUN,
    ATTR_INCLUDE_HELD,
    ATTR_PLACES,
    SOME_CONTENT,
)
from ..vault.models import RecordingFilter
from .choosing import ATTR_WHAT, WHAT, async_choose
from .doors import Fields, Message, async_register_answer
from .filters import SOME_NAMES

DELETE_FIELDS: Final[Fields] = {
    vol.Required(ATTR_WHAT): WHAT,
    vol.Optional(ATTR_CONTENT): SOME_CONTENT,
    vol.Optional(ATTR_PLACES): SOME_NAMES,
    vol.Optional(ATTR_INCLUDE_HELD, default=False): bool,
    # Whoever forgets it must not have deleted anything.
    vol.Required(ATTR_DRY_RUN): bool,
}


@callback
def async_register_deleting(hass: HomeAssistant) -> None:
    """Register what deletes."""
    async_register_answer(hass, "delete", DELETE_FIELDS, async_delete)


async def async_delete(
    hass: HomeAssistant, connection: ActiveConnection, message: Message
) -> dict[str, Any]:
    """Delete what is chosen, or only show it; the answer is the receipt.

    It goes on when nobody waits for it any more.
    """
    data = loaded_data(hass)
    places: list[str] | None = message.get(ATTR_PLACES)
    ensure_places(data, places)
    choice = await async_choose(hass, data, message[ATTR_WHAT])
    scope = Scope(
        asked_by=AskedBy.USER,
        user_id=connection.user.id,
        user_name=connection.user.name,
        satellite_keys=choice.satellite_keys,
        recording_ids=choice.recording_ids,
        contents=frozenset(message.get(ATTR_CONTENT, ALL_CONTENT)),
        places=None if places is None else frozenset(places),
        include_held=message[ATTR_INCLUDE_HELD],
        dry_run=message[ATTR_DRY_RUN],
    )
    # With fifty thousand recordings the first time would hold up the event loop.
    await hass.async_add_executor_job(scope.as_dict)
    count = await _async_count(data, scope)
    receipt = (await data.purger.async_purge(scope)).as_dict()
    # They may be very many, and whoever asked has shown them already.
    receipt["scope"]["recording_ids"] = None
    return {**receipt, "recordings": count, "as_of": choice.as_of}


async def _async_count(data: VoiceRetentionData, scope: Scope) -> int:
    """Count the recordings of which something is to go."""
    async with data.storage.async_use() as vault:
        return await vault.browsing.count(
            RecordingFilter(
                recording_ids=scope.recording_ids,
                satellite_keys=scope.satellite_keys,
                contents=scope.contents,
                not_held_at=None if scope.include_held else dt_util.utcnow(),
            )
        )
