"""The view Receipts: what was deleted, place by place, and whether it stayed so."""

import json

from playwright.async_api import expect
import pytest

from .conftest import Home, Visit
from .looks import RIGHT_TO_LEFT, overflow
from .visitor import NARROW, WIDE, Scheme

PAGE = 25
"""How many receipts are fetched at a time."""


@pytest.fixture(scope="module", autouse=True)
async def deleted(home: Home) -> None:
    """Delete what the bedroom heard."""
    await home.house.client.action(
        "voice_retention.purge",
        {"keep_days": 0},
        target={"device_id": home.placed("Bedroom").device_id},
        response=True,
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [NARROW, WIDE])
async def test_a_receipt_tells_of_every_place(
    visitor: Visit, width: int, scheme: Scheme
) -> None:
    """In words, and without a serious fault of accessibility."""
    async with visitor(width=width, scheme=scheme) as someone:
        await someone.open("receipts")
        receipt = someone.panel.locator("vr-receipt", has_text="Bedroom").first
        await receipt.locator("summary").first.click()
        await expect(
            receipt.get_by_role("rowheader", name="Recordings and their texts")
        ).to_contain_text("keys, contents and rows are gone")
        assert not await someone.accessibility_faults()


async def test_one_and_all_can_be_searched_again(visitor: Visit) -> None:
    """And the answer is a sentence."""
    async with visitor() as someone:
        await someone.open("receipts")
        await someone.panel.get_by_role("button", name="Search all again").click()
        await expect(
            someone.panel.get_by_text("All receipts are as they were written")
        ).to_be_visible()
        receipt = someone.panel.locator("vr-receipt", has_text="Bedroom").first
        await receipt.locator("summary").first.click()
        await receipt.get_by_role("button", name="Search again").click()
        await expect(
            receipt.get_by_text("Searched again, and nothing is there")
        ).to_be_visible()


async def test_a_receipt_is_downloaded(visitor: Visit) -> None:
    """As it is stored, to be kept elsewhere."""
    async with visitor() as someone:
        await someone.open("receipts")
        receipt = someone.panel.locator("vr-receipt", has_text="Bedroom").first
        await receipt.locator("summary").first.click()
        async with someone.page.expect_download() as waiting:
            await receipt.get_by_role("button", name="Download").click()
        download = await waiting.value
        content = json.loads((await download.path()).read_text())
        assert content["complete"]
        assert "names" not in content


@pytest.mark.parametrize("width", [NARROW, WIDE])
async def test_they_can_be_read_from_right_to_left(visitor: Visit, width: int) -> None:
    """Nothing sticks out."""
    async with visitor(language=RIGHT_TO_LEFT, width=width) as someone:
        await someone.open("receipts")
        await someone.panel.locator("vr-receipt summary").first.click()
        assert not await overflow(someone)


async def test_an_error_is_a_sentence_and_can_be_tried_again(visitor: Visit) -> None:
    """The first question is refused here, as it is while the integration starts."""
    async with visitor() as someone:
        refused = await someone.refuse_once("voice_retention/receipts/list")
        await someone.open("receipts")
        await someone.try_again()
        await expect(someone.panel.locator("vr-receipt").first).to_be_visible()
        assert refused


async def test_older_ones_are_a_click_away_and_all_are_downloaded(
    visitor: Visit, home: Home
) -> None:
    """The newest ones first; the file has the whole chain."""
    for _ in range(PAGE):
        await home.house.client.action(
            "voice_retention.purge",
            {"keep_days": 0},
            target={"device_id": home.placed("Bedroom").device_id},
            response=True,
        )
    async with visitor() as someone:
        await someone.open("receipts")
        receipts = someone.panel.locator("vr-receipt")
        await expect(receipts).to_have_count(PAGE)
        await someone.panel.get_by_role("button", name="Show older ones").click()
        await expect(receipts).not_to_have_count(PAGE)
        count = await receipts.count()
        async with someone.page.expect_download() as waiting:
            await someone.panel.get_by_role("button", name="Download all").click()
        told = json.loads((await (await waiting.value).path()).read_text())
        numbers = [item["sequence"] for item in told]
        assert len(numbers) == count
        assert numbers == sorted(numbers, reverse=True)
