"""The view Home: a picture of where voice goes that is true, and switches that do what they say."""

from collections.abc import AsyncGenerator

from playwright.async_api import Locator, expect
import pytest

from demo.house import flows
from demo.house.client import Json
from demo.house.household import LOCAL_PIPELINE
from demo.house.waiting import until

from .conftest import KITCHEN, Home, Visit
from .visitor import Visitor

SENDING = "Don't send voice recordings"
KINDS = {
    "wake_word": "Wake word",
    "stt": "Speech to text",
    "conversation": "Agent",
    "tts": "Voice",
}
LOCALITIES = {"local": "Local", "cloud": "Cloud", "unproven": "Unproven"}
NOTHING_SENT = "Nothing is sent there"
GAP = "Voice can get out past Voice Retention"


def card(someone: Visitor, name: str) -> Locator:
    """Return what is shown of a satellite."""
    return someone.panel.get_by_role("article", name=name, exact=True)


async def state_of(home: Home, platform: str, key: str, name: str) -> str:
    """Return the state of an entity on a satellite's device."""
    state = await home.retention.state(platform, key, home.placed(name).device_id)
    return str(state["state"])


async def satellite(home: Home, name: str) -> Json:
    """Return what the integration tells of a satellite."""
    told = await home.house.client.call("voice_retention/home")
    return next(one for one in told["satellites"] if one["name"] == name)


@pytest.fixture
async def unprotected(home: Home) -> AsyncGenerator[None]:
    """Take the guard out of the kitchen's pipeline while it must not be sent anywhere."""
    retention, client = home.retention, home.house.client
    await retention.dont_send(home.placed("Kitchen").device_id, on=True)
    await flows.change_options(
        client,
        retention.entry_id,
        {"next_step_id": "pipelines"},
        {"protect_all": False, "pipelines": [home.house.pipelines[LOCAL_PIPELINE]]},
    )
    await flows.reload(client, retention.entry_id)
    yield
    await retention.dont_send(home.placed("Kitchen").device_id, on=False)


@pytest.mark.parametrize("name", ["Kitchen", "Bedroom"])
async def test_the_picture_names_every_engine_and_where_it_works(
    visitor: Visit, home: Home, name: str
) -> None:
    """By word, since not everybody sees colours; and it shows the guards."""
    (path,) = (await satellite(home, name))["paths"]
    async with visitor() as someone:
        await someone.open()
        steps = card(someone, name).get_by_role("listitem")
        await expect(steps).to_have_count(1 + len(path["steps"]))
        await expect(steps.first).to_contain_text(name)
        for number, step in enumerate(path["steps"], start=1):
            shown = steps.nth(number)
            await expect(shown).to_contain_text(KINDS[step["kind"]])
            await expect(shown).to_contain_text(step["engine_name"])
            await expect(shown.locator("vr-locality")).to_have_text(
                LOCALITIES[step["locality"]]
            )
            guarded = shown.get_by_text("Guarded", exact=True)
            await expect(guarded).to_have_count(int(step["is_guarded"]))


async def test_evidence_is_shown_to_whoever_asks(visitor: Visit, home: Home) -> None:
    """With the reason that the integration itself has."""
    (path,) = (await satellite(home, "Kitchen"))["paths"]
    step = path["steps"][0]
    async with visitor() as someone:
        await someone.open()
        why = card(someone, "Kitchen").get_by_role(
            "button", name=f"Why is that said of {step['engine_name']}?"
        )
        await expect(why).to_have_attribute("aria-expanded", "false")
        await expect(someone.panel.get_by_text(step["evidence"])).to_have_count(0)
        await why.press("Enter")
        await expect(why).to_have_attribute("aria-expanded", "true")
        await expect(someone.panel.get_by_text(step["evidence"])).to_be_visible()


async def test_a_switch_does_what_it_says(visitor: Visit, home: Home) -> None:
    """The picture then shows that the cloud gets nothing, and follows what is done elsewhere."""
    async with visitor() as someone:
        await someone.open()
        kitchen = card(someone, "Kitchen")
        switch = kitchen.get_by_role("switch", name=SENDING)
        await expect(switch).not_to_be_checked()
        await expect(kitchen.get_by_text(NOTHING_SENT)).to_have_count(0)
        await switch.press("Space")
        await expect(switch).to_be_checked()
        await expect(kitchen.get_by_text(NOTHING_SENT)).to_have_count(1)
        await until(lambda: _is(home, "on"))
        await home.retention.dont_send(home.placed("Kitchen").device_id, on=False)
        await expect(switch).not_to_be_checked()
        await expect(kitchen.get_by_text(NOTHING_SENT)).to_have_count(0)
    assert await state_of(home, "switch", "dont_send_audio", "Bedroom") == "off"


async def _is(home: Home, wanted: str) -> bool:
    return await state_of(home, "switch", "dont_send_audio", "Kitchen") == wanted


async def test_a_refused_change_is_taken_back_and_explained(
    visitor: Visit, home: Home
) -> None:
    """A switch that looks off while it is on would be worse than none."""
    device_id = home.placed("Kitchen").device_id
    await home.retention.dont_send_text(device_id, on=True)
    async with visitor() as someone:
        await someone.open()
        switch = card(someone, "Kitchen").get_by_role("switch", name=SENDING)
        await expect(switch).to_be_checked()
        await switch.click()
        await expect(
            someone.page.get_by_text("Allow sending transcripts first").first
        ).to_be_visible()
        await expect(switch).to_be_checked()
        # What Home Assistant refuses, the browser's console has from its own frontend.
        someone.complaints.clear()
    await home.retention.dont_send_text(device_id, on=False)


async def test_retention_is_chosen_where_it_is_seen(visitor: Visit, home: Home) -> None:
    """And the household's default says what it is."""
    async with visitor() as someone:
        await someone.open()
        select = card(someone, "Bedroom").get_by_label("Keep voice recordings")
        await expect(select.locator("option:checked")).to_have_text(
            "Household default (1 day)"
        )
        await select.select_option("1_week")
        await until(lambda: _keeps(home, "1_week"))
        await expect(select).to_have_value("1_week")
        await home.retention.keep(home.placed("Bedroom").device_id, "default")
        await expect(select).to_have_value("default")


async def _keeps(home: Home, wanted: str) -> bool:
    return await state_of(home, "select", "keep_recordings", "Bedroom") == wanted


async def test_guest_mode_closes_every_picture(visitor: Visit, home: Home) -> None:
    """Nobody has to go through all satellites when guests come."""
    async with visitor() as someone:
        await someone.open()
        switch = someone.panel.get_by_role("switch", name="Guest mode")
        await switch.click()
        await expect(
            card(someone, "Kitchen").get_by_text(NOTHING_SENT)
        ).not_to_have_count(0)
        state = await home.retention.state("switch", "guest_mode")
        assert state["state"] == "on"
        await switch.click()
        await expect(card(someone, "Kitchen").get_by_text(NOTHING_SENT)).to_have_count(
            0
        )


async def test_what_is_said_appears_without_reloading(
    visitor: Visit, home: Home
) -> None:
    """Who speaks wants to see at once what came of it."""
    (before,) = [(await satellite(home, "Kitchen"))["recordings"]]
    async with visitor() as someone:
        await someone.open()
        kitchen = card(someone, "Kitchen")
        await expect(
            kitchen.get_by_role("link", name=f"Recordings kept: {before}")
        ).to_be_visible()
        await home.say("Kitchen", KITCHEN)
        link = kitchen.get_by_role("link", name=f"Recordings kept: {before + 1}")
        await expect(link).to_be_visible()
        await link.click()
        key = (await satellite(home, "Kitchen"))["key"]
        assert someone.page.url.endswith(f"/voice-retention/history?satellite={key}")


@pytest.mark.usefixtures("unprotected")
async def test_a_gap_stands_out_and_is_closed_with_one_press(
    visitor: Visit, home: Home
) -> None:
    """Only the satellite that must not be sent is named, for the other one's gap is none."""
    async with visitor() as someone:
        await someone.open()
        alert = someone.panel.get_by_role("alert").filter(has_text=GAP)
        await expect(alert).to_contain_text("Kitchen")
        assert "Bedroom" not in await alert.inner_text()
        await expect(
            card(someone, "Kitchen").get_by_text("No guard in front of it")
        ).to_have_count(1)
        await alert.get_by_role("button", name="Protect all assistants").press("Enter")
        await expect(alert).to_have_count(0)
        await expect(
            card(someone, "Kitchen").get_by_text("No guard in front of it")
        ).to_have_count(0)
    assert await home.is_guarded()


async def test_a_satellite_is_forgotten_after_its_plan_was_shown(
    visitor: Visit, home: Home
) -> None:
    """With the keyboard alone; nothing goes before, and nothing of anybody else."""
    kitchen, bedroom = (home.placed(name).device_id for name in ("Kitchen", "Bedroom"))
    there = len(await home.retention.recordings(kitchen))
    others = len(await home.retention.recordings(bedroom))
    assert there
    assert others
    async with visitor() as someone:
        await someone.open()
        button = card(someone, "Kitchen").get_by_role("button", name="Delete …")
        await button.press("Enter")
        # What is in the dialog is not below it in the page, only in a slot of it.
        dialog, asked = (
            someone.panel.get_by_role("dialog"),
            someone.panel.locator("vr-delete"),
        )
        await expect(
            asked.get_by_text(f"Recordings that will be deleted: {there}").last
        ).to_be_visible()
        await expect(asked.get_by_text("Out of reach").first).to_be_visible()
        assert not await someone.accessibility_faults()
        await someone.page.keyboard.press("Escape")
        await expect(dialog).to_be_hidden()
        await expect(button).to_be_focused()
        assert len(await home.retention.recordings(kitchen)) == there
        await button.press("Enter")
        await asked.get_by_role("button", name="Delete", exact=True).press("Enter")
        await expect(
            asked.get_by_text("Deleted, and every place was searched again.").last
        ).to_be_visible()
        assert not await someone.accessibility_faults()
        await asked.get_by_role("button", name="Close").last.press("Enter")
        await expect(
            card(someone, "Kitchen").get_by_text("No recordings kept")
        ).to_be_visible()
    assert await home.retention.recordings(kitchen) == []
    assert len(await home.retention.recordings(bedroom)) == others
    receipt = (await home.retention.receipts())[0]
    assert (receipt["asked_by"], receipt["user_name"]) == ("user", "Demo")
