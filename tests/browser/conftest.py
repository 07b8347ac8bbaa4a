"""A household in which something was said, and a browser to look at it."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, async_playwright
import pytest

from demo.house.household import LOCAL_PIPELINE, Household, Placed
from demo.house.light_satellite import LightSatellite
from demo.house.paths import cache_folder
from demo.house.speech import Speech
from demo.house.waiting import until
from demo.retention import Retention

from .visitor import Visitor, visit

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--autoplay-policy=no-user-gesture-required",
)
"""The machine that tests may have no sandbox for browsers; the others keep the browser from calling its maker."""

KITCHEN = "turn on the kitchen light"
BEDROOM = "turn off the bedroom light"

type Visit = Callable[..., AbstractAsyncContextManager[Visitor]]


@dataclass(kw_only=True)
class Home:
    """What the pages are about."""

    house: Household
    retention: Retention
    satellites: dict[str, LightSatellite]

    def placed(self, name: str) -> Placed:
        """Return where a satellite is."""
        return self.house.placed[name]

    async def is_guarded(self) -> bool:
        """Return whether there is a guard in every pipeline."""
        engines = (await self.retention.guards()).values()
        return all([await self.retention.is_guard(engine) for engine in engines])

    async def while_stopped(self, work: Callable[[Path], Awaitable[None]]) -> None:
        """Do something to the configuration folder while nobody uses it."""
        home_assistant = self.house.home_assistant
        await home_assistant.stop()
        await work(home_assistant.config_folder)
        await home_assistant.start()
        self.retention = replace(self.retention, client=self.house.client)
        for satellite in self.satellites.values():
            await satellite.wait_connected()

    async def say(self, name: str, text: str, *, count: int = 1) -> None:
        """Say something at a satellite, and return when it is kept."""
        device_id = self.placed(name).device_id
        before = {
            item["recording_id"] for item in await self.retention.recordings(device_id)
        }
        for number in range(count):
            speech = await Speech.of(text, seed=len(before) + number)
            self.house.cloud.teach([speech])
            await self.satellites[name].speak(speech, speed=5.0, pause=0.15)

        async def is_kept() -> bool:
            """Look for what was not there before."""
            now = {
                item["recording_id"]
                for item in await self.retention.recordings(device_id)
            }
            return len(now - before) >= count

        await until(is_kept)


@pytest.fixture(scope="module")
async def home(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Home]:
    """Return a household with a satellite that a cloud hears and one that is heard at home."""
    async with Household(tmp_path_factory.mktemp("house")) as house:
        kitchen, bedroom = LightSatellite("Kitchen"), LightSatellite("Bedroom")
        await house.add_satellite(kitchen)
        await house.add_satellite(bedroom, LOCAL_PIPELINE)
        retention = await Retention.set_up(
            house.client, local_engines=(house.engines.local,)
        )
        home = Home(
            house=house,
            retention=retention,
            satellites={"Kitchen": kitchen, "Bedroom": bedroom},
        )
        for satellite in home.satellites.values():
            await satellite.wait_connected()
        await until(home.is_guarded)
        await home.say("Kitchen", KITCHEN, count=2)
        await home.say("Bedroom", BEDROOM)
        yield home


@pytest.fixture(scope="session")
async def browser() -> AsyncGenerator[Browser]:
    """Return the browser."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=cache_folder() / "bin" / "chromium", args=FLAGS
        )
        yield browser
        await browser.close()


@pytest.fixture
def visitor(browser: Browser, home: Home) -> Visit:
    """Return how somebody opens a window, given its width, colours and language."""
    options: Any = partial(visit, browser, home.house.home_assistant)
    return options
