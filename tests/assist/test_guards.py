"""A guard stands in every protected pipeline, and nothing else of a pipeline changes."""

from collections.abc import Iterable
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.voice_retention.assist.guard_memory import (
    GuardMemory,
    current_guards,
    recover_guards,
)
from custom_components.voice_retention.assist.guards import GuardKeeper
from custom_components.voice_retention.assist.pipelines import (
    EngineKind,
    async_replace_engines,
)
from custom_components.voice_retention.const import (
    CONF_PIPELINES,
    CONF_PROTECT_ALL,
    DOMAIN,
)
from homeassistant.components.assist_pipeline import (
    Pipeline,
    async_get_pipeline,
    async_get_pipelines,
    async_update_pipeline,
)
from homeassistant.components.assist_pipeline.pipeline import KEY_ASSIST_PIPELINE
from homeassistant.components.stt.const import DATA_PROVIDERS
from homeassistant.config_entries import ConfigEntryDisabler
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.collection import CollectionChange
from tests.conftest import CLOUD, LOCAL
from tests.house import SPEECH, Engine, House, add_entity_platform
from tests.speaking import LegacyEngine, add_pipeline, protect, set_up_entry

SENTENCE = b"".join(SPEECH)


def engine_of(hass: HomeAssistant, pipeline: Pipeline) -> str | None:
    """Return the engine that a pipeline has now."""
    return async_get_pipeline(hass, pipeline.id).stt_engine


def snapshot(hass: HomeAssistant) -> dict[str, dict[str, Any]]:
    """Return every pipeline as it is stored."""
    return {item.id: dict(item.to_json()) for item in async_get_pipelines(hass)}


def without_engine(pipelines: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return everything of the pipelines but the engine."""
    return {
        key: {name: value for name, value in item.items() if name != "stt_engine"}
        for key, item in pipelines.items()
    }


def guard_entities(hass: HomeAssistant) -> list[str]:
    """List the guards in the registry."""
    return [
        item.entity_id
        for item in er.async_get(hass).entities.values()
        if item.platform == DOMAIN and item.domain == "stt"
    ]


async def test_every_pipeline_with_speech_is_guarded_and_else_unchanged(
    hass: HomeAssistant, house: House, options: dict[str, object]
) -> None:
    """People spend hours on their pipelines."""
    second = await add_pipeline(
        hass, "Second", wake_word_id="hey", prefer_local_intents=True, tts_voice="v"
    )
    third = await add_pipeline(hass, "Third", stt_engine=LOCAL)
    mute = await add_pipeline(hass, "Mute", stt_engine=None, stt_language=None)
    store = hass.data[KEY_ASSIST_PIPELINE].pipeline_store
    store.async_set_preferred_item(third.id)
    before = snapshot(hass)

    entry = await set_up_entry(house, options)
    guards = entry.runtime_data.guards
    assert without_engine(snapshot(hass)) == without_engine(before)
    assert store.async_get_preferred_item() == third.id
    assert engine_of(hass, mute) is None
    assert sorted(guards.guards.values()) == [CLOUD, LOCAL]
    assert {
        pipeline_id: guards.engine_behind(item["stt_engine"])
        for pipeline_id, item in snapshot(hass).items()
        if item["stt_engine"] is not None
    } == {
        pipeline_id: item["stt_engine"]
        for pipeline_id, item in before.items()
        if item["stt_engine"] is not None
    }
    # One guard for all pipelines with the same engine.
    first = next(item for item in before if item not in (second.id, third.id, mute.id))
    assert async_get_pipeline(hass, first).stt_engine == engine_of(hass, second)

    await hass.config_entries.async_remove(entry.entry_id)
    await hass.async_block_till_done()
    assert snapshot(hass) == before
    assert store.async_get_preferred_item() == third.id
    assert guard_entities(hass) == []


async def test_new_pipelines_are_guarded_at_once(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """Nobody restarts for a pipeline."""
    new = await add_pipeline(hass, "New", stt_engine=LOCAL)
    guard_id = engine_of(hass, new)
    assert entry.runtime_data.guards.engine_behind(guard_id or "") == LOCAL
    again = await add_pipeline(hass, "Again", stt_engine=CLOUD)
    assert engine_of(hass, again) == house.engine_in_pipeline


async def test_a_pipeline_with_another_engine_gets_its_guard_and_the_unused_goes(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """Guards that stand before nothing would only clutter the list of engines."""
    old_guard = house.engine_in_pipeline
    await house.use_engine(LOCAL)
    assert house.engine_in_pipeline not in (LOCAL, old_guard)
    assert guard_entities(hass) == [house.engine_in_pipeline]
    assert entry.runtime_data.guards.guards == {house.engine_in_pipeline: LOCAL}
    assert entry.runtime_data.settings.guard_memory.guards == {
        house.engine_in_pipeline: LOCAL
    }
    await house.use_engine(CLOUD)
    await house.kitchen.speak()
    assert b"".join(house.cloud.heard) == SENTENCE
    await house.use_engine(None)
    assert guard_entities(hass) == []


async def test_only_the_chosen_pipelines_are_guarded(
    hass: HomeAssistant, house: House, options: dict[str, object]
) -> None:
    """Somebody may want to compare."""
    chosen = await add_pipeline(hass, "Chosen")
    options |= {CONF_PROTECT_ALL: False, CONF_PIPELINES: [chosen.id]}
    entry = await set_up_entry(house, options)
    assert house.engine_in_pipeline == CLOUD
    assert entry.runtime_data.guards.is_protected(chosen.id)
    assert entry.runtime_data.guards.engine_behind(engine_of(hass, chosen) or "") == (
        CLOUD
    )


async def test_a_pipeline_that_is_no_longer_chosen_gets_its_engine_back(
    hass: HomeAssistant, house: House, options: dict[str, object]
) -> None:
    """One that was given a guard by hand keeps it: somebody wanted it there."""
    by_hand = await add_pipeline(hass, "By hand")
    gone = await add_pipeline(hass, "Gone")
    options |= {CONF_PROTECT_ALL: False, CONF_PIPELINES: [gone.id]}
    entry = await set_up_entry(house, options)
    guard_id = engine_of(hass, gone)
    await async_update_pipeline(
        hass, async_get_pipeline(hass, by_hand.id), stt_engine=guard_id
    )
    await hass.async_block_till_done()
    other = async_get_pipeline(hass)
    hass.config_entries.async_update_entry(
        entry, options=options | {CONF_PIPELINES: [other.id]}
    )
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert engine_of(hass, gone) == CLOUD
    assert engine_of(hass, other) == guard_id
    assert engine_of(hass, by_hand) == guard_id
    # Nothing more to do for one whose engine was changed by hand in the meantime.
    await async_update_pipeline(
        hass, async_get_pipeline(hass, other.id), stt_engine=LOCAL
    )
    await hass.async_block_till_done()
    hass.config_entries.async_update_entry(
        entry, options=options | {CONF_PIPELINES: []}
    )
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert engine_of(hass, other) == LOCAL
    assert engine_of(hass, by_hand) == guard_id


async def test_after_a_restart_the_guard_stands_before_the_engine_is_up(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """The first sentence may come before the cloud has been reached."""
    guard_id = house.engine_in_pipeline
    await hass.config_entries.async_unload(entry.entry_id)
    cloudy = house.entries["cloudy"]
    await hass.config_entries.async_unload(cloudy.entry_id)
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert house.engine_in_pipeline == guard_id
    assert entry.runtime_data.guards.guards == {guard_id: CLOUD}
    again = Engine("cloud_speech")
    await add_entity_platform(
        hass, "cloudy", Platform.STT, [again], iot_class="cloud_push"
    )
    await protect(house, house.kitchen)
    await house.kitchen.speak()
    assert again.calls == 0
    assert b"".join(house.local.heard) == SENTENCE


async def test_nothing_is_unguarded_during_a_reload(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """A sentence in between is refused, not sent past us."""
    guard_id = house.engine_in_pipeline
    changes: list[CollectionChange] = []

    async def changed(change_set: Iterable[CollectionChange]) -> None:
        changes.extend(change_set)

    store = hass.data[KEY_ASSIST_PIPELINE].pipeline_store
    store.async_add_change_set_listener(changed)
    await hass.config_entries.async_unload(entry.entry_id)
    await house.kitchen.speak()
    assert house.cloud.calls == 0
    assert house.kitchen.error_code == "stt-provider-missing"
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert house.engine_in_pipeline == guard_id
    assert changes == []


async def test_while_unloaded_no_pipeline_is_touched(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """Whoever unloads us for a moment may edit in peace; we look again afterwards."""
    await hass.config_entries.async_unload(entry.entry_id)
    await house.use_engine(LOCAL)
    assert house.engine_in_pipeline == LOCAL
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    assert entry.runtime_data.guards.guards == {house.engine_in_pipeline: LOCAL}


@pytest.mark.parametrize("what", ["name", "engine", "deleted"])
async def test_an_edit_while_guards_are_placed_is_not_lost(
    hass: HomeAssistant,
    house: House,
    options: dict[str, object],
    caplog: pytest.LogCaptureFixture,
    what: str,
) -> None:
    """A pipeline is written back as a whole, so an old copy would undo the edit."""
    second = await add_pipeline(hass, "Second")
    store = hass.data[KEY_ASSIST_PIPELINE].pipeline_store
    is_done = False

    async def edit_second(change_set: Iterable[CollectionChange]) -> None:
        nonlocal is_done
        if is_done or second.id in {item.item_id for item in change_set}:
            return
        is_done = True
        if what == "deleted":
            await store.async_delete_item(second.id)
        elif what == "name":
            await async_update_pipeline(hass, second, name="Renamed")
        else:
            await async_update_pipeline(hass, second, stt_engine=LOCAL)

    store.async_add_change_set_listener(edit_second)
    entry = await set_up_entry(house, options)
    assert is_done
    guards = entry.runtime_data.guards
    if what == "deleted":
        assert second.id not in snapshot(hass)
        placed = entry.runtime_data.settings.guard_memory.placed
        assert not any(second.id in ids for ids in placed.values())
    else:
        now = async_get_pipeline(hass, second.id)
        assert now.name == ("Renamed" if what == "name" else "Second")
        assert now.stt_engine in guards.guards
        assert guards.engine_behind(now.stt_engine or "") == (
            CLOUD if what == "name" else LOCAL
        )
    assert "Traceback" not in caplog.text


async def test_an_engine_is_replaced_only_where_it_still_is(
    hass: HomeAssistant, house: House
) -> None:
    """Between looking and doing, the pipeline may have got another."""
    seen = async_get_pipeline(hass)
    await house.use_engine(LOCAL)
    await async_replace_engines(hass, seen, {EngineKind.STT: "stt.other"})
    assert house.engine_in_pipeline == LOCAL
    await async_replace_engines(hass, async_get_pipeline(hass), {EngineKind.STT: CLOUD})
    assert house.engine_in_pipeline == CLOUD


async def test_a_deleted_guard_comes_back(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """Its pipeline could not hear anybody any more."""
    assert house.engine_in_pipeline is not None
    registry = er.async_get(hass)
    registry.async_update_entity(house.engine_in_pipeline, new_entity_id="stt.odd_name")
    await hass.async_block_till_done()
    registry.async_remove("stt.odd_name")
    await hass.async_block_till_done()
    assert entry.runtime_data.guards.guards == {house.engine_in_pipeline: CLOUD}
    assert guard_entities(hass) == [house.engine_in_pipeline]
    await house.kitchen.speak()
    assert b"".join(house.cloud.heard) == SENTENCE


async def test_an_engine_that_was_set_up_anew_finds_its_guard(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """It has its old name but a new identity, by which guards are known."""
    await hass.config_entries.async_remove(house.entries["cloudy"].entry_id)
    await hass.async_block_till_done()
    again = Engine("cloud_speech")
    await add_entity_platform(
        hass, "cloudy", Platform.STT, [again], iot_class="cloud_push"
    )
    assert again.entity_id == CLOUD
    for _ in range(2):
        again.heard.clear()
        await house.kitchen.speak()
        assert b"".join(again.heard) == SENTENCE
        assert guard_entities(hass) == [house.engine_in_pipeline]
        await hass.config_entries.async_reload(entry.entry_id)
        await hass.async_block_till_done()


async def test_disabling_puts_engines_back_and_enabling_finds_renamed_ones(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """While we are disabled, nobody tells us what is renamed."""
    await hass.config_entries.async_set_disabled_by(
        entry.entry_id, ConfigEntryDisabler.USER
    )
    await hass.async_block_till_done()
    assert house.engine_in_pipeline == CLOUD
    er.async_get(hass).async_update_entity(CLOUD, new_entity_id="stt.nimbus")
    await hass.async_block_till_done()
    await house.use_engine("stt.nimbus")
    await hass.config_entries.async_set_disabled_by(entry.entry_id, None)
    await hass.async_block_till_done()
    assert entry.runtime_data.guards.guards == {house.engine_in_pipeline: "stt.nimbus"}
    assert guard_entities(hass) == [house.engine_in_pipeline]
    await protect(house, house.kitchen)
    await house.kitchen.speak()
    assert house.cloud.calls == 0


async def test_a_guard_that_the_memory_misses_is_recognised(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """Home Assistant may be killed between one file and the other."""
    guard_id = house.engine_in_pipeline
    await entry.runtime_data.settings.async_set_guard_memory(GuardMemory())
    await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    assert house.engine_in_pipeline == guard_id
    assert entry.runtime_data.guards.guards == {guard_id: CLOUD}
    assert guard_entities(hass) == [guard_id]


async def test_a_guard_is_never_put_before_a_guard(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """Whatever our memory says, two in a row would only refuse."""
    requested: list[str] = []
    assert house.engine_in_pipeline is not None

    async def save(memory: GuardMemory) -> None:
        """Forget it."""

    keeper = GuardKeeper(hass, memory=GuardMemory(), save=save, protected=None)
    keeper._guards = {}
    stop = keeper.async_start()
    keeper.async_serve(EngineKind.STT, requested.extend)
    await hass.async_block_till_done()
    stop()
    assert requested == []


async def test_a_guard_of_a_kind_that_is_not_up_yet_is_kept(
    hass: HomeAssistant, house: House
) -> None:
    """The platforms come up one after the other; a voice's guard must not go meanwhile."""
    guards = {"tts.a_guard": "tts.gone", "stt.a_guard": "stt.gone"}

    async def save(memory: GuardMemory) -> None:
        """Forget it."""

    keeper = GuardKeeper(
        hass, memory=GuardMemory(guards=guards), save=save, protected=None
    )
    stop = keeper.async_start()
    keeper.async_serve(EngineKind.STT, lambda engine_ids: None)
    await hass.async_block_till_done()
    stop()
    assert "tts.a_guard" in keeper.guards
    assert "stt.a_guard" not in keeper.guards


async def test_the_registry_knows_engines_and_the_memory_those_that_are_gone(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """Together they know each guard's engine under its present name."""
    hass.data[DATA_PROVIDERS]["oldie"] = LegacyEngine()
    await add_pipeline(hass, "Old", stt_engine="oldie")
    guards = dict(entry.runtime_data.guards.guards)
    assert recover_guards(hass) == guards
    cloud_guard = house.engine_in_pipeline or ""
    assert current_guards(hass, GuardMemory(guards={cloud_guard: "stt.old"})) == guards
    er.async_get(hass).async_remove(CLOUD)
    memory = GuardMemory(guards={cloud_guard: CLOUD, "stt.gone_guard": "stt.gone"})
    assert current_guards(hass, memory) == {**guards, "stt.gone_guard": "stt.gone"}


async def test_a_name_that_is_not_of_an_engine_changes_nothing(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """Entities are renamed all the time."""
    guard_id = house.engine_in_pipeline
    er.async_get(hass).async_update_entity(
        house.kitchen.entity_id, new_entity_id="assist_satellite.scullery"
    )
    er.async_get(hass).async_update_entity(LOCAL, new_entity_id="stt.near")
    await hass.async_block_till_done()
    assert entry.runtime_data.guards.guards == {guard_id: CLOUD}
    assert house.engine_in_pipeline == guard_id


async def test_many_changes_at_once_are_one_look(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """Each pipeline of a big house is written once, and the listeners are not kept."""
    updates = 0

    async def count(change_set: Iterable[CollectionChange]) -> None:
        nonlocal updates
        updates += len(list(change_set))

    store = hass.data[KEY_ASSIST_PIPELINE].pipeline_store
    store.async_add_change_set_listener(count)
    for number in range(10):
        fields = async_get_pipeline(hass).to_json() | {
            "name": f"Pipeline {number}",
            "stt_engine": CLOUD,
        }
        fields.pop("id")
        await store.async_create_item(fields)
    await hass.async_block_till_done()
    assert updates == 20
    assert {item.stt_engine for item in async_get_pipelines(hass)} == {
        house.engine_in_pipeline
    }
