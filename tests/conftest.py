"""Fixtures: a Home Assistant of its own for each test, and a house in it."""

from collections.abc import AsyncIterator
import logging
from pathlib import Path

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.voice_retention.commands.phrasebook import VoiceCommand
from custom_components.voice_retention.const import (
    CONF_ADOPT_DEBUG_RECORDINGS,
    CONF_ATTESTED,
    CONF_COMMANDS,
    CONF_COMMANDS_HOUSEHOLD_WIDE,
    CONF_COMMANDS_MAY_LOWER,
    CONF_IN_BACKUPS,
    CONF_INITIAL,
    CONF_KEEP_LEDGER,
    CONF_KEEP_UNRECOGNISED,
    CONF_LOCAL_AGENTS,
    CONF_LOCAL_ENGINES,
    CONF_LOCAL_VOICES,
    CONF_MAX_SECONDS,
    CONF_MAX_SIZE_MB,
    CONF_PIPELINES,
    CONF_PROTECT_ALL,
    CONF_TRANSCRIPT_ENTITIES,
    DOMAIN,
)
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from tests.house import Engine, House, Satellite, add_entity_platform

# The test plugin turns the log of every SQL statement on.
logging.getLogger("sqlalchemy.engine").setLevel(logging.WARNING)

CLOUD = "stt.cloud_speech"
LOCAL = "stt.local_speech"


@pytest.fixture(autouse=True)
async def enable_event_loop_debug() -> None:
    """Leave asyncio's debug mode off, which Home Assistant's plugin turns on: a third of the time."""


@pytest.fixture(autouse=True)
def _custom_integrations(enable_custom_integrations: None) -> None:
    """Let Home Assistant see the integration."""


@pytest.fixture
def hass_config_dir(tmp_path: Path) -> str:
    """Give each test a config folder of its own: the integration really writes there."""
    return str(tmp_path)


@pytest.fixture
def hass_storage() -> dict[str, object]:
    """Let Home Assistant really write its files: what is on disk is what matters here."""
    return {}


@pytest.fixture
async def house(hass: HomeAssistant) -> House:
    """Build a house with a cloud engine in its pipeline, a local one, and two satellites."""
    for component in ("homeassistant", "assist_pipeline", "assist_satellite"):
        assert await async_setup_component(hass, component, {})
    cloud, local = Engine("cloud_speech"), Engine("local_speech")
    kitchen, bedroom = Satellite("kitchen"), Satellite("bedroom")
    house = House(hass=hass, cloud=cloud, local=local, kitchen=kitchen, bedroom=bedroom)
    for domain, platform, entities, iot_class in (
        ("cloudy", Platform.STT, [cloud], "cloud_push"),
        ("homely", Platform.STT, [local], "local_push"),
        ("house", Platform.ASSIST_SATELLITE, [kitchen, bedroom], "local_push"),
    ):
        house.entries[domain] = await add_entity_platform(
            hass, domain, platform, entities, iot_class=iot_class
        )
    await house.use_engine(CLOUD)
    return house


@pytest.fixture
def options() -> dict[str, object]:
    """Return the options of the entry; a test may change them before it asks for it."""
    return {
        CONF_LOCAL_ENGINES: [LOCAL],
        CONF_LOCAL_AGENTS: [],
        CONF_LOCAL_VOICES: [],
        CONF_ATTESTED: {},
        CONF_ADOPT_DEBUG_RECORDINGS: False,
        CONF_TRANSCRIPT_ENTITIES: [],
        CONF_COMMANDS: [*VoiceCommand],
        CONF_COMMANDS_HOUSEHOLD_WIDE: False,
        CONF_COMMANDS_MAY_LOWER: False,
        CONF_IN_BACKUPS: "no",
        CONF_PROTECT_ALL: True,
        CONF_PIPELINES: [],
        CONF_KEEP_LEDGER: "3_months",
        CONF_KEEP_UNRECOGNISED: False,
        CONF_MAX_SECONDS: 60,
        CONF_MAX_SIZE_MB: 1024,
    }


@pytest.fixture
async def entry(
    hass: HomeAssistant, house: House, options: dict[str, object]
) -> AsyncIterator[MockConfigEntry]:
    """Set the integration up in the house."""
    entry = MockConfigEntry(
        domain=DOMAIN,
        title="Voice Retention",
        data={CONF_INITIAL: {"keep_recordings": "1_day", "keep_transcripts": "same"}},
        options=options,
    )
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    house.entry = entry
    yield entry
    if hass.config_entries.async_get_entry(entry.entry_id) and entry.state.recoverable:
        await hass.config_entries.async_unload(entry.entry_id)
