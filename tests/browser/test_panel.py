"""The frame of the panel: how one gets there, from view to view, and what it costs."""

import gzip

from playwright.async_api import expect
import pytest

from demo.house.paths import INTEGRATION

from .conftest import Home, Visit
from .visitor import NARROW, WIDE

VIEWS = ("Home", "History", "Receipts", "Elsewhere")
MAX_BUNDLE = 120_000
"""Compressed bytes: what the slowest tablet on a wall waits for."""


def test_the_panel_is_small() -> None:
    """It is loaded by every administrator who opens it."""
    files = [file for file in (INTEGRATION / "frontend").iterdir() if file.is_file()]
    assert files
    size = sum(len(gzip.compress(file.read_bytes())) for file in files)
    assert size < MAX_BUNDLE, f"{size} bytes compressed"


@pytest.mark.parametrize("width", [NARROW, WIDE])
async def test_every_view_is_a_link_away(visitor: Visit, width: int) -> None:
    """And the browser's way back leads back."""
    async with visitor(width=width) as someone:
        await someone.page.goto(someone.url)
        await someone.page.goto(f"{someone.url}/voice-retention")
        for view in VIEWS:
            link = someone.panel.get_by_role("link", name=view, exact=True)
            await link.click()
            await expect(link).to_have_attribute("aria-current", "page")
            assert someone.page.url.endswith(f"/voice-retention/{view.lower()}")
        await someone.page.go_back()
        await expect(
            someone.panel.get_by_role("link", name="Receipts", exact=True)
        ).to_have_attribute("aria-current", "page")


async def test_the_panel_is_in_the_sidebar(visitor: Visit, home: Home) -> None:
    """For administrators."""
    async with visitor() as someone:
        await someone.page.goto(someone.url)
        link = someone.page.locator("ha-sidebar").get_by_text("Voice Retention")
        await link.click()
        await expect(someone.panel.get_by_role("heading", level=1)).to_have_text(
            "Voice Retention"
        )
