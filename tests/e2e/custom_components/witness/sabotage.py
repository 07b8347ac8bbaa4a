"""Break one place of Voice Retention at a time, as a careless change would."""

from typing import Any

import voluptuous as vol

from homeassistant.components import websocket_api
from homeassistant.components.websocket_api import ActiveConnection
from homeassistant.core import HomeAssistant, callback


@callback
def async_register(hass: HomeAssistant) -> None:
    """Register the commands."""
    for command in (list_places, break_place, mend_place):
        websocket_api.async_register_command(hass, command)


def _places(hass: HomeAssistant) -> dict[str, Any]:
    """Return the places of the running integration."""
    (entry,) = hass.config_entries.async_loaded_entries("voice_retention")
    places: dict[str, Any] = entry.runtime_data.purger._places
    return places


@callback
@websocket_api.websocket_command({vol.Required("type"): "witness/places"})
def list_places(
    hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]
) -> None:
    """List the places that there are."""
    connection.send_result(msg["id"], list(_places(hass)))


@callback
@websocket_api.websocket_command(
    {vol.Required("type"): "witness/break", vol.Required("place"): str}
)
def break_place(
    hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]
) -> None:
    """Let a place claim that it deleted everything, without deleting anything."""
    place = _places(hass)[msg["place"]]
    find = place.async_find

    async def async_purge(target: Any) -> int:
        deleted: int = await find(target)
        return deleted

    async def async_verify(target: Any) -> int:
        return 0

    place.async_purge, place.async_verify = async_purge, async_verify
    connection.send_result(msg["id"])


@callback
@websocket_api.websocket_command(
    {vol.Required("type"): "witness/mend", vol.Required("place"): str}
)
def mend_place(
    hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]
) -> None:
    """Let a place work again."""
    place = _places(hass)[msg["place"]]
    del place.async_purge, place.async_verify
    connection.send_result(msg["id"])
