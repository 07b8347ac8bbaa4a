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


class Panel:
    """A browser that shows the panel."""

    def __init__(self, hass: HomeAssistant, client: MockHAClientWebSocket) -> None:
        """Take a connection."""
        self._hass = hass
        self._client = client

    async def answer(self, command: str, **fields: object) -> dict[str, Any]:
        """Send a command of ours and return the whole answer."""
        await self._client.send_json_auto_id({"type": f"{DOMAIN}/{command}", **fields})
        answer: dict[str, Any] = await self._client.receive_json()
        return answer

    async def ask(self, command: str, **fields: object) -> Any:
        """Send a command that goes well, and return the result."""
        answer = await self.answer(command, **fields)
        assert answer["success"], answer
        return answer["result"]

    async def refused(self, command: str, **fields: object) -> dict[str, Any]:
        """Send a command that does not go well, and return the error."""
        answer = await self.answer(command, **fields)
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
        await self._client.send_json_auto_id({"type": "ping"})
        found = []
        while (message := await self._client.receive_json())["type"] != "pong":
            found.append(message["event"])
        return found

    async def changed(self) -> list[str]:
        """Return what has changed, by the events that have come."""
        return [event["changed"] for event in await self.events()]

    async def leave(self, subscription: int = 1) -> None:
        """Go to another page."""
        await self._client.send_json_auto_id(
            {"type": "unsubscribe_events", "subscription": subscription}
        )
        assert (await self._client.receive_json())["success"]
