"""Diagnostics help to find a fault, and tell nothing of what was said."""

from datetime import timedelta
import json

from freezegun.api import FrozenDateTimeFactory
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    get_system_health_info,
)
from pytest_homeassistant_custom_component.components.diagnostics import (
    get_diagnostics_for_config_entry,
)
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.voice_retention.const import (
    CONF_ATTESTED,
    CONF_PIPELINES,
    CONF_PROTECT_ALL,
    DOMAIN,
)
from custom_components.voice_retention.policy.choices import OTHER_CLIENTS
from custom_components.voice_retention.policy.models import (
    Evidence,
    Locality,
    LocalityReport,
)
from custom_components.voice_retention.status import Coverage, Status
from custom_components.voice_retention.vault.errors import (
    UnavailableReason,
    VaultUnavailableError,
)
from homeassistant.components.assist_pipeline import PipelineStage, async_get_pipeline
from homeassistant.components.assist_pipeline.const import DATA_CONFIG
from homeassistant.components.conversation import trace
from homeassistant.components.diagnostics import REDACTED
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from tests.conftest import CLOUD, LOCAL
from tests.house import House
from tests.lookup import satellite_key, settle
from tests.speaking import add_pipeline, protect


@pytest.fixture
def options(options: dict[str, object]) -> dict[str, object]:
    """Let a person have vouched for an engine."""
    vouched = {"by": "Tilda Testperson", "at": "2026-11-24T12:00:00+00:00"}
    return options | {CONF_ATTESTED: {CLOUD: vouched}}


async def test_they_show_how_things_stand_and_nothing_private(
    hass: HomeAssistant,
    house: House,
    entry: MockConfigEntry,
    hass_client: ClientSessionGenerator,
) -> None:
    """People attach them to public reports."""
    await house.kitchen.speak(end_stage=PipelineStage.INTENT)
    await settle(hass)
    recordings = (
        await hass.services.async_call(
            DOMAIN, "get_recordings", {}, blocking=True, return_response=True
        )
    )["recordings"]
    await hass.services.async_call(
        DOMAIN,
        "purge",
        {"recording_id": recordings[0]["recording_id"]},
        blocking=True,
    )
    await house.kitchen.speak()
    await settle(hass)
    await entry.runtime_data.status.async_refresh()

    found = await get_diagnostics_for_config_entry(hass, hass_client, entry)

    key = satellite_key(hass, house.kitchen)
    assert found["options"][CONF_ATTESTED] == {
        CLOUD: {"by": REDACTED, "at": "2026-11-24T12:00:00+00:00"}
    }
    assert found["settings"]["guest_mode"] is False
    assert found["satellites"][key] == house.kitchen.entity_id
    assert list(found["guards"].values()) == [CLOUD]
    assert found["engines"][CLOUD] == {
        "locality": "cloud",
        "evidence": [
            {"iot_class": "cloud_push", "verdict": "cloud"},
            {"attestation": REDACTED, "verdict": "local"},
        ],
    }
    assert found["engines"][LOCAL]["locality"] == "local"
    assert found["status"]["stored"] == 1
    assert found["status"]["coverage"]["uncovered"] == 0
    path = found["status"]["coverage"]["paths"][0]
    assert path["satellite_key"] == key
    assert path["steps"][0] == {
        "kind": "stt",
        "engine_id": CLOUD,
        "locality": "cloud",
        "is_guarded": True,
    }
    assert found["status"]["last_heard"][key]["engine_id"] == CLOUD
    (receipt,) = found["receipts"]
    assert receipt["asked_by"] == "automation"
    assert receipt["complete"] is True
    assert receipt["receipt_id"] == REDACTED
    assert receipt["scope"]["recording_ids"] == REDACTED
    text = json.dumps(found)
    for private in (
        "Tilda",
        "turn on the light",
        recordings[0]["response"],
        recordings[0]["recording_id"],
    ):
        assert private not in text


async def test_the_host_of_a_server_is_left_out(
    hass: HomeAssistant,
    house: House,
    entry: MockConfigEntry,
    hass_client: ClientSessionGenerator,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its verdict is what matters."""
    report = LocalityReport(
        locality=Locality.LOCAL,
        evidence=(
            Evidence(kind="host", verdict=Locality.LOCAL, detail="nas.example.home"),
        ),
    )
    localities = entry.runtime_data.localities
    monkeypatch.setattr(localities, "report", lambda engine_id: report)
    await house.kitchen.speak()
    await settle(hass)
    await entry.runtime_data.status.async_refresh()
    found = await get_diagnostics_for_config_entry(hass, hass_client, entry)
    assert found["engines"][LOCAL]["evidence"] == [
        {"host": REDACTED, "verdict": "local"}
    ]
    key = satellite_key(hass, house.kitchen)
    assert found["status"]["last_heard"][key]["evidence_text"] == REDACTED
    assert "nas.example.home" not in json.dumps(found)


async def test_a_vault_out_of_order_is_part_of_the_picture(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    hass_client: ClientSessionGenerator,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """That is when diagnostics are needed most."""

    async def fail() -> None:
        """Be out of order."""
        raise VaultUnavailableError(UnavailableReason.DISK_FULL)

    monkeypatch.setattr(entry.runtime_data.storage, "_async_vault", fail)
    found = await get_diagnostics_for_config_entry(hass, hass_client, entry)
    assert found["receipts"] == "disk_full"


async def test_system_information_says_how_the_promise_stands(
    hass: HomeAssistant,
    house: House,
    entry: MockConfigEntry,
    freezer: FrozenDateTimeFactory,
) -> None:
    """And nothing about persons."""
    freezer.move_to("2026-11-24T12:00:00+00:00")
    await house.kitchen.speak()
    await settle(hass)
    freezer.tick(timedelta(hours=3))
    await entry.runtime_data.localities.async_check()
    await entry.runtime_data.status.async_refresh()
    await protect(house, house.kitchen)
    await settle(hass)
    assert await async_setup_component(hass, "system_health", {})
    await hass.async_block_till_done()
    assert await get_system_health_info(hass, DOMAIN) == {
        "vault_available": True,
        "guard_coverage": "1 / 1",
        "gaps": 0,
        "engines": f"{CLOUD}: cloud (2026-11-24 15:00:00 UTC)",
        "satellites": 2,
        "recordings": 1,
        "overdue": 0,
        "oldest_recording": "3 hours",
    }
    preferred = async_get_pipeline(hass)
    options = {CONF_PROTECT_ALL: False, CONF_PIPELINES: [preferred.id]}
    hass.config_entries.async_update_entry(entry, options={**entry.options, **options})
    await hass.config_entries.async_reload(entry.entry_id)
    await add_pipeline(hass, "Open", stt_engine="a_legacy_engine", stt_language="en")
    entry.runtime_data.status.async_set_updated_data(
        Status(is_available=False, coverage=Coverage(uncovered=("Kitchen", "Bedroom")))
    )
    info = await get_system_health_info(hass, DOMAIN)
    assert info["guard_coverage"] == "1 / 2"
    assert info["gaps"] == 2
    assert "a_legacy_engine: unproven (?)" in info["engines"]
    # A zero would say that nothing is overdue, when nobody can look.
    for key in ("recordings", "overdue", "oldest_recording"):
        assert info[key] == "?"
    assert "Kitchen" not in str(info)
    entry.runtime_data.status.async_set_updated_data(Status())
    info = await get_system_health_info(hass, DOMAIN)
    assert info["oldest_recording"] == "none"
    assert await hass.config_entries.async_unload(entry.entry_id)
    assert await get_system_health_info(hass, DOMAIN) == {}


async def test_they_count_what_each_place_holds(
    hass: HomeAssistant,
    house: House,
    entry: MockConfigEntry,
    hass_client: ClientSessionGenerator,
) -> None:
    """Also what is held; of each satellite where a place can tell whose it is."""
    # Home Assistant keeps these for the whole process, so of other tests too.
    trace.async_clear_traces()
    shared = {"conversation_traces", "contexts", "text_caches"}
    await house.kitchen.speak(end_stage=PipelineStage.INTENT)
    await settle(hass)
    found = await get_diagnostics_for_config_entry(hass, hass_client, entry)
    inventory = found["inventory"]
    kitchen = inventory[satellite_key(hass, house.kitchen)]
    assert inventory["everybody"].keys() == {*entry.runtime_data.purger.place_keys}
    assert inventory["everybody"]["vault"] == kitchen["vault"] > 0
    assert inventory["everybody"]["pipeline_debug"] == kitchen["pipeline_debug"] == 1
    for key in (satellite_key(hass, house.bedroom), OTHER_CLIENTS):
        assert not {
            place: count
            for place, count in inventory[key].items()
            if count and place not in shared
        }
        assert "logs" not in inventory[key]
    receipts = await hass.services.async_call(
        DOMAIN, "get_receipts", {}, blocking=True, return_response=True
    )
    assert receipts["receipts"] == []


async def test_a_place_that_cannot_be_counted_says_why(
    hass: HomeAssistant,
    house: House,
    entry: MockConfigEntry,
    hass_client: ClientSessionGenerator,
) -> None:
    """Zero would be a lie."""
    del hass.data[DATA_CONFIG]
    found = await get_diagnostics_for_config_entry(hass, hass_client, entry)
    assert found["inventory"]["everybody"]["debug_recordings"] == "internal_error"
