"""The panel is in the sidebar while it can be used, and no cache serves an old one."""

from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.voice_retention.panel import registration
from homeassistant.components.frontend import (
    DATA_PANELS,
    EVENT_PANELS_UPDATED,
    async_register_built_in_panel,
)
from homeassistant.config_entries import ConfigEntryDisabler
from homeassistant.core import HomeAssistant, callback
from homeassistant.loader import async_get_integration
from homeassistant.setup import async_setup_component
from tests.house import House
from tests.test_manifest import MANIFEST

URL = "voice-retention"


@pytest.fixture
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build a small panel of an entry file and something that it loads later."""
    folder = tmp_path_factory.mktemp("bundle")
    (folder / "panel.js").write_text("import './chunks/view.js';")
    (folder / "chunks").mkdir()
    (folder / "chunks" / "view.js").write_text("export {};")
    return folder


@pytest.fixture(autouse=True)
def _bundle(bundle: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the integration find it."""
    monkeypatch.setattr(registration, "BUNDLE", bundle)


@pytest.fixture
async def frontend(hass: HomeAssistant, house: House) -> None:
    """Run Home Assistant's frontend, as nearly every household does."""
    assert await async_setup_component(hass, "frontend", {})


def shown(hass: HomeAssistant) -> dict[str, Any] | None:
    """Return what a browser is told of the panel."""
    panel = hass.data[DATA_PANELS].get(URL)
    return None if panel is None else {**panel.to_response()}


def module_url(hass: HomeAssistant) -> str:
    """Return from where a browser loads the panel."""
    panel = shown(hass)
    assert panel is not None
    return str(panel["config"]["_panel_custom"]["module_url"])


async def reload(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Begin anew with the entry."""
    assert await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()


async def test_the_panel_is_in_the_sidebar_of_administrators(
    hass: HomeAssistant, frontend: None, entry: MockConfigEntry
) -> None:
    """It is no page in a frame, which would know nothing of themes and of narrow screens."""
    panel = shown(hass)
    assert panel is not None
    assert panel["title"] == "Voice Retention"
    assert panel["icon"] == "mdi:account-voice"
    assert panel["require_admin"] is True
    assert panel["component_name"] == "custom"
    custom = panel["config"]["_panel_custom"]
    assert custom["name"] == "voice-retention-panel"
    assert custom["embed_iframe"] is False
    assert custom["trust_external"] is False


async def test_the_files_are_served_to_be_kept(
    hass: HomeAssistant,
    frontend: None,
    entry: MockConfigEntry,
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    """A browser loads modules without signing in; there is nothing of anybody in them."""
    client = await hass_client_no_auth()
    url = module_url(hass)
    for name, content in (
        ("panel.js", "import './chunks/view.js';"),
        ("chunks/view.js", "export {};"),
    ):
        response = await client.get(url.replace("panel.js", name))
        assert response.status == HTTPStatus.OK
        assert response.content_type.endswith("javascript")
        assert "max-age" in response.headers["Cache-Control"]
        assert await response.text() == content
    folder = url.removesuffix("/panel.js")
    for path in (folder, f"{folder}/", f"{folder}/chunks", f"{folder}/none.js"):
        assert (await client.get(path)).status in {
            HTTPStatus.FORBIDDEN,
            HTTPStatus.NOT_FOUND,
        }


@pytest.mark.parametrize("changed", ["panel.js", "chunks/view.js", "chunks/new.js"])
async def test_another_panel_has_another_address(
    hass: HomeAssistant,
    frontend: None,
    entry: MockConfigEntry,
    bundle: Path,
    changed: str,
) -> None:
    """Otherwise a browser would go on with the old one for a month."""
    before = module_url(hass)
    assert MANIFEST["version"] in before
    await reload(hass, entry)
    assert module_url(hass) == before
    (bundle / changed).write_text("export const is_new = true;")
    await reload(hass, entry)
    assert module_url(hass) != before


async def test_a_new_version_has_another_address(
    hass: HomeAssistant,
    frontend: None,
    entry: MockConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Also with the same files."""
    before = module_url(hass)
    integration = await async_get_integration(hass, "voice_retention")
    monkeypatch.setitem(integration.manifest, "version", "99.0.0")
    monkeypatch.setitem(integration.__dict__, "version", "99.0.0")
    await reload(hass, entry)
    assert module_url(hass) == before.replace(MANIFEST["version"], "99.0.0")


async def test_addresses_are_not_served_twice(
    hass: HomeAssistant, frontend: None, entry: MockConfigEntry
) -> None:
    """Nothing can be taken from Home Assistant's router, so it would grow with each reload."""
    before = len(hass.http.app.router.resources())
    await reload(hass, entry)
    assert len(hass.http.app.router.resources()) == before


async def test_a_reload_leaves_the_panel_where_it_is(
    hass: HomeAssistant, frontend: None, entry: MockConfigEntry
) -> None:
    """Whoever looks at it while an option is changed would be thrown out."""
    changes = []

    @callback
    def note(event: object) -> None:
        """Note that the sidebar changed."""
        changes.append(shown(hass))

    hass.bus.async_listen(EVENT_PANELS_UPDATED, note)
    await reload(hass, entry)
    assert shown(hass)
    assert not changes


async def test_the_panel_goes_with_the_entry(
    hass: HomeAssistant, frontend: None, entry: MockConfigEntry
) -> None:
    """Without the entry, it could show nothing."""
    await hass.config_entries.async_unload(entry.entry_id)
    await hass.async_block_till_done()
    assert shown(hass) is None
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert shown(hass)
    await hass.config_entries.async_set_disabled_by(
        entry.entry_id, ConfigEntryDisabler.USER
    )
    await hass.async_block_till_done()
    assert shown(hass) is None
    await hass.config_entries.async_set_disabled_by(entry.entry_id, None)
    await hass.async_block_till_done()
    assert shown(hass)
    await hass.config_entries.async_remove(entry.entry_id)
    await hass.async_block_till_done()
    assert shown(hass) is None


async def test_a_panel_that_was_not_built_is_not_shown(
    hass: HomeAssistant,
    house: House,
    frontend: None,
    bundle: Path,
    request: pytest.FixtureRequest,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Who runs it from source is told what is missing, and has everything else."""
    (bundle / "panel.js").unlink()
    entry = await _entry(hass, request)
    assert shown(hass) is None
    assert f"its files are not in {bundle}" in caplog.text
    await hass.config_entries.async_unload(entry.entry_id)
    await hass.async_block_till_done()
    assert "Removing unknown panel" not in caplog.text


async def test_without_the_frontend_everything_else_is_there(
    hass: HomeAssistant,
    house: House,
    entry: MockConfigEntry,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """And nobody is told that a panel is missing which they cannot want."""
    assert "frontend" not in hass.config.components
    assert "panel" not in caplog.text
    assert hass.states.async_entity_ids("switch")


async def test_a_dashboard_at_the_same_address_stays(
    hass: HomeAssistant,
    house: House,
    frontend: None,
    request: pytest.FixtureRequest,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """It is not ours to put away, and protection goes on."""
    async_register_built_in_panel(hass, "lovelace", frontend_url_path=URL)
    entry = await _entry(hass, request)
    assert "has taken the address /voice-retention" in caplog.text
    await hass.config_entries.async_unload(entry.entry_id)
    await hass.async_block_till_done()
    panel = shown(hass)
    assert panel is not None
    assert panel["component_name"] == "lovelace"


async def _entry(
    hass: HomeAssistant, request: pytest.FixtureRequest
) -> MockConfigEntry:
    """Set the entry up, after what the test has prepared."""
    options = request.getfixturevalue("options")
    entry = MockConfigEntry(
        domain="voice_retention",
        data={"initial": {"keep_recordings": "1_day", "keep_transcripts": "same"}},
        options=options,
    )
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    return entry
