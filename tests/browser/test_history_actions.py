"""The view History: what is done with some recordings at a time, or with all that are shown."""

import json
from zipfile import ZipFile

from playwright.async_api import Locator, expect
import pytest

from .conftest import BEDROOM, KITCHEN, Home, Visit
from .looks import RIGHT_TO_LEFT, overflow
from .test_history import details, rows
from .visitor import NARROW, Visitor


async def choose(someone: Visitor, *numbers: int) -> None:
    """Choose rows by their boxes."""
    for number in numbers:
        await rows(someone).nth(number).get_by_role("checkbox").click()


def button(someone: Visitor, name: str) -> Locator:
    """Return a button above the list."""
    return someone.panel.locator("vr-selection-bar").get_by_role(
        "button", name=name, exact=True
    )


async def test_some_are_exported_and_handed_out_once(visitor: Visit) -> None:
    """And whoever did it stands in the log."""
    async with visitor() as someone:
        await someone.open("history")
        await choose(someone, 1, 2)
        await button(someone, "Export").click()
        dialog = someone.panel.locator("vr-export")
        await expect(dialog).to_contain_text("The archive is ready. Recordings: 2")
        assert not await someone.accessibility_faults()
        async with someone.page.expect_download() as waiting:
            await dialog.get_by_role("link", name="Download").click()
        archive = ZipFile(await (await waiting.value).path())
        told = json.loads(archive.read("recordings.json"))["recordings"]
        assert [item["transcript"] for item in told] == [KITCHEN, KITCHEN]
        assert sum(name.endswith(".wav") for name in archive.namelist()) == 2
        await expect(dialog.get_by_role("link", name="Download")).to_have_count(0)
        await dialog.get_by_role("button", name="Close").last.click()
        await rows(someone).nth(1).click()
        await expect(details(someone)).to_contain_text("Exported")


async def test_an_export_that_is_closed_too_early_is_no_error(visitor: Visit) -> None:
    """It ends, and another one can be made."""
    async with visitor() as someone:
        await someone.open("history")
        await choose(someone, 0)
        dialog = someone.panel.locator("vr-export")
        await button(someone, "Export").click()
        await someone.page.keyboard.press("Escape")
        await expect(dialog.get_by_role("dialog")).to_have_count(0)
        await button(someone, "Export").click()
        await expect(dialog).to_contain_text("The archive is ready. Recordings: 1")


async def test_a_selection_is_held_and_released(visitor: Visit) -> None:
    """From one row to another, with the key Shift."""
    async with visitor() as someone:
        await someone.open("history")
        await choose(someone, 0)
        await rows(someone).nth(2).click(modifiers=["Shift"])
        await expect(someone.panel.get_by_text("Chosen: 3")).to_be_visible()
        await button(someone, "Hold").click()
        dialog = someone.panel.locator("vr-hold")
        await dialog.get_by_role("button", name="Hold", exact=True).click()
        for number in range(3):
            await expect(rows(someone).nth(number)).to_contain_text("Held")
        await someone.panel.get_by_label("Held or not").select_option("Not held")
        await expect(someone.panel.get_by_text("No recording fits")).to_be_visible()
        assert not await someone.accessibility_faults()
        await someone.panel.get_by_role("button", name="Clear filters").last.click()
        await someone.panel.get_by_label("Choose all that is shown").click()
        await button(someone, "Release").click()
        for number in range(3):
            await expect(rows(someone).nth(number)).not_to_contain_text("Held")


@pytest.mark.parametrize(
    ("label", "option", "count"),
    [
        ("Local or not", "Cloud", 2),
        ("Local or not", "Local", 1),
        ("Recognised or not", "Recognised", 3),
        ("All engines", "pocketsphinx", 1),
        ("Held or not", "Not held", 3),
    ],
)
async def test_each_filter_lets_through_what_it_says(
    visitor: Visit, label: str, option: str, count: int
) -> None:
    """And the address remembers it."""
    async with visitor() as someone:
        await someone.open("history")
        await expect(rows(someone)).to_have_count(3)
        await someone.panel.get_by_label(label).select_option(option)
        await expect(rows(someone)).to_have_count(count)
        await someone.page.reload()
        await expect(rows(someone)).to_have_count(count)


async def test_a_day_is_the_household_s(visitor: Visit) -> None:
    """Today has all of them."""
    async with visitor() as someone:
        await someone.open("history")
        days = someone.panel.get_by_label("All days")
        await days.select_option(index=1)
        await expect(rows(someone)).to_have_count(3)
        assert "day=" in someone.page.url


@pytest.mark.parametrize("width", [NARROW, 1000])
async def test_it_can_be_read_from_right_to_left(visitor: Visit, width: int) -> None:
    """The boxes are at the right then, and nothing sticks out."""
    async with visitor(language=RIGHT_TO_LEFT, width=width) as someone:
        await someone.open("history")
        await expect(rows(someone)).to_have_count(3)
        row = await rows(someone).first.bounding_box()
        box = await rows(someone).first.get_by_role("checkbox").bounding_box()
        assert row
        assert box
        assert box["x"] > row["x"] + row["width"] / 2
        assert not await overflow(someone)
        await rows(someone).first.click()
        await expect(details(someone)).to_be_visible()
        assert not await overflow(someone)


async def test_an_error_is_a_sentence_and_can_be_tried_again(visitor: Visit) -> None:
    """The first page is refused here."""
    async with visitor() as someone:
        refused = await someone.refuse_once("voice_retention/history/list")
        await someone.open("history")
        await someone.try_again()
        await expect(rows(someone)).to_have_count(3)
        assert refused


async def test_a_deletion_that_is_refused_says_so_and_loses_nothing(
    visitor: Visit,
) -> None:
    """Nobody must believe that something is gone which is not."""
    async with visitor() as someone:
        refused = await someone.refuse_once("voice_retention/delete")
        await someone.open("history")
        await choose(someone, 0)
        await button(someone, "Delete").click()
        dialog = someone.panel.locator("vr-delete")
        await someone.try_again()
        await expect(
            dialog.get_by_text("Recordings that will be deleted: 1").last
        ).to_be_visible()
        await dialog.get_by_role("button", name="Cancel").click()
        await expect(rows(someone)).to_have_count(3)
        assert refused


# The last ones, for they leave nothing


async def test_all_that_a_filter_shows_is_deleted_and_nothing_else(
    visitor: Visit, home: Home
) -> None:
    """After it was shown what that is."""
    async with visitor() as someone:
        await someone.open("history")
        await someone.panel.get_by_label("All satellites").select_option("Kitchen")
        await expect(rows(someone)).to_have_count(2)
        await someone.panel.get_by_label("Choose all that is shown").click()
        await button(someone, "Delete").click()
        dialog = someone.panel.locator("vr-delete")
        await expect(
            dialog.get_by_text("Recordings that will be deleted: 2").last
        ).to_be_visible()
        await dialog.get_by_role("button", name="Delete", exact=True).click()
        await expect(dialog.get_by_role("button", name="Close").last).to_be_visible()
        await someone.page.keyboard.press("Escape")
        await expect(someone.panel.get_by_text("No recording fits")).to_be_visible()
        await someone.panel.get_by_role("button", name="Clear filters").last.click()
        await expect(rows(someone)).to_have_count(1)
        await expect(rows(someone).first).to_contain_text(BEDROOM)
    assert await home.retention.recordings(home.placed("Kitchen").device_id) == []


async def test_an_empty_history_explains_itself(visitor: Visit, home: Home) -> None:
    """Whether nothing was said yet, or nothing is to be kept."""
    async with visitor() as someone:
        await someone.open("history")
        await someone.panel.get_by_label("Choose all that is shown").click()
        await button(someone, "Delete").click()
        dialog = someone.panel.locator("vr-delete")
        await dialog.get_by_role("button", name="Delete", exact=True).click()
        await expect(dialog.get_by_role("button", name="Close").last).to_be_visible()
        await someone.page.keyboard.press("Escape")
        await expect(
            someone.panel.get_by_text("What is said next appears here by itself.")
        ).to_be_visible()
        assert not await someone.accessibility_faults()
        await home.house.client.action(
            "select.select_option",
            {"option": "never"},
            target={
                "entity_id": await home.retention.entity(
                    "select", "default_keep_recordings"
                )
            },
        )
        await someone.open("history")
        await expect(
            someone.panel.get_by_text("“Keep voice recordings” is “Never” everywhere")
        ).to_be_visible()
