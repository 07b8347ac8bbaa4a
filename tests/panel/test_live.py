"""What happens at home shows in the panel without reloading, and never floods it."""

from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.voice_retention.const import VoiceEvent
from custom_components.voice_retention.data import VoiceRetentionData
from custom_components.voice_retention.notices import (
    SIGNAL_CHANGED,
    SIGNAL_VOICE,
    Change,
    VoiceNotice,
)
from custom_components.voice_retention.purge.progress import Progress
from custom_components.voice_retention.purge.scope import AskedBy, Scope
from homeassistant.auth.const import GROUP_ID_ADMIN, GROUP_ID_USER
from homeassistant.components.assist_pipeline import PipelineStage
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.dispatcher import DATA_DISPATCHER, async_dispatcher_send
from tests.conftest import LOCAL
from tests.house import House
from tests.panel.ask import Panel


@pytest.fixture
def data(entry: MockConfigEntry) -> VoiceRetentionData:
    """Return the parts of the entry."""
    parts: VoiceRetentionData = entry.runtime_data
    return parts


@pytest.fixture
async def open_panel(panel: Panel) -> Panel:
    """Open the panel and let it show how things stand."""
    await panel("subscribe")
    await panel.events()
    return panel


def listeners(hass: HomeAssistant) -> list[int]:
    """Count who listens to changes and to what happens to sentences."""
    signals: dict[Any, Any] = hass.data[DATA_DISPATCHER]
    return [len(signals.get(signal, ())) for signal in (SIGNAL_CHANGED, SIGNAL_VOICE)]


async def test_the_status_comes_at_once(
    hass: HomeAssistant, house: House, panel: Panel, data: VoiceRetentionData
) -> None:
    """A page that has just been opened shows something."""
    await panel.events()
    await panel("subscribe")
    (event,) = await panel.events()
    assert event["changed"] == "status"
    assert event["status"] == (await panel("home"))["status"]


async def test_a_sentence_shows_by_itself(
    hass: HomeAssistant, house: House, open_panel: Panel
) -> None:
    """What was said is in the list, and in the figures; and nothing of it in the news."""
    await house.kitchen.speak(end_stage=PipelineStage.INTENT)
    events = await open_panel.events()
    assert {event["changed"] for event in events} == {"recordings", "status"}
    assert events[-1]["status"]["stored"] == 1
    assert "light" not in str(events)


async def test_a_deletion_shows_by_itself(
    hass: HomeAssistant, house: House, open_panel: Panel, data: VoiceRetentionData
) -> None:
    """Whoever asked for it."""
    await house.kitchen.speak(end_stage=PipelineStage.INTENT)
    await open_panel.events()
    await data.purger.async_purge(Scope(asked_by=AskedBy.BUTTON))
    events = await open_panel.events()
    assert {event["changed"] for event in events} == {
        "receipts",
        "recordings",
        "status",
    }
    assert events[-1]["status"]["stored"] == 0
    assert events[-1]["status"]["last_purge"]


async def test_a_receipt_of_another_kind_shows_by_itself(
    hass: HomeAssistant, house: House, open_panel: Panel, data: VoiceRetentionData
) -> None:
    """What was kept for longer or shorter leaves one too, and the list shows it."""
    await house.kitchen.speak(end_stage=PipelineStage.INTENT)
    await open_panel.events()
    await data.settings.async_update(keep_recordings="1_week")
    assert {"receipts", "recordings"} <= {*await open_panel.changed()}


async def test_another_way_of_the_voice_shows_by_itself(
    hass: HomeAssistant, house: House, open_panel: Panel
) -> None:
    """Also when nothing was said yet."""
    await house.use_engine(LOCAL)
    assert await open_panel.changed() == ["status", "coverage"]


async def test_a_satellite_that_comes_or_goes_shows_by_itself(
    hass: HomeAssistant, house: House, open_panel: Panel
) -> None:
    """Or gets another name."""
    registry = er.async_get(hass)
    registry.async_get_or_create("assist_satellite", "house", "new")
    assert "coverage" in await open_panel.changed()


async def test_the_progress_of_a_long_deletion_shows(
    hass: HomeAssistant, house: House, open_panel: Panel, data: VoiceRetentionData
) -> None:
    """And that it is over."""
    progress = Progress(
        place="logs", places_done=3, places=17, recordings_done=9, recordings=9
    )
    data.status.async_progressed(progress)
    (event,) = await open_panel.events()
    assert event["status"]["progress"] == {
        "place": "logs",
        "places_done": 3,
        "places": 17,
        "recordings_done": 9,
        "recordings": 9,
    }
    data.status.async_progressed(None)
    (event,) = await open_panel.events()
    assert event["status"]["progress"] is None


async def test_a_burst_does_not_flood_anybody(
    hass: HomeAssistant, house: House, open_panel: Panel
) -> None:
    """A purge of fifty satellites, or as many that are spoken to at once."""
    for number in range(500):
        async_dispatcher_send(hass, SIGNAL_CHANGED, Change.RECEIPTS)
        async_dispatcher_send(
            hass,
            SIGNAL_VOICE,
            VoiceNotice(satellite_key=str(number), event=VoiceEvent.KEPT),
        )
    assert await open_panel.changed() == ["recordings", "receipts"]


async def test_who_leaves_leaves_nothing_behind(
    hass: HomeAssistant, house: House, panel: Panel, data: VoiceRetentionData
) -> None:
    """No listener, and no timer, also in the middle of a burst."""
    before = listeners(hass)
    await panel("subscribe")
    assert listeners(hass) == [count + 1 for count in before]
    await panel.events()
    async_dispatcher_send(hass, SIGNAL_CHANGED, Change.RECEIPTS)
    await panel.leave()
    assert listeners(hass) == before
    assert await panel.events() == []


async def test_a_browser_that_is_closed_leaves_nothing_behind(
    hass: HomeAssistant,
    house: House,
    entry: MockConfigEntry,
    hass_ws_client: WebSocketGenerator,
) -> None:
    """Nobody says good-bye."""
    before = listeners(hass)
    client = await hass_ws_client()
    await Panel(hass, client)("subscribe")
    async_dispatcher_send(hass, SIGNAL_CHANGED, Change.RECEIPTS)
    await client.close()
    await hass.async_block_till_done()
    assert listeners(hass) == before


async def test_a_reload_is_survived(
    hass: HomeAssistant, house: House, open_panel: Panel, entry: MockConfigEntry
) -> None:
    """An option is changed while the panel is open: it goes on, with everything anew."""
    assert await hass.config_entries.async_reload(entry.entry_id)
    assert {*await open_panel.changed()} == {*Change}
    await house.kitchen.speak(end_stage=PipelineStage.INTENT)
    events = await open_panel.events()
    assert events[-1]["status"]["stored"] == 1


async def test_who_is_there_before_the_entry_is_told_when_it_comes(
    hass: HomeAssistant, house: House, panel: Panel, entry: MockConfigEntry
) -> None:
    """After a restart a browser is back first, and would not try again."""
    await hass.config_entries.async_unload(entry.entry_id)
    await panel("subscribe")
    async_dispatcher_send(hass, SIGNAL_CHANGED, Change.RECEIPTS)
    assert await panel.events() == []
    assert await hass.config_entries.async_setup(entry.entry_id)
    assert {*await panel.changed()} == {*Change}


async def test_who_is_no_administrator_any_more_hears_no_more(
    hass: HomeAssistant,
    house: House,
    open_panel: Panel,
    hass_admin_user: MockUser,
) -> None:
    """The connection stays open on that day."""
    await hass.auth.async_update_user(hass_admin_user, group_ids=[GROUP_ID_USER])
    async_dispatcher_send(hass, SIGNAL_CHANGED, Change.RECEIPTS)
    assert await open_panel.events() == []
    await hass.auth.async_update_user(hass_admin_user, group_ids=[GROUP_ID_ADMIN])
    async_dispatcher_send(hass, SIGNAL_CHANGED, Change.RECEIPTS)
    assert await open_panel.changed() == ["receipts"]
