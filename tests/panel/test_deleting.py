"""Test that the panel deletes what was chosen, that it shows it first, and nothing else."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser

from custom_components.voice_retention.purge.plan import Plan, Planner
from homeassistant.components.assist_pipeline import PipelineStage
from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
from tests.house import House
from tests.lookup import OTHER, satellite_key, settle
from tests.panel.ask import Panel
from tests.panel.conftest import GONE, ids

UNKNOWN = "0123456789abcdef0123456789abcdef"


def place(receipt: dict[str, Any], key: str = "vault") -> dict[str, Any]:
    """Return what a receipt says of a place."""
    return next(item for item in receipt["places"] if item["place"] == key)


# What is chosen


@pytest.mark.parametrize(
    ("what", "numbers"),
    [
        pytest.param({"recording_ids": [0, 2]}, [0, 2], id="selection"),
        pytest.param({"filter": {"locality": "cloud"}}, [0, 2, 3], id="filter"),
        pytest.param({"filter": {"held": False}}, [0, 1, 2, 3], id="all of a filter"),
        pytest.param(
            {"filter": {"locality": "cloud", "content": ["audio"]}}, [0, 2], id="both"
        ),
        pytest.param({"satellites": [OTHER, GONE]}, [2, 3], id="satellites"),
        pytest.param({"everything": True}, [0, 1, 2, 3], id="everything"),
    ],
)
async def test_what_is_shown_first_is_then_deleted_and_nothing_else(
    said: list[str], panel: Panel, what: dict[str, Any], numbers: list[int]
) -> None:
    """The plan and the deletion are one and the same."""
    if "recording_ids" in what:
        what = {"recording_ids": [said[number] for number in what["recording_ids"]]}
    plan = await panel("delete", what=what, dry_run=True)
    assert plan["dry_run"] is True
    assert plan["recordings"] == len(numbers)
    assert place(plan)["found"] > 0
    assert place(plan)["deleted"] == 0
    assert ids(await panel("history/list")) == said
    if plan["as_of"] is not None:
        what |= {"as_of": plan["as_of"]}
    receipt = await panel("delete", what=what, dry_run=False)
    assert receipt["complete"] is True
    assert receipt["recordings"] == len(numbers)
    assert place(receipt)["found"] == place(plan)["found"]
    assert place(receipt)["deleted"] == place(plan)["found"]
    assert ids(await panel("history/list")) == [
        recording_id
        for number, recording_id in enumerate(said)
        if number not in numbers
    ]


async def test_the_receipt_names_who_asked(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    said: list[str],
    panel: Panel,
    hass_admin_user: MockUser,
) -> None:
    """It is kept with every recording that was meant; the answer need not repeat them."""
    answer = await panel(
        "delete", what={"filter": {"locality": "local"}}, dry_run=False
    )
    assert answer["asked_by"] == "user"
    assert answer["user_id"] == hass_admin_user.id
    assert answer["user_name"] == hass_admin_user.name
    assert answer["scope"]["recording_ids"] is None
    async with entry.runtime_data.storage.async_use() as vault:
        (stored,) = await vault.receipts.page(1)
    assert stored.receipt_id == answer["receipt_id"]
    assert stored.body["user_name"] == hass_admin_user.name
    assert stored.body["scope"]["recording_ids"] == said[1:2]


async def test_traces_elsewhere_go_with_exactly_these(
    hass: HomeAssistant, house: House, entry: MockConfigEntry, panel: Panel
) -> None:
    """Those of a sentence that the filter does not show stay where they are."""
    for satellite in (house.kitchen, house.bedroom):
        await satellite.speak(end_stage=PipelineStage.INTENT)
        await settle(hass)
    bedroom, kitchen = ids(await panel("history/list"))
    what = {"filter": {"satellites": [satellite_key(hass, house.kitchen)]}}
    receipt = await panel("delete", what=what, dry_run=False)
    assert place(receipt, "pipeline_debug")["deleted"] == 1
    assert ids(await panel("history/list")) == [bedroom]
    both = {"recording_ids": [bedroom, kitchen]}
    receipt = await panel("delete", what=both, dry_run=True)
    assert receipt["recordings"] == 1
    assert place(receipt, "pipeline_debug")["found"] == 1


async def test_what_is_said_after_the_list_was_shown_stays(
    hass: HomeAssistant, house: House, said: list[str], panel: Panel
) -> None:
    """It was not among all that the filter showed."""
    shown = await panel("history/list", filter={"locality": "cloud"})
    await house.kitchen.speak()
    await settle(hass)
    what = {"filter": {"locality": "cloud"}, "as_of": shown["as_of"]}
    receipt = await panel("delete", what=what, dry_run=False)
    assert receipt["recordings"] == 3
    left = ids(await panel("history/list"))
    assert len(left) == 2
    assert left[1] == said[1]


async def test_without_a_moment_what_was_just_said_is_meant(
    hass: HomeAssistant, house: House, panel: Panel
) -> None:
    """Though it may not be in the vault yet."""
    await house.kitchen.speak()
    receipt = await panel(
        "delete", what={"filter": {"locality": "cloud"}}, dry_run=False
    )
    assert receipt["recordings"] == 1
    assert receipt["as_of"] == 1
    await settle(hass)
    assert ids(await panel("history/list")) == []


# What is spared


@pytest.mark.parametrize(
    "what", [{"filter": {"outcome": "ok"}}, {"everything": True}], ids=str
)
async def test_held_recordings_stay_unless_they_are_meant_too(
    said: list[str], panel: Panel, what: dict[str, Any]
) -> None:
    """The plan says how many."""
    until = (dt_util.utcnow() + timedelta(days=1)).isoformat()
    await panel("history/hold", recording_ids=said[:1], until=until)
    plan = await panel("delete", what=what, dry_run=True)
    with_held = await panel("delete", what=what, dry_run=True, include_held=True)
    assert plan["held"] == 1
    assert plan["held_recording_ids"] == said[:1]
    assert with_held["held"] == 0
    assert with_held["recordings"] == plan["recordings"] + 1
    await panel("delete", what=what, dry_run=False)
    assert said[0] in ids(await panel("history/list"))
    await panel("delete", what=what, dry_run=False, include_held=True)
    assert said[0] not in ids(await panel("history/list"))


async def test_only_some_content_can_go(said: list[str], panel: Panel) -> None:
    """The words stay when only the audio is meant."""
    what = {"everything": True}
    receipt = await panel("delete", what=what, content=["audio"], dry_run=False)
    assert receipt["recordings"] == 3
    rows = (await panel("history/list"))["recordings"]
    assert {content for row in rows for content in row["content"]} == {
        "transcript",
        "response",
    }


async def test_only_some_places_can_be_purged(said: list[str], panel: Panel) -> None:
    """The vault stays as it is when it is not among them."""
    receipt = await panel(
        "delete", what={"everything": True}, places=["pipeline_debug"], dry_run=False
    )
    assert [item["place"] for item in receipt["places"]] == ["pipeline_debug"]
    assert ids(await panel("history/list")) == said


# Mistakes


@pytest.mark.parametrize(
    ("fields", "key"),
    [
        pytest.param({"what": {}}, "invalid_field", id="nothing"),
        pytest.param({}, "invalid_field", id="not even that"),
        pytest.param({"what": {"filter": {}}}, "invalid_field", id="empty filter"),
        pytest.param(
            {"what": {"filter": {"areas": []}}}, "invalid_field", id="no area"
        ),
        pytest.param(
            {"what": {"filter": {"room": "x"}}}, "invalid_field", id="unknown condition"
        ),
        pytest.param({"what": {"as_of": 5}}, "invalid_field", id="moment alone"),
        pytest.param({"what": {"satellites": []}}, "invalid_field", id="no satellites"),
        pytest.param(
            {"what": {"recording_ids": []}}, "invalid_field", id="no recordings"
        ),
        pytest.param(
            {"what": {"everything": False}}, "invalid_field", id="not everything"
        ),
        pytest.param({"what": {"everything": 1}}, "invalid_field", id="one"),
        pytest.param(
            {"what": {"everything": True, "satellites": [OTHER]}},
            "invalid_field",
            id="two ways",
        ),
        pytest.param(
            {"what": {"everything": True}, "content": []}, "invalid_field", id="content"
        ),
        pytest.param(
            {"what": {"everything": True}, "places": []}, "invalid_field", id="places"
        ),
        pytest.param(
            {"what": {"everything": True}, "places": ["attic"]},
            "unknown_places",
            id="unknown place",
        ),
        pytest.param(
            {"what": {"everything": True}, "include_held": "no"},
            "invalid_field",
            id="text for yes",
        ),
        pytest.param(
            {"what": {"filter": {"outcome": "error"}}},
            "nothing_matches",
            id="filter without a match",
        ),
        pytest.param(
            {"what": {"filter": {"areas": ["attic"]}}},
            "nothing_matches",
            id="area without a satellite",
        ),
        pytest.param(
            {"what": {"filter": {"locality": "cloud"}, "as_of": 0}},
            "nothing_matches",
            id="before everything",
        ),
        pytest.param(
            {"what": {"recording_ids": [UNKNOWN]}}, "nothing_matches", id="gone"
        ),
        pytest.param(
            {"what": {"satellites": [OTHER, "nobody"]}},
            "target_not_found",
            id="unknown satellite",
        ),
    ],
)
async def test_a_mistake_deletes_nothing(
    said: list[str], panel: Panel, fields: dict[str, Any], key: str
) -> None:
    """Nothing is ever taken to mean everything."""
    error = await panel.error("delete", **fields, dry_run=False)
    assert error["translation_key"] == key
    assert ids(await panel("history/list")) == said


async def test_who_does_not_say_whether_it_is_a_trial_deletes_nothing(
    said: list[str], panel: Panel
) -> None:
    """Either is said in so many words."""
    error = await panel.error("delete", what={"everything": True})
    assert error["translation_placeholders"] == {"field": "dry_run"}
    assert ids(await panel("history/list")) == said


async def test_a_deletion_goes_on_when_the_page_is_left(
    hass: HomeAssistant,
    monkeypatch: pytest.MonkeyPatch,
    entry: MockConfigEntry,
    said: list[str],
    panel: Panel,
) -> None:
    """It was asked for."""
    begun, go_on, real = asyncio.Event(), asyncio.Event(), Planner.async_plan

    async def slow(*args: Any) -> Plan:
        begun.set()
        await go_on.wait()
        return await real(*args)

    monkeypatch.setattr(Planner, "async_plan", slow)
    await panel.client.send_json_auto_id(
        {
            "type": "voice_retention/delete",
            "what": {"filter": {"locality": "cloud"}},
            "dry_run": False,
        }
    )
    await begun.wait()
    await panel.client.close()
    await asyncio.sleep(0.1)
    go_on.set()
    await entry.runtime_data.purger.async_finish()
    async with entry.runtime_data.storage.async_use() as vault:
        (receipt,) = await vault.receipts.page(1)
    assert receipt.body["complete"] is True
    assert (await entry.runtime_data.storage.async_totals()).count == 1
