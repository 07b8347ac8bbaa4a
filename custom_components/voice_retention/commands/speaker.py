"""Tell whose voice a command is about, and what the one who gives it may do."""

from dataclasses import dataclass

from homeassistant.core import HomeAssistant

from ..policy.choices import OTHER_CLIENTS
from ..policy.models import Origin, OriginKind


@dataclass(frozen=True, kw_only=True, slots=True)
class CommandSpeaker:
    """Who gives a command."""

    satellite_key: str
    """The satellite it was said at; everything else is the other voice clients."""

    is_administrator: bool
    """Whoever stands before a satellite may say what its switches allow anyhow; who types
    or speaks into an app has the rights of the account."""

    @property
    def is_satellite(self) -> bool:
        """Return whether Home Assistant itself named the satellite."""
        return self.satellite_key != OTHER_CLIENTS


async def async_command_speaker(
    hass: HomeAssistant, origin: Origin | None, user_id: str | None
) -> CommandSpeaker:
    """Return who gives a command, from the run that calls us and the account behind it.

    What a client says of itself does not count: over the websocket anybody may send the id of
    any satellite along with what they type.
    """
    if origin is not None and origin.kind is OriginKind.SATELLITE:
        return CommandSpeaker(satellite_key=origin.holder, is_administrator=True)
    if user_id is None:
        # An automation or script of the household; a satellite that nobody knows is none.
        is_administrator = origin is None
    else:
        user = await hass.auth.async_get_user(user_id)
        is_administrator = user is not None and user.is_admin
    return CommandSpeaker(
        satellite_key=OTHER_CLIENTS, is_administrator=is_administrator
    )
