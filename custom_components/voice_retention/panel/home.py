"""Show where each satellite's voice goes."""

from typing import Any

import voluptuous as vol

from homeassistant.components.websocket_api import (
    ActiveConnection,
    require_admin,
    websocket_command,
)
from homeassistant.core import HomeAssistant, callback

from ..actions.common import loaded_entry
from ..const import CONF_PROTECT_ALL, DOMAIN
from ..options import async_turn_on


@require_admin
@websocket_command({vol.Required("type"): f"{DOMAIN}/protect"})
@callback
def websocket_protect(
    hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]
) -> None:
    """Put a guard into every pipeline."""
    async_turn_on(hass, loaded_entry(hass), CONF_PROTECT_ALL)
    connection.send_result(msg["id"], {})
