"""Ask as the panel does."""

from typing import Any

from pytest_homeassistant_custom_component.typing import MockHAClientWebSocket


async def ask(
    client: MockHAClientWebSocket, command: str, **fields: object
) -> dict[str, Any]:
    """Send a command of ours and return the whole answer."""
    await client.send_json_auto_id({"type": f"voice_retention/{command}", **fields})
    answer: dict[str, Any] = await client.receive_json()
    return answer
