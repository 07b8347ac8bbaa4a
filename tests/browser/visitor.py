"""Somebody who looks at Home Assistant's pages, and is told of everything that is not as it should be."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
import json
from pathlib import Path
from typing import Any, Literal

from playwright.async_api import Browser, Locator, Page, WebSocketRoute, expect

from demo.house.home_assistant import HomeAssistant

AXE = Path(__file__).parents[2] / "frontend/node_modules/axe-core/axe.min.js"
SERIOUS = {"serious", "critical"}

type Scheme = Literal["light", "dark"]

NARROW = 360
WIDE = 1440
HEIGHT = 900

NOT_LOADED = "Voice Retention is not set up or could not start."

NOT_OURS = ("/api/hassio", "/manifest.json")
"""What Home Assistant's own frontend asks for in vain, and the browser then complains about."""


@dataclass(kw_only=True)
class Visitor:
    """One signed-in person with a browser window."""

    page: Page
    url: str
    requests: list[str] = field(default_factory=list)
    """Every address that was asked for."""

    complaints: list[str] = field(default_factory=list)
    """What the browser's console has as errors, and what was thrown."""

    @property
    def panel(self) -> Locator:
        """Return the panel; locators see through the shadow roots in it."""
        return self.page.locator("voice-retention-panel")

    async def open(self, view: str = "home") -> None:
        """Go to a view, and return once something of it is there."""
        await self.page.goto(f"{self.url}/voice-retention/{view}")
        await self.panel.locator("main").wait_for()

    async def accessibility_faults(self) -> list[str]:
        """Return what axe finds to be seriously wrong with the panel, as it is now."""
        await self.page.add_script_tag(content=AXE.read_text())
        found: dict[str, Any] = await self.panel.evaluate(
            "panel => axe.run(panel, {resultTypes: ['violations']})"
        )
        return [
            f"{fault['id']}: {fault['help']}: {node['html'][:200]}"
            for fault in found["violations"]
            if fault["impact"] in SERIOUS
            for node in fault["nodes"]
        ]

    async def refuse_once(self, command: str) -> list[int]:
        """Have a question of the page refused, as while the integration starts; the next one is answered.

        Return the ids of what was refused so far.
        """
        refused: list[int] = []

        def answer(socket: WebSocketRoute) -> None:
            server = socket.connect_to_server()

            def ask(text: str | bytes) -> None:
                messages: Any = json.loads(text)
                for message in messages if isinstance(messages, list) else [messages]:
                    if message["type"] == command and not refused:
                        refused.append(message["id"])
                        socket.send(json.dumps(_refusal(message["id"])))
                    else:
                        server.send(json.dumps(message))

            socket.on_message(ask)

        await self.page.route_web_socket("**/api/websocket", answer)
        return refused

    async def try_again(self) -> None:
        """Read the sentence that a refused question led to, and ask again."""
        alert = self.panel.get_by_role("alert")
        await expect(alert).to_contain_text(NOT_LOADED)
        await alert.get_by_role("button", name="Try again").click()

    def strangers(self) -> list[str]:
        """Return the addresses outside of this Home Assistant that were asked for."""
        own = (f"{self.url}/", f"ws{self.url.removeprefix('http')}/", "data:", "blob:")
        return [address for address in self.requests if not address.startswith(own)]


def _refusal(message_id: int) -> dict[str, Any]:
    return {
        "id": message_id,
        "type": "result",
        "success": False,
        "error": {
            "code": "home_assistant_error",
            "message": "not this one",
            "translation_domain": "voice_retention",
            "translation_key": "not_loaded",
        },
    }


@asynccontextmanager
async def visit(
    browser: Browser,
    home_assistant: HomeAssistant,
    *,
    width: int = WIDE,
    scheme: Scheme = "light",
    language: str = "en",
    token: str | None = None,
) -> AsyncGenerator[Visitor]:
    """Open a window of somebody who is signed in, by default as the first user.

    Whatever is done in it, nothing may be fetched from elsewhere, and nothing may go wrong.
    """
    context = await browser.new_context(
        viewport={"width": width, "height": HEIGHT},
        color_scheme=scheme,
        locale=language,
        timezone_id="Europe/Berlin",
        accept_downloads=True,
    )
    url = home_assistant.url
    tokens = {
        "access_token": token or home_assistant.token,
        "token_type": "Bearer",
        "expires_in": 86_400,
        "expires": 9_999_999_999_999,
        "hassUrl": url,
        "clientId": f"{url}/",
        "refresh_token": "",
    }
    await context.add_init_script(
        f"localStorage.setItem('hassTokens', {json.dumps(json.dumps(tokens))});"
        f"localStorage.setItem('selectedLanguage', {json.dumps(json.dumps(language))});"
    )
    page = await context.new_page()
    visitor = Visitor(page=page, url=url)
    page.on("request", lambda request: visitor.requests.append(request.url))
    page.on("websocket", lambda socket: visitor.requests.append(socket.url))
    page.on("pageerror", lambda error: visitor.complaints.append(str(error)))
    page.on(
        "console",
        lambda message: (
            visitor.complaints.append(f"{message.text} ({message.location})")
            if message.type == "error"
            and not any(part in str(message.location) for part in NOT_OURS)
            else None
        ),
    )
    try:
        yield visitor
    finally:
        await context.close()
    assert not visitor.strangers()
    assert not visitor.complaints
