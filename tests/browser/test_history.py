"""The view History: find a recording, hear it, see who got it, keep it or delete it."""

from playwright.async_api import Locator, expect
import pytest

from .conftest import BEDROOM, KITCHEN, Home, Visit
from .visitor import NARROW, WIDE, Scheme, Visitor


def rows(someone: Visitor) -> Locator:
    """Return the rows that are drawn."""
    return someone.panel.locator("[role=row][aria-selected]")


def details(someone: Visitor) -> Locator:
    """Return what is told of one recording."""
    return someone.panel.locator("vr-details")


async def test_recordings_are_listed_newest_first(visitor: Visit) -> None:
    """With what was heard and where."""
    async with visitor() as someone:
        await someone.open("history")
        await expect(rows(someone)).to_have_count(3)
        await expect(rows(someone).first).to_contain_text(BEDROOM)
        await expect(rows(someone).first).to_contain_text("Bedroom")
        await expect(rows(someone).nth(1)).to_contain_text("Kitchen")
        grid = someone.panel.get_by_role("grid", name="History")
        await expect(grid).to_have_attribute("aria-rowcount", "3")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [NARROW, WIDE])
async def test_axe_finds_no_serious_fault(
    visitor: Visit, width: int, scheme: Scheme
) -> None:
    """In the list, and with the details open."""
    async with visitor(width=width, scheme=scheme) as someone:
        await someone.open("history")
        await expect(rows(someone)).to_have_count(3)
        assert not await someone.accessibility_faults()
        await rows(someone).first.click()
        await details(someone).get_by_role("button", name="Play").wait_for()
        assert not await someone.accessibility_faults()


async def test_a_filter_is_in_the_address(visitor: Visit) -> None:
    """So that a link, or loading the page again, shows the same."""
    async with visitor() as someone:
        await someone.open("history")
        await someone.panel.get_by_label("All satellites").select_option("Bedroom")
        await expect(rows(someone)).to_have_count(1)
        assert "satellite=" in someone.page.url
        await someone.page.reload()
        await expect(rows(someone)).to_have_count(1)
        await someone.panel.get_by_role("button", name="Clear filters").click()
        await expect(rows(someone)).to_have_count(3)


async def test_words_are_found_and_stay_out_of_the_address(visitor: Visit) -> None:
    """Addresses are kept by browsers and proxies."""
    async with visitor() as someone:
        await someone.open("history")
        await someone.panel.get_by_label("Search what was said").fill("bedroom")
        await expect(someone.panel.get_by_text("Found: 1")).to_be_visible()
        await expect(rows(someone)).to_have_count(1)
        assert "bedroom" not in someone.page.url
        await someone.panel.get_by_label("Search what was said").fill("xylophone")
        await expect(someone.panel.get_by_text("Nothing found")).to_be_visible()


async def test_a_recording_is_played_and_the_listener_noted(visitor: Visit) -> None:
    """Nobody is written down before somebody wants to hear it."""
    async with visitor() as someone:
        await someone.open("history")
        await rows(someone).nth(1).click()
        sheet = details(someone)
        await expect(sheet.get_by_text("Nobody.")).to_be_visible()
        await sheet.get_by_role("button", name="Play").click()
        await expect(sheet.get_by_text("Listened")).to_be_visible()
        slider = sheet.get_by_role("slider", name="Position")
        await expect(slider).to_have_attribute("aria-disabled", "false")
        await slider.press("End")
        most = await slider.get_attribute("aria-valuemax")
        await expect(slider).to_have_attribute("aria-valuenow", most or "")
        await slider.press("Home")


async def test_the_keyboard_is_enough(visitor: Visit) -> None:
    """To go through the list, open, come back, choose and give up."""
    async with visitor() as someone:
        await someone.open("history")
        await rows(someone).first.focus()
        await someone.page.keyboard.press("ArrowDown")
        await expect(rows(someone).nth(1)).to_be_focused()
        await someone.page.keyboard.press("Enter")
        await expect(details(someone).get_by_text(KITCHEN)).to_be_visible()
        await someone.page.keyboard.press("Escape")
        await expect(details(someone)).to_have_count(0)
        await expect(rows(someone).nth(1)).to_be_focused()
        await someone.page.keyboard.press("End")
        await expect(rows(someone).nth(2)).to_be_focused()
        await someone.page.keyboard.press(" ")
        await someone.page.keyboard.press("Shift+ArrowUp")
        await expect(someone.panel.get_by_text("Chosen: 2")).to_be_visible()
        await someone.page.keyboard.press("Escape")
        await expect(someone.panel.get_by_text("Recordings: 3")).to_be_visible()


async def test_a_recording_is_held_and_released(visitor: Visit) -> None:
    """Held ones outlive their time."""
    async with visitor() as someone:
        await someone.open("history")
        await rows(someone).nth(2).click()
        await details(someone).get_by_role("button", name="Hold").click()
        dialog = someone.panel.locator("vr-hold")
        await dialog.get_by_role("button", name="Hold", exact=True).click()
        await expect(rows(someone).nth(2)).to_contain_text("Held")
        await details(someone).get_by_role("button", name="Release").click()
        await expect(rows(someone).nth(2)).not_to_contain_text("Held")


async def test_what_is_said_appears_and_what_is_deleted_goes(
    visitor: Visit, home: Home
) -> None:
    """Without loading the page again, and only after showing what goes."""
    async with visitor() as someone:
        await someone.open("history")
        await expect(rows(someone)).to_have_count(3)
        await home.say("Bedroom", BEDROOM)
        await expect(rows(someone)).to_have_count(4)
        await rows(someone).first.get_by_role("checkbox").click()
        await someone.panel.get_by_role("button", name="Delete", exact=True).click()
        dialog = someone.panel.locator("vr-delete")
        await expect(
            dialog.get_by_text("Recordings that will be deleted: 1").last
        ).to_be_visible()
        await expect(rows(someone)).to_have_count(4)
        await dialog.get_by_role("button", name="Delete", exact=True).click()
        await expect(rows(someone)).to_have_count(3)
