"""The languages with the longest words fit on a phone, in every view."""

import json

from playwright.async_api import expect
import pytest

from demo.house.paths import INTEGRATION

from .conftest import Home, Visit
from .looks import overflow
from .test_history import details, rows
from .visitor import NARROW


@pytest.fixture(scope="module", autouse=True)
async def deleted(home: Home) -> None:
    """Leave a receipt."""
    await home.house.client.action(
        "voice_retention.purge",
        {"keep_days": 0},
        target={"device_id": home.placed("Bedroom").device_id},
        response=True,
    )


@pytest.mark.parametrize("language", ["de", "fr", "nl", "pl", "ru"])
async def test_a_language_is_shown_and_nothing_sticks_out(
    visitor: Visit, language: str
) -> None:
    """Words are longer in some than in English."""
    file = INTEGRATION / f"translations/{language}.json"
    texts = json.loads(file.read_text())["config_panel"]
    async with visitor(width=NARROW, language=language) as someone:
        await someone.open("home")
        for view in ("home", "history", "receipts", "elsewhere"):
            link = someone.panel.get_by_role(
                "link", name=texts[view]["title"], exact=True
            )
            await link.click()
            await expect(link).to_have_attribute("aria-current", "page")
            match view:
                case "home":
                    await expect(
                        someone.panel.get_by_text(texts["home"]["heading"])
                    ).to_be_visible()
                case "history":
                    await rows(someone).first.click()
                    await details(someone).locator("button").first.wait_for()
                case "receipts":
                    await someone.panel.locator("vr-receipt summary").first.click()
                case "elsewhere":
                    await someone.panel.get_by_role("article").first.wait_for()
            assert not await overflow(someone), view
