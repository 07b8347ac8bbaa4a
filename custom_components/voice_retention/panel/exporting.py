"""Let an administrator take away what was chosen."""

import asyncio
from dataclasses import replace
from typing import Any, Final

import voluptuous as vol

from homeassistant.components.websocket_api import ActiveConnection, event_message
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError

from ..actions.common import loaded_data
from ..exports.errors import ExportStopped
from ..exports.models import ExportOrder, ExportProgress, ReadyExport
from ..policy.models import ALL_CONTENT
from .choosing import ATTR_WHAT, WHAT, async_chosen_filter
from .doors import Fields, Message, async_register_start, error_event

EXPORT_FIELDS: Final[Fields] = {vol.Required(ATTR_WHAT): WHAT}


@callback
def async_register_exporting(hass: HomeAssistant) -> None:
    """Register what exports."""
    async_register_start(hass, "export", EXPORT_FIELDS, async_start_export)


async def async_start_export(
    hass: HomeAssistant, connection: ActiveConnection, message: Message
) -> None:
    """Make an archive of what is chosen, until it is ready or nobody waits for it.

    Only who waits gets the link, so it is not made for anybody who has left.
    """
    data = loaded_data(hass)
    wanted = await async_chosen_filter(hass, data, message[ATTR_WHAT])
    order = ExportOrder(
        wanted=replace(wanted, contents=wanted.contents or ALL_CONTENT),
        contents=ALL_CONTENT,
        user_id=connection.user.id,
    )
    subscription: int = message["id"]

    @callback
    def send(event: dict[str, Any]) -> None:
        """Send an event, if anybody waits for it."""
        if subscription in connection.subscriptions:
            connection.send_message(event_message(subscription, event))

    task: asyncio.Task[ReadyExport] | None = None

    @callback
    def leave() -> None:
        """Nobody waits any more."""
        if task is not None:
            task.cancel()

    # First of all, so that nothing that is told is lost.
    connection.subscriptions[subscription] = leave
    connection.send_result(subscription)
    task = data.exports.async_begin(order, lambda progress: send(_told(progress)))
    await asyncio.wait((task,))
    try:
        send(_ready(task.result()))
    except HomeAssistantError as err:
        send({"error": error_event(err)})
    except asyncio.CancelledError:
        send({"error": error_event(ExportStopped())})


def _told(progress: ExportProgress) -> dict[str, Any]:
    """Tell how far an export is."""
    return {
        "export_id": progress.export_id,
        "done": progress.recordings_done,
        "total": progress.recordings,
    }


def _ready(ready: ReadyExport) -> dict[str, Any]:
    """Tell that an export can be taken away, where and how long."""
    return {
        "export_id": ready.export_id,
        "done": ready.recordings,
        "total": ready.recordings,
        "url": ready.url,
        "expires": ready.expires.isoformat(),
        "size": ready.size,
    }
