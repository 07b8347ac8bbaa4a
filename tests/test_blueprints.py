"""Each blueprint is there, can be imported, and does in a house what it says."""

from collections.abc import AsyncIterator
from datetime import timedelta
import json
from pathlib import Path
from typing import Any
from unittest.mock import patch
from urllib.parse import quote

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
    async_mock_service,
)
from pytest_homeassistant_custom_component.test_util.aiohttp import AiohttpClientMocker
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.voice_retention.blueprint_files import (
    SHIPPED,
    async_install_blueprints,
)
from custom_components.voice_retention.const import DOMAIN
from custom_components.voice_retention.vault.models import RecordingFilter
from homeassistant.components.automation.helpers import async_get_blueprints
from homeassistant.const import STATE_OFF, STATE_ON, Platform
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
from tests.house import House
from tests.lookup import entity_of, settle, state_of

NAMES = {
    "guest_mode_on_arrival.yaml",
    "purge_at_night.yaml",
    "purge_when_everybody_left.yaml",
    "tell_when_sent_to_cloud.yaml",
    "weekly_privacy_report.yaml",
}
REPOSITORY = json.loads((SHIPPED.parents[1] / "manifest.json").read_text())[
    "documentation"
]
TELL = [{"action": "test.tell", "data": {"text": "{{ message or report }}"}}]


@pytest.fixture(autouse=True)
async def automation(hass: HomeAssistant, house: House) -> AsyncIterator[None]:
    """Have automations before we are set up, as Home Assistant does."""
    assert await async_setup_component(hass, "automation", {})
    yield
    await reload(hass)


@pytest.fixture
def folder(hass: HomeAssistant) -> Path:
    """Return where our blueprints are."""
    return Path(hass.config.path("blueprints", "automation", DOMAIN))


async def reload(hass: HomeAssistant, *automations: dict[str, Any]) -> None:
    """Have these automations and no others."""
    with patch(
        "homeassistant.config.load_yaml_config_file",
        return_value={"automation": list(automations)},
    ):
        await hass.services.async_call("automation", "reload", blocking=True)
    await hass.async_block_till_done()


async def use(hass: HomeAssistant, name: str, **values: Any) -> list[ServiceCall]:
    """Make an automation of a blueprint, and return the list of what it tells."""
    told = async_mock_service(hass, "test", "tell")
    path = f"{DOMAIN}/{name}.yaml"
    await reload(hass, {"use_blueprint": {"path": path, "input": values}})
    (state,) = hass.states.async_all("automation")
    assert state.state == STATE_ON, name
    return told


async def stored(entry: MockConfigEntry) -> int:
    """Count the recordings."""
    await entry.runtime_data.keeper.async_settle()
    return len(await entry.runtime_data.storage.async_find(RecordingFilter()))


async def test_they_are_installed_once_and_never_over_an_edited_one(
    hass: HomeAssistant, entry: MockConfigEntry, folder: Path
) -> None:
    """What somebody changed is theirs, what somebody deleted is not wanted."""
    assert {path.name for path in folder.iterdir()} == NAMES
    assert {path.name for path in SHIPPED.iterdir()} == NAMES
    assert (folder.parent / "homeassistant").is_dir(), "the examples are there too"
    loaded = await async_get_blueprints(hass).async_get_blueprints()
    for name in NAMES:
        blueprint = loaded[f"{DOMAIN}/{name}"]
        assert blueprint.validate() is None  # type: ignore[union-attr]
    edited = folder / "purge_at_night.yaml"
    edited.write_text(f"# mine\n{edited.read_text()}")
    (folder / "weekly_privacy_report.yaml").unlink()
    await hass.config_entries.async_reload(entry.entry_id)
    assert edited.read_text().startswith("# mine")
    assert not (folder / "weekly_privacy_report.yaml").exists()


async def test_a_newer_one_replaces_what_we_wrote(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """And only that."""
    (folder / "purge_at_night.yaml").write_text("# mine\n")
    newer = tmp_path / "newer"
    newer.mkdir()
    for path in SHIPPED.iterdir():
        (newer / path.name).write_text(f"# newer\n{path.read_text()}")
    (newer / "another.yaml").write_text("# new\n")
    (folder / "another.yaml").write_text("# somebody's\n")
    monkeypatch.setattr(
        "custom_components.voice_retention.blueprint_files.SHIPPED", newer
    )
    await async_install_blueprints(hass)
    first_lines = {
        path.name: path.read_text().splitlines()[0] for path in folder.iterdir()
    }
    assert first_lines.pop("purge_at_night.yaml") == "# mine"
    assert first_lines.pop("another.yaml") == "# somebody's"
    assert set(first_lines.values()) == {"# newer"}


async def test_removing_us_leaves_what_is_edited_or_in_use(
    hass: HomeAssistant, entry: MockConfigEntry, folder: Path
) -> None:
    """An automation without its blueprint is broken, and says nothing sensible about it."""
    await use(hass, "purge_at_night")
    edited = folder / "weekly_privacy_report.yaml"
    edited.write_text("# mine\n")
    await hass.config_entries.async_remove(entry.entry_id)
    assert {path.name for path in folder.iterdir()} == {
        "purge_at_night.yaml",
        "weekly_privacy_report.yaml",
    }


async def test_removing_us_leaves_no_empty_folder(
    hass: HomeAssistant, entry: MockConfigEntry, folder: Path
) -> None:
    """Nothing of ours, when nobody uses it."""
    await hass.config_entries.async_remove(entry.entry_id)
    assert not folder.exists()
    assert folder.parent.exists()


async def test_a_folder_that_cannot_be_written_stops_nothing(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    folder: Path,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Protection matters more than blueprints."""
    for name in ("_install", "_remove"):

        def fail(*args: Any) -> None:
            raise OSError("read-only")

        monkeypatch.setattr(
            f"custom_components.voice_retention.blueprint_files.{name}", fail
        )
    assert await hass.config_entries.async_reload(entry.entry_id)
    assert "could not be written" in caplog.text
    await hass.config_entries.async_remove(entry.entry_id)
    assert "could not be deleted" in caplog.text


async def test_each_can_be_imported(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    hass_ws_client: WebSocketGenerator,
    aioclient_mock: AiohttpClientMocker,
) -> None:
    """As the links of the README do."""
    readme = (SHIPPED.parents[3] / "README.md").read_text()
    client = await hass_ws_client(hass)
    for name in NAMES:
        path = f"custom_components/voice_retention/blueprints/automation/{name}"
        url = f"{REPOSITORY}/blob/main/{path}"
        assert f"blueprint_import/?blueprint_url={quote(url, safe='')}" in readme
        raw = REPOSITORY.replace("github.com", "raw.githubusercontent.com")
        aioclient_mock.get(f"{raw}/main/{path}", text=(SHIPPED / name).read_text())
        await client.send_json_auto_id({"type": "blueprint/import", "url": url})
        answer = await client.receive_json()
        assert answer["success"]
        assert answer["result"]["validation_errors"] is None


async def test_everything_goes_when_everybody_has_left(
    hass: HomeAssistant,
    house: House,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    """And not before."""
    hass.states.async_set("zone.home", "2")
    await use(hass, "purge_when_everybody_left", minutes=10)
    await house.kitchen.speak()
    hass.states.async_set("zone.home", "0")
    await hass.async_block_till_done()
    assert await stored(entry) == 1
    freezer.tick(timedelta(minutes=11))
    async_fire_time_changed(hass, dt_util.utcnow())
    await hass.async_block_till_done()
    await settle(hass)
    assert await stored(entry) == 0


async def test_everything_goes_at_night(
    hass: HomeAssistant,
    house: House,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    """Whatever the satellites are set to."""
    freezer.move_to("2026-11-24T20:00:00+00:00")
    await use(hass, "purge_at_night", time="23:30:00")
    await house.kitchen.speak()
    assert await stored(entry) == 1
    freezer.move_to("2026-11-25T07:30:00+00:00")
    async_fire_time_changed(hass, dt_util.utcnow())
    await hass.async_block_till_done()
    await settle(hass)
    assert await stored(entry) == 0


async def test_guest_mode_lasts_as_long_as_the_guests(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """From the first that comes to the last that leaves, and not a guest lost on the way."""
    guests = ["person.aunt", "input_boolean.party"]
    hass.states.async_set(guests[0], "not_home")
    hass.states.async_set(guests[1], STATE_OFF)
    switch = entity_of(hass, Platform.SWITCH, "guest_mode")
    await use(hass, "guest_mode_on_arrival", guest_mode=switch, guests=guests)

    async def becomes(entity_id: str, state: str) -> str:
        hass.states.async_set(entity_id, state)
        await hass.async_block_till_done()
        return state_of(hass, Platform.SWITCH, "guest_mode").state

    assert await becomes(guests[0], "home") == STATE_ON
    assert await becomes(guests[1], STATE_ON) == STATE_ON
    assert await becomes(guests[0], "not_home") == STATE_ON
    assert await becomes(guests[1], "unavailable") == STATE_ON
    assert await becomes(guests[1], STATE_ON) == STATE_ON
    assert await becomes(guests[1], STATE_OFF) == STATE_OFF


async def test_one_is_told_what_went_to_the_cloud(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """From where and to whom, and nothing of what it was."""
    told = await use(hass, "tell_when_sent_to_cloud", actions=TELL, content=["audio"])
    await house.kitchen.speak()
    await settle(hass)
    (call,) = told
    assert call.data["text"] == ("The voice of Kitchen went to cloud_speech (cloud).")


async def test_the_week_is_told(
    hass: HomeAssistant,
    house: House,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    """In figures."""
    freezer.move_to("2026-11-22T12:00:00+00:00")
    told = await use(
        hass, "weekly_privacy_report", actions=TELL, weekday="sun", time="08:00:00"
    )
    await house.kitchen.speak()
    await settle(hass)
    freezer.move_to("2026-11-22T16:00:00+00:00")
    async_fire_time_changed(hass, dt_util.utcnow())
    await hass.async_block_till_done()
    (call,) = told
    text = call.data["text"]
    assert "1 times something went to a cloud this week" in text
    assert "stt.cloud_speech" in text
    assert "1 recordings are stored." in text
