"""Tell whose voice a command is about, and what the one who gives it may do."""

from dataclasses import dataclass

from homeassistant.components.conversation import ConversationInput
from homeassistant.core import HomeAssistant

from ..assist.satellites import SatelliteDirectory
from ..policy.models import OTHER_CLIENTS


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
    hass: HomeAssistant, satellites: SatelliteDirectory, said: ConversationInput
) -> CommandSpeaker:
    """Return who said something. A device id alone is only what a client claims."""
    satellite = (
        None
        if said.satellite_id is None
        else satellites.by_entity_id(said.satellite_id)
    )
    if satellite is not None:
        return CommandSpeaker(satellite_key=satellite.key, is_administrator=True)
    user_id = said.context.user_id
    if user_id is None:
        # An automation or script of the household; a satellite that nobody knows is none.
        is_administrator = said.satellite_id is None
    else:
        user = await hass.auth.async_get_user(user_id)
        is_administrator = user is not None and user.is_admin
    return CommandSpeaker(
        satellite_key=OTHER_CLIENTS, is_administrator=is_administrator
    )
