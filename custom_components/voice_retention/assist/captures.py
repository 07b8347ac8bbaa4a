"""Notice when somebody has Home Assistant pass on what a device hears, past every guard.

An administrator can do that with the websocket command ``assist_pipeline/device/capture``.
It tells of itself with an event that says which device and how long, but not who: that is
the connection in whose call the event is fired. Seen on 2026.6.0 and 2026.11.0.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from homeassistant.components.assist_pipeline import EVENT_RECORDING
from homeassistant.components.assist_pipeline.pipeline import KEY_ASSIST_PIPELINE
from homeassistant.components.websocket_api import current_connection
from homeassistant.const import ATTR_DEVICE_ID, ATTR_SECONDS
from homeassistant.core import Event, HomeAssistant, callback

MOST: Final = timedelta(minutes=1)
"""Home Assistant allows no longer one."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DeviceCapture:
    """A capture that has just begun."""

    device_id: str
    at: datetime
    until: datetime
    """The latest at which it ends."""

    user_id: str | None


@callback
def listen_captures(
    hass: HomeAssistant, listener: Callable[[DeviceCapture], None]
) -> Callable[[], None]:
    """Call ``listener`` whenever one begins, until the returned function is called."""

    @callback
    def recording(event: Event[dict[str, Any]]) -> None:
        """Pass it on, if it is one: anybody may fire an event of that name."""
        device_id = event.data.get(ATTR_DEVICE_ID)
        if not isinstance(device_id, str) or not _is_captured(hass, device_id):
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
            )
        )

    return hass.bus.async_listen(EVENT_RECORDING, recording)


def _is_captured(hass: HomeAssistant, device_id: str) -> bool:
    """Return whether a device is captured now; in doubt, it is."""
    try:
        return device_id in hass.data[KEY_ASSIST_PIPELINE].device_audio_queues
    except AttributeError, KeyError, TypeError:
        return True
