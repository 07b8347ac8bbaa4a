"""Take the pictures of the README, of a real Home Assistant in which real sentences were said.

Usage: python -m tests.browser.pictures FOLDER
"""

import asyncio
from pathlib import Path
import sys
import tempfile

from playwright.async_api import Browser, async_playwright

from demo.house.paths import cache_folder
from demo.lived_in import LivedIn, lived_in

from .conftest import FLAGS
from .visitor import Scheme, Visitor, visit

WIDTH, HEIGHT = 1280, 860
NARROW = (390, 844)
TO_DELETE = "Kitchen speaker"


async def take(folder: Path) -> None:
    """Build the house, and take all pictures of it."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as house:
        async with lived_in(Path(house)) as home, async_playwright() as playwright:
            await home.retention.purge(
                target={"device_id": [home.device("Study")]}, keep_days=0
            )
            browser = await playwright.chromium.launch(
                executable_path=cache_folder() / "bin" / "chromium", args=FLAGS
            )
            schemes: tuple[Scheme, ...] = ("light", "dark")
            for scheme in schemes:
                async with visit(
                    browser, home.house.home_assistant, width=WIDTH, scheme=scheme
                ) as someone:
                    await _take_views(someone, folder, scheme)
            await _take_phone(browser, home, folder)
            await browser.close()


async def _take_views(someone: Visitor, folder: Path, scheme: Scheme) -> None:
    await someone.page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
    for view in ("home", "history", "receipts", "elsewhere"):
        await someone.open(view)
        await _picture(someone, folder / f"{view}-{scheme}.png")
    await someone.open()
    await (
        someone.panel.get_by_role("article", name=TO_DELETE)
        .get_by_role("button", name="Delete")
        .click()
    )
    await someone.panel.locator("vr-delete dd").first.wait_for()
    await _picture(someone, folder / f"delete-{scheme}.png")


async def _take_phone(browser: Browser, home: LivedIn, folder: Path) -> None:
    width, height = NARROW
    async with visit(browser, home.house.home_assistant, width=width) as someone:
        await someone.page.set_viewport_size({"width": width, "height": height})
        await someone.open()
        await _picture(someone, folder / "home-phone.png")


async def _picture(someone: Visitor, file: Path) -> None:
    # Fonts and the first answers are there when nothing has been fetched for a moment.
    await someone.page.wait_for_timeout(1500)
    await someone.page.screenshot(path=file)


if __name__ == "__main__":
    asyncio.run(take(Path(sys.argv[1])))
