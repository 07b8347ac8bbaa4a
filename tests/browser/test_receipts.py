"""The view Receipts: what was deleted, place by place, and whether it stayed so."""

import json

from playwright.async_api import expect
import pytest

from .conftest import Home, Visit
from .visitor import NARROW, WIDE, Scheme


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
