"""Make the websocket commands of the panel, which are for administrators only."""

from collections.abc import Awaitable, Callable
from typing import Any, Final

import voluptuous as vol

from homeassistant.components import websocket_api
from homeassistant.components.websocket_api import ActiveConnection
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError

from ..const import DOMAIN
from ..service_schemas import ActionSchema

type Message = dict[str, Any]
type Fields = dict[vol.Marker, Any]
type Answer = Callable[
    [HomeAssistant, ActiveConnection, Message], Awaitable[dict[str, Any]]
]
type Start = Callable[[HomeAssistant, ActiveConnection, Message], Awaitable[None]]

ATTR_LANGUAGE: Final = "language"
LANGUAGE_FIELDS: Final[Fields] = {
    # It becomes part of the name of a file.
    vol.Optional(ATTR_LANGUAGE): vol.Match(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}\Z"),
}

_FRAME: Final[Fields] = {vol.Required("id"): int, vol.Required("type"): str}


@callback
def async_register_answer(
    hass: HomeAssistant, name: str, fields: Fields, answer: Answer
) -> None:
    """Register a command that is answered once."""

    async def send_answer(
        hass: HomeAssistant, connection: ActiveConnection, message: Message
    ) -> None:
        """Answer."""
        connection.send_result(message["id"], await answer(hass, connection, message))

    async_register_start(hass, name, fields, send_answer)


@callback
def async_register_start(
    hass: HomeAssistant, name: str, fields: Fields, start: Start
) -> None:
    """Register a command that sees to its answers itself.

    What does not fit its fields is refused without repeating it: Home Assistant logs errors,
    and a message may say what somebody looks for.
    """
    websocket_api.async_register_command(
        hass,
        f"{DOMAIN}/{name}",
        websocket_api.require_admin(websocket_api.async_response(start)),
        ActionSchema({**_FRAME, **fields}),
    )


def error_event(err: HomeAssistantError) -> dict[str, Any]:
    """Return an error in the form in which Home Assistant answers one."""
    return {
        "translation_domain": err.translation_domain,
        "translation_key": err.translation_key,
        "translation_placeholders": err.translation_placeholders,
    }
