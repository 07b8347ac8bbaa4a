"""Errors of exports; each carries its own translated message."""

from homeassistant.exceptions import HomeAssistantError

from ..const import DOMAIN


class NoRoomForExport(HomeAssistantError):
    """For an export that would fill the disk."""

    def __init__(self) -> None:
        """Set the message."""
        super().__init__(
            translation_domain=DOMAIN, translation_key="no_room_for_export"
        )


class ExportPurged(HomeAssistantError):
    """For an export of which something was deleted while it was made."""

    def __init__(self) -> None:
        """Set the message."""
        super().__init__(translation_domain=DOMAIN, translation_key="export_purged")


class ExportStopped(HomeAssistantError):
    """For an export that ended with the integration."""

    def __init__(self) -> None:
        """Set the message."""
        super().__init__(translation_domain=DOMAIN, translation_key="export_stopped")
