"""Reach the notifications that Home Assistant shows until somebody dismisses them.

An automation or script can put a sentence into one, and so can other integrations. They
are in memory until the next start. Those with the words in title or message are dismissed.
Tried on 2026.6.0, 2026.10.4 and 2026.11.0.
"""

from typing import override

from homeassistant.components import persistent_notification
from homeassistant.core import HomeAssistant

from .protocol import Place, Target
from .recorder_wanted import Wanted


class NotificationsPlace(Place):
    """What is shown under the bell."""

    key = "notifications"

    def __init__(self, hass: HomeAssistant) -> None:
        """Look into this Home Assistant."""
        self._hass = hass

    @override
    async def async_find(self, target: Target) -> int:
        """Count the notifications."""
        return len(await self._async_meant(target))

    @override
    async def async_purge(self, target: Target) -> int:
        """Dismiss the notifications."""
        meant = await self._async_meant(target)
        for notification_id in meant:
            persistent_notification.async_dismiss(self._hass, notification_id)
        return len(meant)

    @override
    async def async_verify(self, target: Target) -> int:
        """Count the notifications that are left."""
        return await self.async_find(target)

    async def _async_meant(self, target: Target) -> list[str]:
        """List the notifications that hold something of the target."""
        if not (wanted := await Wanted.async_of(self._hass, target)):
            return []
        shown = persistent_notification._async_get_or_create_notifications(self._hass)  # noqa: SLF001
        return [
            notification_id
            for notification_id, item in shown.items()
            if wanted.covers(item["created_at"])
            and wanted.is_message(item["title"], item["message"])
            and not wanted.is_spared(
                item["created_at"].timestamp(), item["title"], item["message"]
            )
        ]
