"""Tell what can be asked of Home Assistant, and what lives in its memory."""

from typing import Any

import voluptuous as vol

from homeassistant.components import websocket_api
from homeassistant.components.websocket_api import ActiveConnection
from homeassistant.core import HomeAssistant, callback

from .memory import find_holders


@callback
def async_register(hass: HomeAssistant) -> None:
    """Register the commands."""
    for command in (list_commands, list_views, search_memory):
        websocket_api.async_register_command(hass, command)


@callback
@websocket_api.websocket_command({vol.Required("type"): "witness/commands"})
def list_commands(
    hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]
) -> None:
    """List the websocket commands that there are."""
    connection.send_result(msg["id"], sorted(hass.data[websocket_api.DOMAIN]))


@callback
@websocket_api.websocket_command({vol.Required("type"): "witness/views"})
def list_views(
    hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]
) -> None:
    """List the paths that answer to GET."""
    paths = {
        route.resource.canonical
        for route in hass.http.app.router.routes()
        if route.method == "GET" and route.resource is not None
    }
    connection.send_result(msg["id"], sorted(paths))


@websocket_api.websocket_command(
    {
        vol.Required("type"): "witness/memory",
        vol.Required("marks"): [str],
        vol.Required("pieces"): [str],
        vol.Optional("with_owners", default=True): bool,
    }
)
@websocket_api.async_response
async def search_memory(
    hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]
) -> None:
    """Tell which live objects hold marked words or pieces of audio.

    Marks come spelt backwards, pieces as hexadecimal text, backwards too, so that the question is no answer.
    """
    marks = tuple(mark[::-1] for mark in msg["marks"])
    pieces = tuple(bytes.fromhex(piece[::-1]) for piece in msg["pieces"])
    # In the event loop: nothing moves meanwhile.
    found = find_holders(marks, pieces, with_owners=msg["with_owners"])
    connection.send_result(msg["id"], found)
