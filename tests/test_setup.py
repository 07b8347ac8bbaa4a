"""Test that the parts of an entry are connected as they should be."""

from datetime import timedelta
from unittest.mock import patch

from freezegun.api import FrozenDateTimeFactory
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)

from custom_components.voice_retention.const import DOMAIN, IssueId
from custom_components.voice_retention.data import VoiceRetentionData
from custom_components.voice_retention.issue_registry import async_raise
from custom_components.voice_retention.notices import SIGNAL_VOICE, VoiceNotice
from custom_components.voice_retention.policy.choices import Keep
from custom_components.voice_retention.purge.scope import AskedBy, Scope
from custom_components.voice_retention.vault.models import (
    RecordingFilter,
    StoredRecording,
)
from homeassistant.components.assist_pipeline import (
    PipelineEvent,
    PipelineEventType,
    PipelineStage,
)
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.util import dt as dt_util
from tests.house import House, Satellite
from tests.lookup import satellite_key, settle


async def speak(hass: HomeAssistant, satellite: Satellite) -> None:
    """Speak and wait until it is stored."""
    await satellite.speak(end_stage=PipelineStage.INTENT)
    await settle(hass)


async def stored(entry: MockConfigEntry) -> list[StoredRecording]:
    """Return what is in the vault."""
    data: VoiceRetentionData = entry.runtime_data
    return await data.storage.async_find(RecordingFilter())


async def receipts(entry: MockConfigEntry) -> list[str]:
    """Return the kinds of the receipts, the latest first."""
    data: VoiceRetentionData = entry.runtime_data
    async with data.storage.async_use() as vault:
        return [item.kind for item in await vault.receipts.page(100)]


async def test_a_shorter_limit_empties_the_vault_at_once(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """Of the satellite that it was chosen for."""
    await speak(hass, house.kitchen)
    await speak(hass, house.bedroom)
    await entry.runtime_data.settings.async_update_satellite(
        satellite_key(hass, house.kitchen), keep_recordings=Keep.NEVER
    )
    await settle(hass)
    (left,) = await stored(entry)
    assert left.satellite_id == house.bedroom.entity_id
    assert await receipts(entry) == ["expiry", "settings"]


async def test_a_switch_does_not_work_out_every_expiry_anew(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """It only sweeps: flipping all switches must not write to the vault each time."""
    data: VoiceRetentionData = entry.runtime_data
    await speak(hass, house.kitchen)
    with (
        patch.object(
            data.storage, "async_reschedule", wraps=data.storage.async_reschedule
        ) as reschedule,
        patch.object(data.storage, "async_due", wraps=data.storage.async_due) as due,
    ):
        await data.settings.async_update(guest_mode=True)
        await data.settings.async_update_satellite(
            satellite_key(hass, house.kitchen), dont_send_audio=True
        )
        await settle(hass)
        assert reschedule.call_count == 0
        assert due.call_count >= 1
        await data.settings.async_update(keep_recordings=Keep.WEEK)
        await settle(hass)
        assert reschedule.call_count == 1
    assert len(await stored(entry)) == 1


async def test_a_limit_that_was_changed_before_a_crash_applies_after_it(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """The settings are on disk, but the vault had not heard of them."""
    data: VoiceRetentionData = entry.runtime_data
    await speak(hass, house.kitchen)
    with patch.object(data.storage, "async_reschedule", side_effect=RuntimeError):
        await data.settings.async_update(keep_recordings=Keep.NEVER)
        await settle(hass)
    assert len(await stored(entry)) == 1
    await hass.config_entries.async_reload(entry.entry_id)
    await settle(hass)
    assert await stored(entry) == []


async def test_what_is_stored_expires_without_a_restart(
    hass: HomeAssistant,
    house: House,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    """Storing it sets the timer."""
    await speak(hass, house.kitchen)
    assert len(await stored(entry)) == 1
    freezer.tick(timedelta(days=1, minutes=1))
    async_fire_time_changed(hass, dt_util.utcnow())
    await settle(hass)
    assert await stored(entry) == []
    assert await receipts(entry) == ["expiry"]


async def test_what_is_overdue_goes_at_the_start(
    hass: HomeAssistant,
    house: House,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    """Home Assistant was off when its time came."""
    await speak(hass, house.kitchen)
    await hass.config_entries.async_unload(entry.entry_id)
    freezer.tick(timedelta(days=2))
    await hass.config_entries.async_setup(entry.entry_id)
    await settle(hass)
    assert await stored(entry) == []


async def test_never_stores_nothing_but_the_run(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """Who heard it is still known."""
    data: VoiceRetentionData = entry.runtime_data
    await data.settings.async_update(keep_recordings=Keep.NEVER)
    await speak(hass, house.kitchen)
    assert await stored(entry) == []
    runs = await data.ledger.async_last_runs()
    assert [run.engine_id for run in runs.values()] == ["stt.cloud_speech"]


async def test_a_purge_between_the_words_and_the_answer_means_both(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """The sentence is not in the vault yet, and must not come there afterwards."""
    data: VoiceRetentionData = entry.runtime_data
    purged = False

    async def purge(event_type: str) -> None:
        nonlocal purged
        if event_type is PipelineEventType.STT_END and not purged:
            purged = True
            await data.purger.async_purge(Scope(asked_by=AskedBy.BUTTON))

    listener = house.kitchen.on_pipeline_event

    def on_event(event: PipelineEvent) -> None:
        listener(event)
        hass.async_create_task(purge(event.type), "purge")

    with patch.object(house.kitchen, "on_pipeline_event", on_event):
        await speak(hass, house.kitchen)
    assert purged
    assert await stored(entry) == []
    await speak(hass, house.kitchen)
    assert len(await stored(entry)) == 1


async def test_a_purge_is_told_and_expiry_is_not_taken_for_one(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """A purge is what somebody asked for."""
    data: VoiceRetentionData = entry.runtime_data
    notices: list[VoiceNotice] = []

    @callback
    def told(notice: VoiceNotice) -> None:
        notices.append(notice)

    async_dispatcher_connect(hass, SIGNAL_VOICE, told)
    await speak(hass, house.kitchen)
    await data.settings.async_update(keep_recordings=Keep.NEVER)
    await settle(hass)
    await data.status.async_refresh()
    assert data.status.data.last_purge is None
    assert data.status.data.last_sweep is not None
    await data.settings.async_update(keep_recordings=Keep.DAY)
    await speak(hass, house.kitchen)
    receipt = await data.purger.async_purge(Scope(asked_by=AskedBy.USER))
    await data.status.async_refresh()
    assert data.status.data.last_purge == receipt.finished
    key = satellite_key(hass, house.kitchen)
    assert [
        (item.satellite_key, dict(item.attributes))
        for item in notices
        if item.event == "purged"
    ] == [
        (key, {"count": "1", "reason": "expiry"}),
        (key, {"count": "1", "reason": "user"}),
    ]


async def test_whether_there_is_a_local_engine_is_asked_anew_after_a_reload(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """It may just have been chosen in the options."""
    async_raise(hass, IssueId.NO_LOCAL_ENGINE)
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert ir.async_get(hass).async_get_issue(DOMAIN, IssueId.NO_LOCAL_ENGINE) is None
