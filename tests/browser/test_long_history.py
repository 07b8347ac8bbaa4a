"""A history that no page can hold at once."""

from playwright.async_api import expect

from .conftest import BEDROOM, Home, Visit
from .long_history import fill, said
from .test_history import rows
from .visitor import HEIGHT

COUNT = 2000
MOST_ROWS = 60
"""In sight, and a few around them."""


async def test_only_what_is_in_sight_exists(visitor: Visit, home: Home) -> None:
    """Whatever part of the list is looked at, its rows come, and the others go."""
    told = await home.house.client.call("voice_retention/home")
    keys = [one["key"] for one in told["satellites"] if one["key"] != "other"]
    await home.while_stopped(lambda folder: fill(folder, keys, COUNT))
    async with visitor() as someone:
        await someone.open("history")
        grid = someone.panel.get_by_role("grid", name="History")
        await expect(grid).to_have_attribute("aria-rowcount", str(COUNT + 3))
        box = await someone.panel.locator("vr-recording-list").bounding_box()
        assert box
        assert box["y"] + box["height"] <= HEIGHT + 1
        await rows(someone).first.focus()
        await someone.page.keyboard.press("End")
        last = someone.panel.locator(f"[aria-rowindex='{COUNT + 3}']")
        await expect(last).to_contain_text("Not recognised")
        await expect(last).to_be_focused()
        await expect(someone.panel.get_by_text(said(1), exact=True)).to_be_visible()
        assert await rows(someone).count() < MOST_ROWS
        await someone.page.keyboard.press("Home")
        await expect(rows(someone).first).to_be_focused()


async def test_what_is_said_does_not_move_what_is_looked_at(
    visitor: Visit, home: Home
) -> None:
    """It is announced, and shown when somebody wants to see it."""
    async with visitor() as someone:
        await someone.open("history")
        await rows(someone).first.focus()
        for _ in range(3):
            await someone.page.keyboard.press("PageDown")
        seen = someone.panel.locator("[role=row][tabindex='0']")
        number = await seen.get_attribute("aria-rowindex")
        text = await seen.locator(".line").first.text_content()
        await home.say("Bedroom", BEDROOM)
        pill = someone.panel.get_by_role("button", name="New recordings: 1")
        await expect(pill).to_be_visible()
        row = someone.panel.locator(f"[aria-rowindex='{number}']")
        assert text
        await expect(row).to_contain_text(text)
        await pill.click()
        await expect(rows(someone).first).to_contain_text(BEDROOM)
        await expect(pill).to_have_count(0)
