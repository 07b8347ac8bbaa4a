"""Test that the panel exports what was chosen, for whoever waits for it."""

import asyncio
from typing import Any
from unittest.mock import patch

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.voice_retention.exports import report
from homeassistant.core import HomeAssistant
from tests.exports.conftest import index_of, lying, opened
from tests.exports.test_desk import held_up
from tests.lookup import OTHER, settle
from tests.panel.ask import Panel
from tests.panel.conftest import GONE

UNKNOWN = "0123456789abcdef0123456789abcdef"


async def told(panel: Panel) -> list[dict[str, Any]]:
    """Return the events of an export, to its last."""
    events = [(await panel.client.receive_json())["event"]]
    while events[-1].keys().isdisjoint({"url", "error"}):
        events.append((await panel.client.receive_json())["event"])
    return events


@pytest.mark.parametrize(
    ("what", "numbers"),
    [
        pytest.param({"recording_ids": [0, 2]}, [0, 2], id="selection"),
        pytest.param({"filter": {"locality": "cloud"}}, [0, 2, 3], id="filter"),
        pytest.param({"filter": {"content": ["audio"]}}, [0, 1, 2], id="content"),
        pytest.param({"satellites": [OTHER, GONE]}, [2, 3], id="satellites"),
        pytest.param({"everything": True}, [0, 1, 2, 3], id="everything"),
    ],
)
async def test_what_is_chosen_is_exported_and_nothing_else(
    entry: MockConfigEntry,
    said: list[str],
    panel: Panel,
    hass_client_no_auth: ClientSessionGenerator,
    hass_admin_user: MockUser,
    what: dict[str, Any],
    numbers: list[int],
) -> None:
    """With the link that the panel shows; and it is on the record."""
    if "recording_ids" in what:
        what = {"recording_ids": [said[number] for number in what["recording_ids"]]}
    await panel("export", what=what)
    (event,) = await told(panel)
    assert (event["done"], event["total"]) == (len(numbers), len(numbers))
    browser = await hass_client_no_auth()
    data = await (await browser.get(event["url"])).read()
    assert len(data) == event["size"]
    wanted = [said[number] for number in numbers]
    assert [item["recording_id"] for item in index_of(opened(data))] == wanted
    async with entry.runtime_data.storage.async_use() as vault:
        log = await vault.accesses.of(said)
    assert {*log} == {*wanted}
    assert {access.user_id for (access,) in log.values()} == {hass_admin_user.id}


async def test_what_came_after_the_list_was_shown_is_not_exported(
    entry: MockConfigEntry, said: list[str], panel: Panel
) -> None:
    """As with a deletion: what is exported is what was seen."""
    as_of = (await panel("history/list"))["as_of"]
    await panel("export", what={"filter": {"held": False}, "as_of": as_of - 1})
    (event,) = await told(panel)
    assert event["total"] == 3


@pytest.mark.parametrize(
    ("what", "error"),
    [
        ({}, "invalid_field"),
        ({"filter": {}}, "invalid_field"),
        ({"everything": False}, "invalid_field"),
        ({"recording_ids": [UNKNOWN]}, "nothing_matches"),
        ({"satellites": ["nowhere"]}, "target_not_found"),
    ],
)
async def test_what_is_not_clear_is_refused(
    said: list[str], panel: Panel, what: dict[str, Any], error: str
) -> None:
    """At once, and nothing is made."""
    answer = await panel.error("export", what=what)
    assert answer["translation_key"] == error


async def test_what_goes_wrong_later_is_told_as_an_event(
    hass: HomeAssistant, said: list[str], panel: Panel
) -> None:
    """In the form of every error."""
    await panel("export", what={"filter": {"engine": "stt.nobody"}})
    (event,) = await told(panel)
    assert event["error"]["translation_key"] == "nothing_matches"
    with held_up() as hold:
        await panel("export", what={"everything": True})
        await hold.reached.wait()
        await panel("delete", what={"everything": True}, dry_run=False)
        hold.go_on.set()
        *_, event = await told(panel)
    assert event["error"]["translation_key"] == "export_purged"
    assert lying(hass) == []


async def test_it_shows_how_far_it_is(said: list[str], panel: Panel) -> None:
    """As often as anybody can read."""
    with patch.object(report, "EVERY", 0):
        await panel("export", what={"everything": True})
        *progress, last = await told(panel)
    assert "error" not in last, last
    assert [(event["done"], event["total"]) for event in progress] == [
        (1, 4),
        (2, 4),
        (3, 4),
    ]
    assert {event["export_id"] for event in progress} == {last["export_id"]}


async def test_who_leaves_ends_what_is_being_made(
    hass: HomeAssistant, said: list[str], panel: Panel
) -> None:
    """Nobody else would get the link."""
    with held_up() as hold:
        await panel("export", what={"everything": True})
        await hold.reached.wait()
        assert len(lying(hass)) == 1
        await panel.leave()
        await settle(hass)
        assert lying(hass) == []
    assert await panel.events() == []


async def test_who_leaves_when_it_is_ready_can_still_take_it(
    hass: HomeAssistant, said: list[str], panel: Panel
) -> None:
    """The browser may be at it."""
    await panel("export", what={"everything": True})
    (event,) = await told(panel)
    await panel.leave()
    await settle(hass)
    assert event["url"]
    assert len(lying(hass)) == 1


async def test_who_waits_is_told_when_the_entry_is_unloaded(
    hass: HomeAssistant, entry: MockConfigEntry, said: list[str], panel: Panel
) -> None:
    """Not left before a bar that never moves."""
    with held_up() as hold:
        await panel("export", what={"everything": True})
        await hold.reached.wait()
        await hass.config_entries.async_unload(entry.entry_id)
    await asyncio.sleep(0)
    (event,) = await told(panel)
    assert event["error"]["translation_key"] == "export_stopped"


async def test_others_than_administrators_are_refused(
    hass: HomeAssistant, said: list[str], panel: Panel, hass_admin_user: MockUser
) -> None:
    """Whatever they choose."""
    hass_admin_user.groups = []
    answer = await panel.error("export", what={"everything": True})
    assert answer["code"] == "unauthorized"
    assert lying(hass) == []
