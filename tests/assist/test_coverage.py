"""Who can speak past the guard though the switch is on is named."""

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.voice_retention.assist.coverage import uncovered_speakers
from custom_components.voice_retention.const import CONF_PIPELINES, CONF_PROTECT_ALL
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


def uncovered(house: House) -> list[str]:
    """Return who is uncovered."""
    assert house.entry is not None
    data = house.entry.runtime_data
    return uncovered_speakers(
        house.hass, data.settings.current, data.satellites, data.localities
    )


def choose(
    hass: HomeAssistant, satellite: Satellite, pipeline: str, *, number: int = 1
) -> None:
    """Let a satellite's wake word lead to a pipeline."""
    key = "pipeline" if number == 1 else "pipeline_n"
    entry = er.async_get(hass).async_get_or_create(
        "select",
        "house",
        f"{satellite.name}-pipeline-{number}",
        translation_key=key,
        device_id=device_of(hass, satellite),
    )
    hass.states.async_set(entry.entity_id, pipeline)


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
