"""Tell the panel that something has changed, soon, but no faster than it can follow."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from homeassistant.components.websocket_api import ActiveConnection
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.dispatcher import (
    async_dispatcher_connect,
    async_dispatcher_send,
)
from homeassistant.helpers.event import async_call_later

from ..actions.common import loaded_data
from ..data import VoiceRetentionConfigEntry
from ..errors import NotLoaded
from ..notices import SIGNAL_CHANGED, SIGNAL_VOICE, Change, VoiceNotice
from .doors import Message, async_register_start
from .status import status_answer

GATHER_SECONDS: Final = 0.3
"""A sentence changes several things at once, a purge the same thing many times."""


@callback
def async_tell_changes(hass: HomeAssistant, entry: VoiceRetentionConfigEntry) -> None:
    """Tell of every change of the status and of the satellites while the entry is loaded."""
    data = entry.runtime_data
    coverage = data.status.data.coverage

    @callback
    def tell(change: Change) -> None:
        """Tell those who listen."""
        async_dispatcher_send(hass, SIGNAL_CHANGED, change)

    @callback
    def status_changed() -> None:
        """Tell that it did, and whether voice goes elsewhere now."""
        nonlocal coverage
        before, coverage = coverage, data.status.data.coverage
        tell(Change.STATUS)
        if coverage != before:
            tell(Change.COVERAGE)

    entry.async_on_unload(data.status.async_add_listener(status_changed))
    entry.async_on_unload(data.satellites.async_listen(lambda: tell(Change.COVERAGE)))
    # Who subscribed earlier may have seen nothing yet, or what was before a reload.
    for change in Change:
        tell(change)


@callback
def async_register_live(hass: HomeAssistant) -> None:
    """Register what tells of changes."""
    async_register_start(hass, "subscribe", {}, async_subscribe)


async def async_subscribe(
    hass: HomeAssistant, connection: ActiveConnection, message: Message
) -> None:
    """Tell of all changes from now on; the status at once, if there is one already.

    A browser subscribes again as soon as Home Assistant is back, before our entry is: that
    must not fail, for it would not try a second time.
    """
    subscription = Subscription(hass, connection, message["id"])
    connection.subscriptions[message["id"]] = subscription.async_start()
    connection.send_result(message["id"])
    subscription.async_send({Change.STATUS})


class Subscription:
    """Gather what changes, and send it to one client."""

    def __init__(
        self, hass: HomeAssistant, connection: ActiveConnection, message_id: int
    ) -> None:
        """Prepare for the client that sent a message."""
        self._hass = hass
        self._connection = connection
        self._message_id = message_id
        self._changes: set[Change] = set()
        self._cancel_timer: CALLBACK_TYPE | None = None

    @callback
    def async_start(self) -> Callable[[], None]:
        """Listen until the returned function is called."""
        unsubscribe = (
            async_dispatcher_connect(self._hass, SIGNAL_CHANGED, self._async_note),
            async_dispatcher_connect(self._hass, SIGNAL_VOICE, self._async_note_voice),
        )

        @callback
        def stop() -> None:
            """Leave nothing behind."""
            for function in unsubscribe:
                function()
            if self._cancel_timer is not None:
                self._cancel_timer()

        return stop

    @callback
    def async_send(self, changes: set[Change]) -> None:
        """Send what changed, with the status as it is now."""
        try:
            status = status_answer(loaded_data(self._hass))
        except NotLoaded:
            # Once the entry is loaded, everything is told anew.
            return
        for change in Change:
            if change in changes:
                self._connection.send_event(
                    self._message_id, {"changed": change, "status": status}
                )

    @callback
    def _async_note_voice(self, notice: VoiceNotice) -> None:
        """Note that something happened to a sentence."""
        self._async_note(Change.RECORDINGS)

    @callback
    def _async_note(self, change: Change) -> None:
        """Note a change, and send it when others have had the time to join it."""
        self._changes.add(change)
        if self._cancel_timer is None:
            self._cancel_timer = async_call_later(
                self._hass, GATHER_SECONDS, self._async_send_gathered
            )

    @callback
    def _async_send_gathered(self, now: datetime) -> None:
        """Send what was gathered, unless the client may not see it any more."""
        self._cancel_timer = None
        changes, self._changes = self._changes, set()
        # A connection outlives the day on which its user stops being an administrator.
        if self._connection.user.is_admin:
            self.async_send(changes)
