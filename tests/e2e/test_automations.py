"""What households automate works on a real Home Assistant, the newest and the oldest."""

from collections.abc import AsyncGenerator

import pytest

from demo.house.client import Json
from demo.house.household import Household
from demo.house.light_satellite import LightSatellite
from demo.house.speech import Speech
from demo.house.waiting import until
from demo.retention import DOMAIN, Retention

pytestmark = pytest.mark.slow

GUEST = "input_boolean.party"


@pytest.fixture(scope="module", params=["ha-2026.6", "ha-2026.11"])
async def house(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncGenerator[Household]:
    """Return a house that runs one of the releases; afterwards its log must be clean."""
    async with Household(
        tmp_path_factory.mktemp("house"), environment=request.param
    ) as house:
        yield house
        # Debug data of a run that is not over is in use, and the automation fails and says so.
        complaints = house.home_assistant.complaints(
            expected=(r"Something is left in: (chat_logs, )?pipeline_debug$",)
        )
    assert not complaints, "\n".join(complaints)


async def automate(house: Household, name: str, **values: object) -> str:
    """Make an automation of one of our blueprints, as the editor does, and return its id."""
    await house.client.post(
        f"/api/config/automation/config/{name}",
        {
            "alias": name,
            "use_blueprint": {"path": f"{DOMAIN}/{name}.yaml", "input": values},
        },
    )

    async def look() -> Json | None:
        state = await house.client.state(f"automation.{name}")
        return state if state and state["state"] == "on" else None

    return str((await until(look))["entity_id"])


async def wait_until_empty(retention: Retention) -> None:
    """Wait until nothing is kept."""

    async def look() -> bool:
        return not await retention.recordings()

    await until(look)


async def notified(house: Household, words: str) -> bool:
    """Wait for a notification with these words."""

    async def look() -> bool:
        found = await house.client.call("persistent_notification/get")
        return any(words in item["message"] for item in found)

    return await until(look)


async def test_blueprints_triggers_and_conditions_do_what_they_say(
    house: Household,
) -> None:
    """From the start of a guest's visit to everybody's leaving."""
    satellite = LightSatellite("Kitchen")
    await house.add_satellite(satellite)
    retention = await Retention.set_up(
        house.client, local_engines=(house.engines.local,)
    )
    speech = await Speech.of("turn on the kitchen light", seed=1)
    house.cloud.teach([speech])
    listed = await house.client.call("blueprint/list", domain="automation")
    ours = {path for path in listed if path.startswith(f"{DOMAIN}/")}
    assert len(ours) == 5
    assert not any("error" in listed[path] for path in ours)

    switch = await retention.entity("switch", "guest_mode")
    await house.client.post(f"/api/states/{GUEST}", {"state": "off"})
    await automate(house, "guest_mode_on_arrival", guest_mode=switch, guests=[GUEST])
    await automate(house, "tell_when_sent_to_cloud")
    await automate(house, "purge_when_everybody_left", minutes=0)
    night = await automate(house, "purge_at_night")
    week = await automate(house, "weekly_privacy_report")

    await satellite.speak(speech, speed=5.0)
    assert await notified(house, "The voice of Kitchen")
    await retention.wait_for_recordings(1)
    await house.client.action("automation.trigger", {"entity_id": week})
    assert await notified(house, "1 recordings are stored.")

    async def guests_are_here() -> bool:
        state = await house.client.state(switch)
        return state is not None and state["state"] == "on"

    await house.client.post(f"/api/states/{GUEST}", {"state": "on"})
    assert await until(guests_are_here)
    await house.client.post(f"/api/states/{GUEST}", {"state": "off"})

    await house.client.post("/api/states/zone.home", {"state": "1"})
    await house.client.post("/api/states/zone.home", {"state": "0"})
    await wait_until_empty(retention)
    await satellite.speak(speech, speed=5.0)
    await retention.wait_for_recordings(1)
    await house.client.action("automation.trigger", {"entity_id": night})
    await wait_until_empty(retention)
