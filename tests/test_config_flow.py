"""Setting the integration up and changing it, as a person does in the user interface."""

from dataclasses import replace
from datetime import datetime
from http import HTTPStatus
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

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
from custom_components.voice_retention.policy.choices import Keep
from homeassistant.components.assist_pipeline import (
    async_get_pipeline,
    async_get_pipelines,
)
from homeassistant.components.assist_pipeline.pipeline import KEY_ASSIST_PIPELINE
from homeassistant.config_entries import SOURCE_RECONFIGURE, SOURCE_USER
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, InvalidData
from homeassistant.setup import async_setup_component
from tests.conftest import CLOUD, LOCAL
from tests.dialogs import Dialog
from tests.house import Engine, House, add_entity_platform
from tests.talking import CLOUD_AGENT, CLOUD_VOICE, LOCAL_AGENT, LOCAL_VOICE, furnish

DOUBTFUL = "stt.doubtful"
SECOND_LOCAL = "stt.another_local"

OPTIONS_OUT_OF_THE_BOX = {
    CONF_LOCAL_ENGINES: [],
    CONF_LOCAL_AGENTS: [],
    CONF_LOCAL_VOICES: [],
    CONF_ATTESTED: {},
    CONF_ADOPT_DEBUG_RECORDINGS: False,
    CONF_TRANSCRIPT_ENTITIES: [],
    CONF_COMMANDS: [*VoiceCommand],
    CONF_COMMANDS_HOUSEHOLD_WIDE: False,
    CONF_COMMANDS_MAY_LOWER: False,
    CONF_PROTECT_ALL: True,
    CONF_PIPELINES: [],
    CONF_IN_BACKUPS: "no",
    CONF_KEEP_LEDGER: "3_months",
    CONF_KEEP_UNRECOGNISED: False,
    CONF_MAX_SECONDS: 60,
    CONF_MAX_SIZE_MB: 1024,
}


@pytest.fixture
async def doubtful(hass: HomeAssistant, house: House) -> None:
    """Add an engine of which nothing proves where it works."""
    await add_entity_platform(
        hass, "doubt", Platform.STT, [Engine("doubtful")], iot_class="calculated"
    )


@pytest.fixture
async def second_local(hass: HomeAssistant, house: House) -> None:
    """Add another local engine, whose name comes first in the alphabet."""
    await add_entity_platform(
        hass, "homey", Platform.STT, [Engine("another_local")], iot_class="local_push"
    )


@pytest.fixture
async def second_pipeline(hass: HomeAssistant, house: House) -> str:
    """Add a pipeline; return its id."""
    fields = async_get_pipeline(hass).to_json() | {"name": "Guests"}
    del fields["id"]
    store = hass.data[KEY_ASSIST_PIPELINE].pipeline_store
    return (await store.async_create_item(fields)).id


async def set_up(hass: HomeAssistant) -> Dialog:
    """Start adding the integration."""
    dialog = Dialog(hass.config_entries.flow, "config")
    await dialog.open(DOMAIN, context={"source": SOURCE_USER})
    return dialog


async def configure(hass: HomeAssistant, entry: MockConfigEntry, step: str) -> Dialog:
    """Open one of the forms of the options."""
    dialog = Dialog(hass.config_entries.options, "options")
    await dialog.open(entry.entry_id)
    await dialog.choose(step)
    return dialog


async def remove_engine(hass: HomeAssistant, house: House, domain: str) -> None:
    """Let an engine go away for good."""
    await hass.config_entries.async_remove(house.entries[domain].entry_id)
    await hass.async_block_till_done()


# Setting up


async def test_a_household_without_a_local_engine_can_finish(
    hass: HomeAssistant, house: House
) -> None:
    """Somebody who is only interested in retention must not be stopped."""
    dialog = await set_up(hass)
    assert dialog.result["step_id"] == "user"
    await dialog.enter()
    assert dialog.result["step_id"] == "pipelines"
    await dialog.enter()
    await hass.async_block_till_done()

    assert dialog.result["type"] is FlowResultType.CREATE_ENTRY
    assert dialog.result["title"] == "Voice Retention"
    assert dialog.result["options"] == OPTIONS_OUT_OF_THE_BOX
    assert dialog.result["data"] == {
        CONF_INITIAL: {"keep_recordings": "1_day", "keep_transcripts": "same"}
    }
    assert house.engine_in_pipeline != CLOUD


async def test_the_chosen_default_retention_is_in_force_after_set_up(
    hass: HomeAssistant, house: House
) -> None:
    """Otherwise more is kept than was said."""
    dialog = await set_up(hass)
    await dialog.enter(keep_recordings="never", keep_transcripts="1_hour")
    await dialog.enter()
    await hass.async_block_till_done()
    (entry,) = hass.config_entries.async_loaded_entries(DOMAIN)
    assert entry.runtime_data.settings.current.keep_recordings is Keep.NEVER
    assert entry.runtime_data.settings.current.keep_transcripts is Keep.HOUR


@pytest.mark.usefixtures("second_local")
async def test_the_order_of_the_local_engines_is_the_users(
    hass: HomeAssistant, house: House
) -> None:
    """The first one is the one that is used."""
    dialog = await set_up(hass)
    await dialog.enter(local_engines=[LOCAL, SECOND_LOCAL, LOCAL])
    await dialog.enter()
    assert dialog.result["options"][CONF_LOCAL_ENGINES] == [LOCAL, SECOND_LOCAL]


@pytest.mark.usefixtures("doubtful", "second_local")
async def test_every_engine_is_shown_with_its_locality(
    hass: HomeAssistant, house: House
) -> None:
    """Nobody can choose well without knowing it."""
    dialog = await set_up(hass)
    assert list(dialog.offered(CONF_LOCAL_ENGINES).items()) == [
        (SECOND_LOCAL, "another_local (local)"),
        (LOCAL, "local_speech (local)"),
        (DOUBTFUL, "doubtful (unproven)"),
        (CLOUD, "cloud_speech (cloud)"),
    ]
    assert dialog.offered(CONF_ATTESTED) == {DOUBTFUL: "doubtful"}


async def test_without_doubtful_engines_there_is_nothing_to_vouch_for(
    hass: HomeAssistant, house: House
) -> None:
    """A cloud engine must never be offered for it."""
    dialog = await set_up(hass)
    assert CONF_ATTESTED not in dialog.fields


async def test_guards_are_not_offered_as_engines(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """A guard that forwards to a guard would go round in circles."""
    dialog = await configure(hass, entry, "engines")
    assert house.engine_in_pipeline not in dialog.offered(CONF_LOCAL_ENGINES)


async def test_an_engine_that_vanishes_meanwhile_is_an_error_one_can_get_past(
    hass: HomeAssistant, house: House
) -> None:
    """A dialog may stand open for hours."""
    dialog = await set_up(hass)
    await remove_engine(hass, house, "homely")
    await dialog.enter(local_engines=[LOCAL])
    assert dialog.errors == {CONF_LOCAL_ENGINES: "engine_gone"}
    assert dialog.result["description_placeholders"]["culprits"] == LOCAL
    assert dialog.shown[CONF_LOCAL_ENGINES] == []
    await dialog.enter()
    await dialog.enter()
    assert dialog.result["type"] is FlowResultType.CREATE_ENTRY


async def test_a_cloud_engine_cannot_be_a_local_one(
    hass: HomeAssistant, house: House
) -> None:
    """It would never be used, and the household would believe itself covered."""
    dialog = await set_up(hass)
    await dialog.enter(local_engines=[CLOUD, LOCAL], keep_recordings="1_week")
    assert dialog.errors == {CONF_LOCAL_ENGINES: "engine_in_cloud"}
    assert dialog.result["description_placeholders"]["culprits"] == "cloud_speech"
    assert dialog.shown["keep_recordings"] == "1_week"
    await dialog.enter(local_engines=[LOCAL])
    await dialog.enter()
    assert dialog.result["options"][CONF_LOCAL_ENGINES] == [LOCAL]


@pytest.mark.usefixtures("doubtful")
async def test_a_doubtful_engine_needs_somebodys_word(
    hass: HomeAssistant, house: House, freezer: Any
) -> None:
    """Unproven counts as cloud, so choosing it alone would not help."""
    freezer.move_to("2026-11-24 10:00:00+00:00")
    dialog = await set_up(hass)
    await dialog.enter(local_engines=[DOUBTFUL])
    assert dialog.errors == {CONF_ATTESTED: "engine_unproven"}
    await dialog.enter(attested=[DOUBTFUL])
    await dialog.enter()
    assert dialog.result["options"][CONF_LOCAL_ENGINES] == [DOUBTFUL]
    assert dialog.result["options"][CONF_ATTESTED] == {
        DOUBTFUL: {"by": None, "at": "2026-11-24T10:00:00+00:00"}
    }


async def test_protecting_nothing_is_an_error_one_can_get_past(
    hass: HomeAssistant, house: House, second_pipeline: str
) -> None:
    """Somebody who turns "all" off and forgets to choose would be unprotected."""
    dialog = await set_up(hass)
    await dialog.enter()
    await dialog.enter(protect_all=False)
    assert dialog.errors == {CONF_PIPELINES: "no_pipelines"}
    await dialog.enter(pipelines=[second_pipeline])
    assert dialog.result["options"][CONF_PROTECT_ALL] is False
    assert dialog.result["options"][CONF_PIPELINES] == [second_pipeline]
    await hass.async_block_till_done()
    protected = {
        pipeline.id: pipeline.stt_engine != CLOUD
        for pipeline in async_get_pipelines(hass)
    }
    assert protected == {async_get_pipeline(hass).id: False, second_pipeline: True}


async def test_a_pipeline_deleted_meanwhile_is_an_error_one_can_get_past(
    hass: HomeAssistant, house: House, second_pipeline: str
) -> None:
    """Its id would stand in the options for ever."""
    dialog = await set_up(hass)
    await dialog.enter()
    store = hass.data[KEY_ASSIST_PIPELINE].pipeline_store
    await store.async_delete_item(second_pipeline)
    await dialog.enter(pipelines=[second_pipeline])
    assert dialog.errors == {CONF_PIPELINES: "pipeline_gone"}
    assert dialog.shown[CONF_PIPELINES] == []
    await dialog.enter()
    assert dialog.result["type"] is FlowResultType.CREATE_ENTRY


async def test_a_second_entry_is_refused(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """Two of us would guard each other's guards."""
    dialog = await set_up(hass)
    assert dialog.result["type"] is FlowResultType.ABORT
    assert dialog.result["reason"] == "single_instance_allowed"


@pytest.mark.parametrize(
    "hostile",
    [
        pytest.param({"local_engines": "stt.local_speech"}, id="text for a list"),
        pytest.param({"local_engines": ["stt.never_there"]}, id="engine not offered"),
        pytest.param({"local_engines": [{"a": 1}]}, id="dict in a list"),
        pytest.param({"local_engines": ["x" * 1_000_000]}, id="enormous text"),
        pytest.param({"attested": [CLOUD]}, id="vouching for a cloud engine"),
        pytest.param({"keep_recordings": "same"}, id="recordings same as recordings"),
        pytest.param({"keep_recordings": "default"}, id="default of the default"),
        pytest.param({"keep_transcripts": -1}, id="number for a duration"),
        pytest.param({"keep_recordings": None}, id="nothing for a duration"),
        pytest.param({"protect_all": False}, id="field of another form"),
    ],
)
async def test_hostile_input_is_refused_and_the_flow_goes_on(
    hass: HomeAssistant, house: House, hostile: dict[str, Any]
) -> None:
    """A form can be sent without the user interface."""
    dialog = await set_up(hass)
    with pytest.raises(InvalidData):
        await dialog.enter(**hostile)
    await dialog.enter()
    await dialog.enter()
    assert dialog.result["options"] == OPTIONS_OUT_OF_THE_BOX


# Changing the options


async def test_the_engines_can_be_changed(
    hass: HomeAssistant, house: House, entry: MockConfigEntry, second_local: None
) -> None:
    """And the change is in force without a restart."""
    parts = entry.runtime_data
    dialog = await configure(hass, entry, "engines")
    assert dialog.shown[CONF_LOCAL_ENGINES] == [LOCAL]
    await dialog.enter(local_engines=[SECOND_LOCAL, LOCAL])
    assert dialog.result["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()
    assert entry.options[CONF_LOCAL_ENGINES] == [SECOND_LOCAL, LOCAL]
    assert entry.options[CONF_MAX_SECONDS] == 60
    assert entry.runtime_data is not parts


async def test_debug_recordings_can_be_adopted_and_let_go(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """Nobody has them expire without having said so."""
    dialog = await configure(hass, entry, "places")
    await dialog.enter(adopt_debug_recordings=True)
    assert entry.options[CONF_ADOPT_DEBUG_RECORDINGS] is True
    assert entry.runtime_data.adopted is not None
    dialog = await configure(hass, entry, "places")
    await dialog.enter(adopt_debug_recordings=False)
    assert entry.runtime_data.adopted is None


async def test_entities_that_show_what_was_said_can_be_chosen(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """And no longer be, by leaving the field empty."""
    dialog = await configure(hass, entry, "places")
    await dialog.enter(transcript_entities=["sensor.heard", "sensor.heard"])
    assert entry.options[CONF_TRANSCRIPT_ENTITIES] == ["sensor.heard"]
    dialog = await configure(hass, entry, "places")
    assert dialog.shown[CONF_TRANSCRIPT_ENTITIES] == ["sensor.heard"]
    await dialog.send({CONF_ADOPT_DEBUG_RECORDINGS: False})
    assert entry.options[CONF_TRANSCRIPT_ENTITIES] == []


async def test_a_list_can_be_emptied(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """The user interface leaves out a field that was cleared."""
    dialog = await configure(hass, entry, "engines")
    await dialog.send({})
    assert entry.options[CONF_LOCAL_ENGINES] == []


async def test_an_engine_that_is_away_stays_chosen(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """Its server may only be off, and opening the dialog must not lose the choice."""
    await hass.config_entries.async_unload(house.entries["homely"].entry_id)
    await hass.async_block_till_done()
    dialog = await configure(hass, entry, "engines")
    assert dialog.offered(CONF_LOCAL_ENGINES)[LOCAL].endswith("(not there now)")
    await dialog.enter()
    assert entry.options[CONF_LOCAL_ENGINES] == [LOCAL]


@pytest.mark.usefixtures("doubtful")
async def test_the_word_of_a_person_is_kept_with_their_name(
    hass: HomeAssistant,
    house: House,
    entry: MockConfigEntry,
    hass_client: ClientSessionGenerator,
) -> None:
    """Later it must be clear whom to ask."""
    assert await async_setup_component(hass, "config", {})
    client = await hass_client()
    base = "/api/config/config_entries/options/flow"
    response = await client.post(base, json={"handler": entry.entry_id})
    flow = f"{base}/{(await response.json())['flow_id']}"
    await client.post(flow, json={"next_step_id": "engines"})
    response = await client.post(
        flow, json={CONF_LOCAL_ENGINES: [DOUBTFUL], CONF_ATTESTED: [DOUBTFUL]}
    )
    assert response.status == HTTPStatus.OK
    await hass.async_block_till_done()
    word = entry.options[CONF_ATTESTED][DOUBTFUL]
    assert word["by"] == "Mock User"
    assert datetime.fromisoformat(word["at"]).tzinfo is not None


@pytest.mark.usefixtures("doubtful")
async def test_an_old_word_keeps_its_name_and_time(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """Whoever saves the form next has not vouched for anything."""
    word = {"by": "Ada", "at": "2026-01-01T00:00:00+00:00"}
    hass.config_entries.async_update_entry(
        entry, options={**entry.options, CONF_ATTESTED: {DOUBTFUL: word}}
    )
    dialog = await configure(hass, entry, "engines")
    assert (
        dialog.offered(CONF_LOCAL_ENGINES)[DOUBTFUL] == "doubtful (local, as you say)"
    )
    await dialog.enter(local_engines=[DOUBTFUL])
    assert entry.options[CONF_ATTESTED] == {DOUBTFUL: word}


@pytest.mark.usefixtures("doubtful")
async def test_a_word_can_be_taken_back(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """And then the engine cannot stay in the list as if nothing had happened."""
    word = {"by": "Ada", "at": "2026-01-01T00:00:00+00:00"}
    options = {CONF_ATTESTED: {DOUBTFUL: word}, CONF_LOCAL_ENGINES: [DOUBTFUL]}
    hass.config_entries.async_update_entry(entry, options={**entry.options, **options})
    dialog = await configure(hass, entry, "engines")
    await dialog.enter(attested=[])
    assert dialog.errors == {CONF_ATTESTED: "engine_unproven"}
    await dialog.enter(local_engines=[])
    assert entry.options[CONF_ATTESTED] == {}
    assert entry.options[CONF_LOCAL_ENGINES] == []


async def test_the_protected_pipelines_can_be_changed(
    hass: HomeAssistant, house: House, entry: MockConfigEntry, second_pipeline: str
) -> None:
    """A pipeline no longer protected gets its engine back."""
    dialog = await configure(hass, entry, "pipelines")
    await dialog.enter(protect_all=False, pipelines=[second_pipeline])
    await hass.async_block_till_done()
    assert house.engine_in_pipeline == CLOUD


async def test_what_to_keep_can_be_changed(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """The limits are options; the default retention belongs to the selects."""
    dialog = await configure(hass, entry, "keeping")
    assert dialog.shown["keep_recordings"] == "1_day"
    await dialog.enter(
        keep_recordings="1_week",
        keep_transcripts="never",
        keep_ledger="1_week",
        keep_unrecognised=True,
        max_seconds=5,
        max_size_mb=1_000_000,
    )
    await hass.async_block_till_done()
    assert entry.options[CONF_KEEP_LEDGER] == "1_week"
    assert entry.options[CONF_KEEP_UNRECOGNISED] is True
    assert entry.options[CONF_MAX_SECONDS] == 5
    assert isinstance(entry.options[CONF_MAX_SECONDS], int)
    assert entry.options[CONF_MAX_SIZE_MB] == 1_000_000
    assert "keep_recordings" not in entry.options
    settings = entry.runtime_data.settings.current
    assert settings.keep_recordings is Keep.WEEK
    assert settings.keep_transcripts is Keep.NEVER


@pytest.mark.parametrize("field", [CONF_MAX_SECONDS, CONF_MAX_SIZE_MB])
@pytest.mark.parametrize(
    "value", [0, -1, 4, 1_000_001, 1e300, "inf", "-inf", "nan"], ids=str
)
async def test_a_number_out_of_range_is_an_error_one_can_get_past(
    hass: HomeAssistant, house: House, entry: MockConfigEntry, field: str, value: object
) -> None:
    """Neither an endless recording nor none at all is what anybody means."""
    dialog = await configure(hass, entry, "keeping")
    await dialog.enter(**{field: value, "keep_recordings": "never"})
    assert dialog.errors == {field: f"{field}_out_of_range"}
    assert entry.runtime_data.settings.current.keep_recordings is Keep.DAY
    await dialog.enter(**{field: 100})
    assert entry.options[field] == 100


async def test_the_default_retention_is_not_asked_while_the_entry_is_not_loaded(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """The answer would go nowhere."""
    await hass.config_entries.async_unload(entry.entry_id)
    dialog = await configure(hass, entry, "keeping")
    assert "keep_recordings" not in dialog.fields
    await dialog.enter(max_seconds=30)
    assert entry.options[CONF_MAX_SECONDS] == 30


async def test_the_default_retention_is_not_asked_while_the_settings_are_lost(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """First the repair issue has to be answered; a change before would not be kept."""
    settings = entry.runtime_data.settings
    settings.current = replace(settings.current, lost=True)
    dialog = await configure(hass, entry, "keeping")
    assert "keep_recordings" not in dialog.fields


async def test_an_entry_unloaded_meanwhile_is_an_error_one_can_get_past(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """Saying "saved" would be a lie."""
    dialog = await configure(hass, entry, "keeping")
    await hass.config_entries.async_unload(entry.entry_id)
    await dialog.enter(keep_recordings="never", max_seconds=30)
    assert dialog.errors == {"base": "not_loaded"}
    assert "keep_recordings" not in dialog.fields
    await dialog.send(
        {
            "keep_ledger": "1_day",
            "keep_unrecognised": False,
            "max_seconds": 30,
            "max_size_mb": 50,
        }
    )
    assert entry.options[CONF_MAX_SECONDS] == 30


async def test_recordings_go_into_backups_only_if_somebody_says_so(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """Each choice says what it means; nothing is the choice out of the box."""
    dialog = await configure(hass, entry, "backups")
    assert dialog.shown[CONF_IN_BACKUPS] == "no"
    await dialog.enter(in_backups="recordings_and_keys")
    await hass.async_block_till_done()
    assert entry.options[CONF_IN_BACKUPS] == "recordings_and_keys"


async def test_the_voice_commands_can_be_chosen(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """Each can be taken out, and all of them."""
    dialog = await configure(hass, entry, "commands")
    assert dialog.shown[CONF_COMMANDS] == [*VoiceCommand]
    await dialog.enter(voice_commands=["guest_on"], voice_commands_may_lower=True)
    await hass.async_block_till_done()
    assert entry.options[CONF_COMMANDS] == ["guest_on"]
    assert entry.options[CONF_COMMANDS_MAY_LOWER] is True
    assert entry.options[CONF_COMMANDS_HOUSEHOLD_WIDE] is False
    dialog = await configure(hass, entry, "commands")
    await dialog.enter(voice_commands=[])
    await hass.async_block_till_done()
    assert entry.options[CONF_COMMANDS] == []


# Reconfiguring


async def test_reconfiguring_changes_the_same(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """It stands in the menu of the entry, so it must do what one expects."""
    dialog = Dialog(hass.config_entries.flow, "config")
    await dialog.open(
        DOMAIN, context={"source": SOURCE_RECONFIGURE, "entry_id": entry.entry_id}
    )
    await dialog.choose("keeping")
    await dialog.enter(max_seconds=601)
    assert dialog.errors == {CONF_MAX_SECONDS: "max_seconds_out_of_range"}
    await dialog.enter(max_seconds=600, keep_recordings="1_hour")
    assert dialog.result["type"] is FlowResultType.ABORT
    assert dialog.result["reason"] == "reconfigure_successful"
    await hass.async_block_till_done()
    assert entry.options[CONF_MAX_SECONDS] == 600
    assert entry.options[CONF_LOCAL_ENGINES] == [LOCAL]
    assert entry.runtime_data.settings.current.keep_recordings is Keep.HOUR


async def test_local_agents_and_voices_can_be_chosen_too(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """Each stands in for its own kind only, and a cloud one for none."""
    await furnish(house)
    dialog = await configure(hass, entry, "engines")
    offered = {
        field: set(dialog.offered(field))
        for field in (CONF_LOCAL_AGENTS, CONF_LOCAL_VOICES)
    }
    assert offered == {
        CONF_LOCAL_AGENTS: {CLOUD_AGENT, LOCAL_AGENT},
        CONF_LOCAL_VOICES: {CLOUD_VOICE, LOCAL_VOICE},
    }
    chosen = {
        CONF_LOCAL_ENGINES: [LOCAL],
        CONF_LOCAL_AGENTS: [LOCAL_AGENT],
        CONF_LOCAL_VOICES: [CLOUD_VOICE],
    }
    await dialog.enter(**chosen)
    assert dialog.errors == {CONF_LOCAL_VOICES: "engine_in_cloud"}
    await dialog.enter(**chosen | {CONF_LOCAL_VOICES: [LOCAL_VOICE]})
    assert dialog.result["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()
    assert entry.options[CONF_LOCAL_AGENTS] == [LOCAL_AGENT]
    assert entry.options[CONF_LOCAL_VOICES] == [LOCAL_VOICE]
    # One that is gone stays in the list, also if only somebody vouched for it.
    await remove_engine(hass, house, "homely_voice")
    hass.config_entries.async_update_entry(
        entry, options={**entry.options, CONF_ATTESTED: {"conversation.gone": {}}}
    )
    dialog = await configure(hass, entry, "engines")
    assert LOCAL_VOICE in dialog.offered(CONF_LOCAL_VOICES)
    assert "conversation.gone" in dialog.offered(CONF_LOCAL_AGENTS)
