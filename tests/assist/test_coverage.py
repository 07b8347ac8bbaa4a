"""Who can speak past the guard though the switch is on is named."""

import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    MockModule,
    mock_integration,
)

from custom_components.voice_retention.assist.coverage import (
    gaps_in,
    listen_choices,
    voice_paths,
)
from custom_components.voice_retention.const import CONF_PIPELINES, CONF_PROTECT_ALL
from custom_components.voice_retention.policy.paths import VoicePath
from homeassistant.components.assist_pipeline import (
    async_get_pipeline,
    async_update_pipeline,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from tests.conftest import CLOUD, LOCAL
from tests.house import House, Satellite
from tests.lookup import OTHER, satellite_key
from tests.speaking import add_pipeline, device_of, protect, set_up_entry


@pytest.fixture
async def open_entry(house: House, options: dict[str, object]) -> MockConfigEntry:
    """Set the integration up so that it protects no pipeline."""
    return await set_up_entry(
        house, options | {CONF_PROTECT_ALL: False, CONF_PIPELINES: []}
    )


def paths(house: House) -> list[VoicePath]:
    """Return the path of each wake word."""
    assert house.entry is not None
    data = house.entry.runtime_data
    return voice_paths(
        house.hass, data.satellites, data.localities, data.guards.engine_behind
    )


def uncovered(house: House) -> list[str]:
    """Return who is uncovered."""
    assert house.entry is not None
    gaps = gaps_in(paths(house), house.entry.runtime_data.settings.current)
    return list(dict.fromkeys(gap.path.satellite_key for gap in gaps))


def steps(path: VoicePath) -> list[tuple[str, str, str, bool]]:
    """Return a path's steps in short."""
    return [
        (step.kind, step.engine_id, step.locality, step.is_guarded)
        for step in path.steps
    ]


def add_wake_engine(hass: HomeAssistant, iot_class: str) -> str:
    """Add an engine that listens for wake words on behalf of satellites."""
    mock_integration(
        hass, MockModule("ears", partial_manifest={"iot_class": iot_class})
    )
    entry = er.async_get(hass).async_get_or_create("wake_word", "ears", "ears")
    hass.states.async_set(entry.entity_id, "unknown")
    return entry.entity_id


def choose(
    hass: HomeAssistant,
    satellite: Satellite,
    option: str,
    *,
    number: int = 1,
    what: str = "pipeline",
) -> None:
    """Let a satellite's wake word lead to a pipeline, or be another one."""
    entry = er.async_get(hass).async_get_or_create(
        "select",
        "house",
        f"{satellite.name}-{what}"
        if number == 1
        else f"{satellite.name}-{what}_{number}",
        translation_key=what if number == 1 else f"{what}_n",
        device_id=device_of(hass, satellite),
    )
    hass.states.async_set(entry.entity_id, option)


async def test_nobody_is_uncovered_while_every_pipeline_is_guarded(
    house: House, entry: MockConfigEntry
) -> None:
    """This is how it comes out of the box."""
    await protect(house, house.kitchen)
    await protect(house)
    assert uncovered(house) == []


async def test_who_is_protected_in_an_open_house_is_uncovered(
    hass: HomeAssistant, house: House, open_entry: MockConfigEntry
) -> None:
    """Only those whose switch is on; the others want to be heard."""
    assert uncovered(house) == []
    await protect(house, house.kitchen)
    assert uncovered(house) == [satellite_key(hass, house.kitchen)]
    await protect(house)
    assert uncovered(house) == [satellite_key(hass, house.kitchen), OTHER]


async def test_a_local_engine_needs_no_guard(
    house: House, open_entry: MockConfigEntry
) -> None:
    """Nothing leaves the house through it; through a pipeline without speech nor."""
    await protect(house, house.kitchen)
    await house.use_engine(LOCAL)
    assert uncovered(house) == []
    await house.use_engine(None)
    assert uncovered(house) == []


async def test_each_wake_word_counts(
    hass: HomeAssistant, house: House, open_entry: MockConfigEntry
) -> None:
    """One of them is enough to be heard in the cloud."""
    await add_pipeline(hass, "Cloud assistant", stt_engine=CLOUD)
    await add_pipeline(hass, "Local assistant", stt_engine=LOCAL)
    await house.use_engine(LOCAL)
    await protect(house, house.kitchen)
    kitchen = [satellite_key(hass, house.kitchen)]
    choose(hass, house.kitchen, "Local assistant")
    assert uncovered(house) == []
    choose(hass, house.kitchen, "Cloud assistant", number=2)
    assert uncovered(house) == kitchen
    choose(hass, house.kitchen, "preferred", number=2)
    assert uncovered(house) == []
    choose(hass, house.kitchen, "Cloud assistant")
    assert uncovered(house) == kitchen
    choose(hass, house.kitchen, "A deleted one")
    assert uncovered(house) == []


@pytest.mark.parametrize("state", ["unavailable", "A deleted one"])
async def test_a_satellite_whose_choice_is_not_known_has_the_preferred_pipeline(
    hass: HomeAssistant, house: House, open_entry: MockConfigEntry, state: str
) -> None:
    """So does Home Assistant."""
    await protect(house, house.kitchen)
    choose(hass, house.kitchen, state)
    assert uncovered(house) == [satellite_key(hass, house.kitchen)]


async def test_other_clients_may_choose_any_pipeline(
    hass: HomeAssistant, house: House, open_entry: MockConfigEntry
) -> None:
    """An app has no select that could be looked at."""
    await house.use_engine(LOCAL)
    await protect(house)
    assert uncovered(house) == []
    await add_pipeline(hass, "Cloud assistant", stt_engine=CLOUD)
    assert uncovered(house) == [OTHER]


async def test_the_path_of_each_wake_word_is_followed_to_the_answer(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """Each step with its engine, where that works, and whether a guard stands there."""
    await add_pipeline(hass, "Homely", stt_engine=LOCAL)
    choose(hass, house.kitchen, "Okay Nabu", what="wake_word")
    choose(hass, house.kitchen, "Hey Jarvis", number=2, what="wake_word")
    choose(hass, house.kitchen, "preferred")
    choose(hass, house.kitchen, "Homely", number=2)
    await hass.async_block_till_done()
    key = satellite_key(hass, house.kitchen)
    first, second = [path for path in paths(house) if path.satellite_key == key]
    assert (first.slot, first.wake_word) == (1, "Okay Nabu")
    assert (second.slot, second.wake_word) == (2, "Hey Jarvis")
    assert second.pipeline_name == "Homely"
    agent = ("conversation", "conversation.home_assistant", "local", False)
    assert steps(first) == [("stt", CLOUD, "cloud", True), agent]
    assert steps(second) == [("stt", LOCAL, "local", True), agent]
    others = [path for path in paths(house) if path.satellite_key == OTHER]
    assert {path.pipeline_name for path in others} == {"Homely", first.pipeline_name}
    assert {path.slot for path in others} == {0}


@pytest.mark.parametrize(
    ("iot_class", "is_open"), [("cloud_push", True), ("local_push", False)]
)
async def test_a_wake_word_engine_hears_the_whole_room(
    hass: HomeAssistant,
    house: House,
    entry: MockConfigEntry,
    iot_class: str,
    *,
    is_open: bool,
) -> None:
    """Everything is streamed to it before anybody says the wake word, and no guard helps."""
    await protect(house, house.kitchen)
    engine = add_wake_engine(hass, iot_class)
    key = satellite_key(hass, house.kitchen)
    path = next(path for path in paths(house) if path.satellite_key == key)
    assert path.steps[0].engine_id == engine
    assert uncovered(house) == ([key] if is_open else [])
    # One that listens itself needs no engine for it.
    choose(hass, house.kitchen, "Okay Nabu", what="wake_word")
    choose(hass, house.kitchen, "preferred")
    assert uncovered(house) == []


async def test_what_was_understood_counts_once_it_must_stay(
    hass: HomeAssistant, house: House, open_entry: MockConfigEntry
) -> None:
    """The agent gets the words, wherever the voice was understood."""
    mock_integration(
        hass, MockModule("far", partial_manifest={"iot_class": "cloud_push"})
    )
    agent = er.async_get(hass).async_get_or_create("conversation", "far", "agent")
    await house.use_engine(LOCAL)
    await async_update_pipeline(
        hass, async_get_pipeline(hass), conversation_engine=agent.entity_id
    )
    await protect(house, house.kitchen)
    assert uncovered(house) == []
    key = satellite_key(hass, house.kitchen)
    await open_entry.runtime_data.settings.async_update_satellite(
        key, dont_send_text=True
    )
    assert uncovered(house) == [key]


async def test_a_choice_is_seen_when_it_is_made(
    hass: HomeAssistant, house: House, open_entry: MockConfigEntry
) -> None:
    """Not minutes later."""
    told = 0

    def listen() -> None:
        nonlocal told
        told += 1

    stop = listen_choices(hass, listen)
    choose(hass, house.kitchen, "Cloud assistant")
    await hass.async_block_till_done()
    assert told
    told = 0
    hass.states.async_set("light.kitchen", "on")
    await hass.async_block_till_done()
    stop()
    choose(hass, house.kitchen, "Another")
    await hass.async_block_till_done()
    assert not told
