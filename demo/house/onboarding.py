"""The first steps of a new household, taken the way Home Assistant's welcome pages take them."""

import asyncio
from dataclasses import dataclass
from typing import Any

import aiohttp

from .client import Client

USERNAME = "demo"
PASSWORD = "demo"  # noqa: S105 — a throw-away household on loopback

_UNWANTED = ("google_translate", "met", "radio_browser", "shopping_list")
"""What the welcome pages add by themselves; the first would speak through a cloud."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Welcome:
    """Home Assistant's welcome pages."""

    session: aiohttp.ClientSession
    url: str

    async def post(
        self, path: str, data: dict[str, Any], token: str | None = None
    ) -> Any:
        """Send one page."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        async with self.session.post(
            self.url + path, json=data, headers=headers
        ) as response:
            response.raise_for_status()
            return await response.json()

    async def token(self, code: str) -> str:
        """Exchange the code that a page ends with for an access token."""
        form = {
            "client_id": f"{self.url}/",
            "grant_type": "authorization_code",
            "code": code,
        }
        async with self.session.post(f"{self.url}/auth/token", data=form) as response:
            response.raise_for_status()
            token: str = (await response.json())["access_token"]
            return token


async def onboard(url: str) -> str:
    """Create the first user and return a token that outlives restarts."""
    async with aiohttp.ClientSession() as session:
        welcome = _Welcome(session=session, url=url)
        user = {
            "name": "Demo",
            "username": USERNAME,
            "password": PASSWORD,
            "language": "en",
            "client_id": f"{url}/",
        }
        answer = await welcome.post("/api/onboarding/users", user)
        token = await welcome.token(answer["auth_code"])
        await welcome.post("/api/onboarding/core_config", {}, token)
        await welcome.post("/api/onboarding/analytics", {}, token)
        integration = {
            "client_id": f"{url}/",
            "redirect_uri": f"{url}/?auth_callback=1",
        }
        await welcome.post("/api/onboarding/integration", integration, token)
    client = await Client.connect(url, token)
    try:
        await _remove_unwanted(client)
        lasting: str = await client.call(
            "auth/long_lived_access_token", client_name="house", lifespan=30
        )
        return lasting
    finally:
        await client.close()


async def _remove_unwanted(client: Client) -> None:
    """Delete the entries that the welcome pages add, some of them a moment later."""
    waiting = set(_UNWANTED)
    async with asyncio.timeout(30):
        while waiting:
            for entry in await client.call("config_entries/get"):
                if entry["domain"] in waiting:
                    await client.delete(
                        f"/api/config/config_entries/entry/{entry['entry_id']}"
                    )
                    waiting.discard(entry["domain"])
            flows = {
                flow["handler"]
                for flow in await client.call("config_entries/flow/progress")
            }
            waiting = {
                domain
                for domain in waiting
                if domain in flows or not await _gave_up(client, domain)
            }


async def _gave_up(client: Client, domain: str) -> bool:
    """Return whether an entry will not come any more, as without a network."""
    for _ in range(10):
        if any(
            entry["domain"] == domain
            for entry in await client.call("config_entries/get")
        ):
            return False
        await asyncio.sleep(0.1)
    return True
