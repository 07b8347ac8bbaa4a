"""The view Elsewhere: every place that holds voice data, how much, and how to empty it."""

import json

from playwright.async_api import Locator, expect

from demo.house.client import Json
from demo.house.paths import INTEGRATION
from demo.house.waiting import until

from .conftest import KITCHEN, Home, Visit
from .looks import EVERY_LOOK, RIGHT_TO_LEFT, overflow
from .visitor import Scheme, Visitor

REPLIES = "Spoken replies on the disk"
EMPTY = "Holds nothing"
NAMES: dict[str, str] = json.loads(
    (INTEGRATION / "translations/en.json").read_text(encoding="utf-8")
)["config_panel"]["places"]
FINISHED = "Deleted, and every place was searched again."


def card(someone: Visitor, name: str) -> Locator:
    """Return what is shown of a place that holds something."""
    return someone.panel.get_by_role("article", name=name, exact=True)


async def places(home: Home) -> Json:
    """Return what the integration tells of the places."""
    told: Json = await home.house.client.call("voice_retention/places")
    return told


async def is_quiet(home: Home) -> bool:
    """Return whether nothing is at work any more because of what was said."""
    told = (await places(home))["places"]
    return all(place["place"] != "contexts" or not place["holds"] for place in told)


async def test_every_place_is_shown_with_what_it_holds(
    visitor: Visit, home: Home
) -> None:
    """In words of people, and of whom it is."""
    await until(lambda: is_quiet(home))
    told = (await places(home))["places"]
    full = [place for place in told if place["holds"]]
    assert {"vault", "tts_cache"} <= {place["place"] for place in full}
    async with visitor() as someone:
        await someone.open("elsewhere")
        await expect(someone.panel.get_by_role("article")).to_have_count(len(full))
        for place in full:
            shown = card(someone, NAMES[place["place"]])
            await expect(shown.locator(".count")).to_have_text(str(place["holds"]))
            for one in place["by_satellite"]:
                await expect(shown).to_contain_text(f"{one['name']}: {one['holds']}")
        empty = someone.panel.get_by_role("region", name=EMPTY)
        for place in told:
            if place["holds"] == 0:
                await expect(empty).to_contain_text(NAMES[place["place"]])


async def test_what_is_out_of_reach_is_named_with_what_to_do(
    visitor: Visit, home: Home
) -> None:
    """The cloud that heard the kitchen has its own copy."""
    told = (await places(home))["out_of_reach"]
    assert any(item["kind"] == "engine" for item in told)
    async with visitor() as someone:
        await someone.open("elsewhere")
        reach = someone.panel.get_by_role("region", name="Out of reach")
        for item in told:
            await expect(reach).to_contain_text(item["name"])
        await expect(reach).to_contain_text("ask the provider to")


async def test_one_place_is_emptied_and_no_other(visitor: Visit, home: Home) -> None:
    """After its plan was shown, and with the keyboard alone."""
    await home.say("Kitchen", KITCHEN)
    kept = len(await home.retention.recordings())
    before = {
        place["place"]: place["holds"] for place in (await places(home))["places"]
    }
    assert before["tts_cache"]
    async with visitor() as someone:
        await someone.open("elsewhere")
        await card(someone, REPLIES).get_by_role("button", name="Delete").press("Enter")
        asked = someone.panel.locator("vr-delete")
        await expect(asked.locator("dd")).to_have_text([str(before["tts_cache"])])
        await asked.get_by_role("button", name="Delete", exact=True).press("Enter")
        await expect(asked.get_by_text(FINISHED).last).to_be_visible()
        await asked.get_by_role("button", name="Close").last.press("Enter")
        await expect(card(someone, REPLIES)).to_have_count(0)
        await expect(someone.panel.get_by_role("region", name=EMPTY)).to_contain_text(
            REPLIES
        )
    after = {place["place"]: place["holds"] for place in (await places(home))["places"]}
    assert (after["tts_cache"], after["vault"]) == (0, before["vault"])
    assert len(await home.retention.recordings()) == kept


@EVERY_LOOK
async def test_it_is_accessible_however_it_looks(
    visitor: Visit, width: int, scheme: Scheme
) -> None:
    """Axe finds nothing serious, and nothing sticks out."""
    async with visitor(width=width, scheme=scheme) as someone:
        await someone.open("elsewhere")
        await expect(someone.panel.get_by_role("region", name=EMPTY)).to_be_visible()
        assert not await someone.accessibility_faults()
        assert not await overflow(someone)


async def test_it_can_be_read_from_right_to_left(visitor: Visit) -> None:
    """Counts then stand at the left."""
    async with visitor(language=RIGHT_TO_LEFT) as someone:
        await someone.open("elsewhere")
        place = someone.panel.get_by_role("article").first
        name = await place.get_by_role("heading").bounding_box()
        count = await place.locator(".count").bounding_box()
        assert name
        assert count
        assert count["x"] < name["x"]
        assert not await overflow(someone)
