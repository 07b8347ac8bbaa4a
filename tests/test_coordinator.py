"""Test that the status says how things stand."""

from unittest.mock import patch

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.voice_retention.const import (
    CONF_PIPELINES,
    CONF_PROTECT_ALL,
    DOMAIN,
    IssueId,
)
from custom_components.voice_retention.coordinator import REFRESH_COOLDOWN
from custom_components.voice_retention.data import VoiceRetentionData
from custom_components.voice_retention.errors import VaultUnavailable
from homeassistant.components.assist_pipeline import PipelineStage
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, issue_registry as ir
from tests.conftest import CLOUD, LOCAL
from tests.house import SPEECH, House
from tests.lookup import OTHER, satellite_key, settle
from tests.speaking import add_pipeline, protect


def uncovered(hass: HomeAssistant) -> str | None:
    """Return whom the issue names, if there is one."""
    issue = ir.async_get(hass).async_get_issue(DOMAIN, IssueId.UNCOVERED)
    if issue is None:
        return None
    assert issue.translation_placeholders is not None
    return issue.translation_placeholders["satellites"]


@pytest.fixture
def data(entry: MockConfigEntry) -> VoiceRetentionData:
    """Return the parts of the entry."""
    parts: VoiceRetentionData = entry.runtime_data
    return parts


async def test_an_empty_vault_is_said_to_be_empty(data: VoiceRetentionData) -> None:
    """Nothing is overdue, and nothing was sent."""
    await data.status.async_refresh()
    status = data.status.data
    assert status.is_available
    assert (status.stored, status.overdue, status.sent_to_cloud_today) == (0, 0, 0)
    assert status.oldest is None
    assert status.last_purge is None


async def test_it_shows_what_was_kept_and_who_heard_it(
    hass: HomeAssistant, house: House, data: VoiceRetentionData
) -> None:
    """Satellite by satellite."""
    await house.kitchen.speak(end_stage=PipelineStage.INTENT)
    await settle(hass)
    await data.status.async_refresh()
    status = data.status.data
    key = satellite_key(hass, house.kitchen)
    assert status.recordings == {key: 1}
    assert status.stored == 1
    assert status.oldest is not None
    assert status.sent_to_cloud_today == sum(map(len, SPEECH))
    heard = status.last_heard[key]
    assert (heard.engine_id, heard.locality) == (CLOUD, "cloud")
    assert heard.evidence == "Its integration says that it needs a cloud (cloud_push)."


async def test_without_the_vault_it_says_so_and_still_looks_for_gaps(
    hass: HomeAssistant, house: House, data: VoiceRetentionData
) -> None:
    """Protection does not depend on it."""
    with patch.object(
        data.storage, "async_totals", side_effect=VaultUnavailable("damaged")
    ):
        await data.status.async_refresh()
    assert not data.status.data.is_available
    assert data.status.data.coverage.uncovered == ()
    await data.status.async_refresh()
    assert data.status.data.is_available


async def test_news_that_come_together_are_looked_at_once(
    hass: HomeAssistant, house: House, data: VoiceRetentionData
) -> None:
    """Fifty satellites may speak at once."""
    await settle(hass)
    with patch.object(
        data.storage, "async_totals", wraps=data.storage.async_totals
    ) as totals:
        for _ in range(20):
            data.status.async_something_happened()
        await hass.async_block_till_done()
        assert totals.call_count <= 1
    assert REFRESH_COOLDOWN <= 1


class TestUncovered:
    """Who can get past the guard."""

    @pytest.fixture
    def options(self, options: dict[str, object]) -> dict[str, object]:
        """Protect no pipeline."""
        return {**options, CONF_PROTECT_ALL: False, CONF_PIPELINES: []}

    async def test_a_protected_satellite_in_an_open_pipeline_is_named(
        self, hass: HomeAssistant, house: House, data: VoiceRetentionData
    ) -> None:
        """The switch promises what cannot be kept there."""
        await data.status.async_refresh()
        assert uncovered(hass) is None
        await protect(house, house.kitchen)
        await data.status.async_refresh()
        assert data.status.data.coverage.uncovered == ("Kitchen",)
        assert uncovered(hass) == "Kitchen"
        await protect(house, house.kitchen, on=False)
        await data.status.async_refresh()
        assert uncovered(hass) is None

    async def test_other_clients_have_the_name_of_their_device(
        self, hass: HomeAssistant, house: House, data: VoiceRetentionData
    ) -> None:
        """In the language of the household, or as somebody renamed it."""
        await protect(house)
        await data.status.async_refresh()
        assert uncovered(hass) == "Other voice clients"
        registry = dr.async_get(hass)
        assert house.entry is not None
        (device,) = [
            item
            for item in dr.async_entries_for_config_entry(
                registry, house.entry.entry_id
            )
            if (DOMAIN, OTHER) in item.identifiers
        ]
        registry.async_update_device(device.id, name_by_user="Handys")
        await data.status.async_refresh()
        assert uncovered(hass) == "Handys"
        registry.async_remove_device(device.id)
        await data.status.async_refresh()
        assert uncovered(hass) == OTHER

    async def test_a_local_engine_leaves_no_gap(
        self, hass: HomeAssistant, house: House, data: VoiceRetentionData
    ) -> None:
        """Nothing leaves the home there."""
        await protect(house, house.kitchen)
        await house.use_engine(LOCAL)
        await data.status.async_refresh()
        assert uncovered(hass) is None

    async def test_a_new_pipeline_is_looked_at(
        self, hass: HomeAssistant, house: House, data: VoiceRetentionData
    ) -> None:
        """It may open a gap from one moment to the next."""
        await settle(hass)
        with patch.object(data.status, "async_request_refresh") as refresh:
            await add_pipeline(hass, "Open", stt_engine=CLOUD, stt_language="en")
            await hass.async_block_till_done()
        assert refresh.called
