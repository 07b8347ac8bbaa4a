"""Notice when somebody has Home Assistant pass on what a device hears, past every guard.

An administrator can do that with the websocket command ``assist_pipeline/device/capture``.
It tells of itself with an event that says which device and how long, but not who: that is
the connection in whose call the event is fired. Seen on 2026.6.0 and 2026.11.0.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from homeassistant.components.assist_pipeline import EVENT_RECORDING
from homeassistant.components.assist_pipeline.pipeline import KEY_ASSIST_PIPELINE
from homeassistant.components.websocket_api import current_connection
from homeassistant.const import ATTR_DEVICE_ID, ATTR_SECONDS
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.util import dt as dt_util

MOST: Final = timedelta(minutes=1)
"""Home Assistant allows no longer one."""

LOOK_EVERY: Final = 0.5
"""Seconds; nothing tells when a capture is ended before its time."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DeviceCapture:
    """A capture that has just begun."""

    device_id: str
    at: datetime
    until: datetime
    """The latest at which it ends."""

    user_id: str | None
    queue: object = field(default=None, repr=False)
    """What the audio goes through; Home Assistant has it as long as the capture goes on."""


@callback
def listen_captures(
    hass: HomeAssistant, listener: Callable[[DeviceCapture], None]
) -> Callable[[], None]:
    """Call ``listener`` whenever one begins, until the returned function is called."""

    @callback
    def recording(event: Event[dict[str, Any]]) -> None:
        """Pass it on, if it is one: anybody may fire an event of that name."""
        device_id = event.data.get(ATTR_DEVICE_ID)
        if not isinstance(device_id, str):
            return
        queues = _queues(hass)
        if queues is not None and device_id not in queues:
            return
        seconds = event.data.get(ATTR_SECONDS)
        length = (
            timedelta(seconds=seconds) if isinstance(seconds, int | float) else MOST
        )
        connection = current_connection.get()
        listener(
            DeviceCapture(
                device_id=device_id,
                at=event.time_fired,
                until=event.time_fired + min(length, MOST),
                user_id=None if connection is None else connection.user.id,
                queue=None if queues is None else queues[device_id],
            )
        )

    return hass.bus.async_listen(EVENT_RECORDING, recording)


async def async_wait_for_end(hass: HomeAssistant, capture: DeviceCapture) -> None:
    """Return once a capture is over; another one of the same device ends it too."""
    while dt_util.utcnow() < capture.until:
        queues = _queues(hass)
        if queues is not None and queues.get(capture.device_id) is not capture.queue:
            return
        await asyncio.sleep(LOOK_EVERY)


def _queues(hass: HomeAssistant) -> dict[str, Any] | None:
    """Return what the captures that go on hear through, by device; none if nobody knows."""
    try:
        return dict(hass.data[KEY_ASSIST_PIPELINE].device_audio_queues)
    except AttributeError, KeyError, TypeError:
        return None
