"""Test what the History view lists, and by what it lets people choose."""

from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser

from custom_components.voice_retention.policy.models import Content
from homeassistant.core import HomeAssistant
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    entity_registry as er,
)
from homeassistant.util import dt as dt_util
from tests.conftest import CLOUD, LOCAL
from tests.house import House
from tests.lookup import OTHER, satellite_key, settle
from tests.panel.ask import Panel
from tests.panel.conftest import GONE, ids


@pytest.fixture
def kitchen_area(hass: HomeAssistant, house: House, entry: MockConfigEntry) -> str:
    """Put the kitchen's device into an area."""
    area = ar.async_get(hass).async_create("Cuisine")
    device_id = er.async_get(hass).async_get(house.kitchen.entity_id).device_id
    dr.async_get(hass).async_update_device(device_id, area_id=area.id)
    return area.id


# The list


async def test_a_row_has_all_that_a_list_shows(
    hass: HomeAssistant, house: House, said: list[str], panel: Panel
) -> None:
    """Names as people gave them, words, and nothing that has to be asked for again."""
    answer = await panel("history/list")
    assert ids(answer) == said
    assert answer["total"] == 4
    assert answer["as_of"] == 4
    first, second, third, fourth = answer["recordings"]
    assert first["satellite_name"] == "Kitchen"
    assert first["engine_name"] == "cloud_speech"
    assert first["transcript"] == "one"
    assert first["response"]
    assert first["content"] == ["audio", "transcript", "response"]
    assert first["accesses"] == []
    assert first["damaged"] is False
    assert second["locality"] == "local"
    assert (third["transcript"], third["response"]) == (None, None)
    assert third["satellite_name"] == "Other voice clients"
    assert (fourth["engine"], fourth["engine_name"]) == (None, None)
    assert fourth["satellite_name"] == GONE


@pytest.mark.parametrize("limit", [1, 2, 3, 100])
async def test_pages_add_up_to_the_whole(
    said: list[str], panel: Panel, limit: int
) -> None:
    """And one beyond the end is empty."""
    shown: list[str] = []
    for offset in range(0, len(said) + limit, limit):
        page = await panel("history/list", offset=offset, limit=limit)
        assert page["total"] == 4
        shown += ids(page)
    assert shown == said


async def test_offsets_stay_true_while_people_speak(
    hass: HomeAssistant,
    house: House,
    entry: MockConfigEntry,
    said: list[str],
    panel: Panel,
) -> None:
    """What comes later is left out until the list is asked for anew."""
    first = await panel("history/list", limit=2)
    await house.kitchen.speak()
    await settle(hass)
    second = await panel("history/list", offset=2, limit=2, as_of=first["as_of"])
    assert ids(first) + ids(second) == said
    assert second["total"] == 4
    assert second["as_of"] == first["as_of"]
    assert (await panel("history/list"))["total"] == 5


async def test_a_list_that_was_empty_stays_empty(
    hass: HomeAssistant, house: House, entry: MockConfigEntry, panel: Panel
) -> None:
    """Nothing came before nothing."""
    empty = await panel("history/list")
    assert empty == {"recordings": [], "total": 0, "as_of": 0}
    await house.kitchen.speak()
    await settle(hass)
    assert await panel("history/list", as_of=0) == empty
    assert (await panel("history/list"))["total"] == 1


async def test_damaged_words_are_said_to_be_so(
    entry: MockConfigEntry, said: list[str], panel: Panel
) -> None:
    """They are not simply missing."""
    async with entry.runtime_data.storage.async_use() as vault:
        await vault._storage.write(
            lambda connection: connection.exec_driver_sql(
                "UPDATE contents SET sealed = zeroblob(50) WHERE content = ?",
                (Content.TRANSCRIPT,),
            )
        )
    first, *_ = (await panel("history/list"))["recordings"]
    assert first["transcript"] is None
    assert first["damaged"] is True


# Filters


@pytest.mark.parametrize(
    ("wanted", "numbers"),
    [
        pytest.param({}, [0, 1, 2, 3], id="none"),
        pytest.param({"satellites": ["kitchen"]}, [0], id="satellite"),
        pytest.param({"satellites": ["kitchen", OTHER]}, [0, 2], id="satellites"),
        pytest.param({"satellites": [GONE]}, [3], id="satellite that is gone"),
        pytest.param({"satellites": ["nobody"]}, [], id="no satellite"),
        pytest.param({"areas": ["cuisine"]}, [0], id="area"),
        pytest.param({"areas": ["attic"]}, [], id="area without a satellite"),
        pytest.param({"areas": ["attic", "cuisine"]}, [0], id="areas"),
        pytest.param(
            {"areas": ["cuisine"], "satellites": ["kitchen", "bedroom"]},
            [0],
            id="satellite and area",
        ),
        pytest.param(
            {"areas": ["cuisine"], "satellites": ["bedroom"]}, [], id="elsewhere"
        ),
        pytest.param({"engine": CLOUD}, [0, 2], id="cloud engine"),
        pytest.param({"engine": LOCAL}, [1], id="engine"),
        pytest.param({"locality": "cloud"}, [0, 2, 3], id="locality"),
        pytest.param({"outcome": "unrecognised"}, [2], id="unrecognised"),
        pytest.param({"content": ["audio"]}, [0, 1, 2], id="with audio"),
        pytest.param({"content": ["transcript"]}, [0, 1, 3], id="with a transcript"),
        pytest.param({"held": True}, [], id="held"),
        pytest.param({"held": False}, [0, 1, 2, 3], id="not held"),
        pytest.param({"locality": "cloud", "content": ["audio"]}, [0, 2], id="both"),
    ],
)
async def test_a_filter_lists_what_meets_each_condition(
    hass: HomeAssistant,
    house: House,
    said: list[str],
    kitchen_area: str,
    panel: Panel,
    wanted: dict[str, Any],
    numbers: list[int],
) -> None:
    """Of each kind there may be several; of the kinds each must fit."""
    keys = {
        "kitchen": satellite_key(hass, house.kitchen),
        "bedroom": satellite_key(hass, house.bedroom),
    }
    if satellites := wanted.get("satellites"):
        wanted = wanted | {"satellites": [keys.get(name, name) for name in satellites]}
    answer = await panel("history/list", filter=wanted)
    assert ids(answer) == [said[number] for number in numbers]
    assert answer["total"] == len(numbers)


async def test_a_period_ends_before_its_end(said: list[str], panel: Panel) -> None:
    """So that each recording is in one day only."""
    rows = (await panel("history/list"))["recordings"]
    answer = await panel(
        "history/list",
        filter={"start": rows[2]["created"], "end": rows[0]["created"]},
    )
    assert ids(answer) == said[1:3]


@pytest.mark.parametrize(
    ("fields", "key", "field"),
    [
        ({"filter": {"sattelites": ["kitchen"]}}, "invalid_field", "filter"),
        ({"filter": {"satellites": []}}, "invalid_field", "filter"),
        ({"filter": {"areas": "kitchen"}}, "invalid_field", "filter"),
        ({"filter": {"locality": "moon"}}, "invalid_field", "filter"),
        ({"filter": {"held": "yes"}}, "invalid_field", "filter"),
        ({"filter": {"content": []}}, "invalid_field", "filter"),
        ({"filter": "everything"}, "invalid_field", "filter"),
        ({"limit": 101}, "invalid_field", "limit"),
        ({"limit": 0}, "invalid_field", "limit"),
        ({"offset": -1}, "invalid_field", "offset"),
        ({"offset": 2**63}, "invalid_field", "offset"),
        ({"as_of": "now"}, "invalid_field", "as_of"),
        ({"cursor": 1}, "invalid_field", "cursor"),
        (
            {"filter": {"start": "2026-01-02 00:00", "end": "2026-01-02 00:00"}},
            "empty_period",
            None,
        ),
    ],
)
async def test_what_is_not_understood_is_refused(
    entry: MockConfigEntry,
    panel: Panel,
    fields: dict[str, Any],
    key: str,
    field: str | None,
) -> None:
    """A condition that is passed over would show, and delete, more than was meant."""
    error = await panel.error("history/list", **fields)
    assert error["translation_key"] == key
    if field is not None:
        assert error["translation_placeholders"] == {"field": field}


# What there is to choose from


async def test_facets_are_of_what_is_stored(
    hass: HomeAssistant,
    house: House,
    said: list[str],
    kitchen_area: str,
    panel: Panel,
) -> None:
    """By name, also what is gone meanwhile but has recordings."""
    await hass.config.async_set_time_zone("Pacific/Auckland")
    facets = await panel("history/facets")
    assert facets["satellites"] == [
        {"key": GONE, "name": GONE, "area_id": None, "area": None},
        {
            "key": satellite_key(hass, house.bedroom),
            "name": "Bedroom",
            "area_id": None,
            "area": None,
        },
        {
            "key": satellite_key(hass, house.kitchen),
            "name": "Kitchen",
            "area_id": kitchen_area,
            "area": "Cuisine",
        },
        {"key": OTHER, "name": "Other voice clients", "area_id": None, "area": None},
    ]
    assert facets["areas"] == [{"area_id": kitchen_area, "name": "Cuisine"}]
    assert facets["engines"] == [
        {"engine_id": CLOUD, "name": "cloud_speech"},
        {"engine_id": LOCAL, "name": "local_speech"},
    ]
    rows = (await panel("history/list"))["recordings"]
    days = [
        str(dt_util.as_local(dt_util.parse_datetime(row["created"])).date())
        for row in rows
    ]
    assert facets["days"] == [
        {"day": day, "count": days.count(day)} for day in dict.fromkeys(days)
    ]


async def test_a_satellite_may_have_an_area_of_its_own(
    hass: HomeAssistant, house: House, said: list[str], kitchen_area: str, panel: Panel
) -> None:
    """That of the entity comes before that of its device."""
    nook = ar.async_get(hass).async_create("Nook").id
    er.async_get(hass).async_update_entity(
        house.kitchen.entity_id, name="Ear", area_id=nook
    )
    facets = await panel("history/facets")
    assert facets["areas"] == [{"area_id": nook, "name": "Nook"}]
    assert ids(await panel("history/list", filter={"areas": [nook]})) == said[:1]


async def test_facets_of_an_empty_vault_are_empty(
    entry: MockConfigEntry, panel: Panel
) -> None:
    """There is nothing to choose from."""
    assert await panel("history/facets") == {
        "satellites": [],
        "areas": [],
        "engines": [],
        "days": [],
    }


# Everybody else


COMMANDS: dict[str, dict[str, Any]] = {
    "history/facets": {},
    "history/list": {},
    "history/search": {"text": "one"},
    "history/details": {"recording_id": "0" * 32},
    "history/play": {"recording_id": "0" * 32},
    "history/hold": {"recording_ids": ["0" * 32], "until": None},
    "delete": {"what": {"everything": True}, "dry_run": False},
}


@pytest.mark.parametrize("command", COMMANDS)
async def test_others_than_administrators_are_refused(
    said: list[str], panel: Panel, hass_admin_user: MockUser, command: str
) -> None:
    """They see no recording, no time, no name, and delete nothing."""
    fields = COMMANDS[command]
    if "recording_id" in fields:
        fields = {"recording_id": said[0]}
    if "recording_ids" in fields:
        fields = fields | {"recording_ids": said}
    groups, hass_admin_user.groups = hass_admin_user.groups, []
    error = await panel.error(command, **fields)
    assert error == {"code": "unauthorized", "message": "Unauthorized"}
    hass_admin_user.groups = groups
    assert ids(await panel("history/list")) == said


@pytest.mark.parametrize("command", COMMANDS)
async def test_without_a_loaded_entry_there_is_an_error(
    hass: HomeAssistant, entry: MockConfigEntry, panel: Panel, command: str
) -> None:
    """With a text for people."""
    await hass.config_entries.async_unload(entry.entry_id)
    error = await panel.error(command, **COMMANDS[command])
    assert error["translation_key"] == "not_loaded"
