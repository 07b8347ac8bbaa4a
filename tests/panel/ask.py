"""Ask as the panel does."""

from datetime import timedelta
from typing import Any

from pytest_homeassistant_custom_component.common import async_fire_time_changed
from pytest_homeassistant_custom_component.typing import MockHAClientWebSocket

from custom_components.voice_retention.const import DOMAIN
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
from tests.lookup import settle

MOMENT = timedelta(seconds=1)
"""Longer than anything is gathered for."""


async def ask(
    client: MockHAClientWebSocket, command: str, **fields: object
) -> dict[str, Any]:
    """Send a command of ours and return the whole answer."""
    await client.send_json_auto_id({"type": f"{DOMAIN}/{command}", **fields})
    answer: dict[str, Any] = await client.receive_json()
    return answer


class Panel:
    """Somebody with the panel before them."""

    def __init__(self, hass: HomeAssistant, client: MockHAClientWebSocket) -> None:
        """Take a connection."""
        self._hass = hass
        self.client = client

    async def __call__(self, command: str, **fields: object) -> Any:
        """Send a command; return what it answers."""
        answer = await ask(self.client, command, **fields)
        assert answer["success"], answer
        return answer["result"]

    async def error(self, command: str, **fields: object) -> dict[str, Any]:
        """Send a command; return why it is refused."""
        answer = await ask(self.client, command, **fields)
        assert not answer["success"], answer
        error: dict[str, Any] = answer["error"]
        return error

    async def events(self) -> list[dict[str, Any]]:
        """Return the events that have come when nothing is going on any more."""
        # The status is gathered, and then what has changed in it.
        for _ in range(3):
            await settle(self._hass)
            async_fire_time_changed(self._hass, dt_util.utcnow() + MOMENT)
        await settle(self._hass)
        await self.client.send_json_auto_id({"type": "ping"})
        found = []
        while (message := await self.client.receive_json())["type"] != "pong":
            found.append(message["event"])
        return found

    async def changed(self) -> list[str]:
        """Return what has changed, by the events that have come."""
        return [event["changed"] for event in await self.events()]

    async def leave(self, subscription: int = 1) -> None:
        """Go to another page."""
        await self.client.send_json_auto_id(
            {"type": "unsubscribe_events", "subscription": subscription}
        )
        assert (await self.client.receive_json())["success"]
