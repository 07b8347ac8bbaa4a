"""Find out who is asking where Home Assistant does not say."""

from homeassistant.auth.models import User
from homeassistant.components.http import KEY_HASS_USER
from homeassistant.components.websocket_api import current_connection
from homeassistant.core import callback
from homeassistant.helpers.http import current_request


@callback
def async_requester() -> User | None:
    """Return who sent the message or request that is being answered; none is an automation."""
    if (connection := current_connection.get()) is not None:
        return connection.user
    if (request := current_request.get()) is not None:
        user: User | None = request.get(KEY_HASS_USER)
        return user
    return None
