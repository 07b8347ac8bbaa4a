"""The selects offer what can be chosen, and change it."""

from dataclasses import replace

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.voice_retention.policy.choices import Keep
from homeassistant.components.select import (
    ATTR_OPTION,
    ATTR_OPTIONS,
    DOMAIN as SELECT_DOMAIN,
    SERVICE_SELECT_OPTION,
)
from homeassistant.const import ATTR_ENTITY_ID, STATE_UNKNOWN, EntityCategory, Platform
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import entity_registry as er
from tests.house import House
from tests.lookup import entity_of, satellite_key, state_of

FINAL = [
    "never",
    "1_hour",
    "1_day",
    "1_week",
    "30_days",
    "3_months",
    "18_months",
    "until_deleted",
]


async def _select(hass: HomeAssistant, entity_id: str, option: str) -> None:
    """Choose an option."""
    await hass.services.async_call(
        SELECT_DOMAIN,
        SERVICE_SELECT_OPTION,
        {ATTR_ENTITY_ID: entity_id, ATTR_OPTION: option},
        blocking=True,
    )


async def test_options_are_the_published_ones(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """Automations name them."""

    def options(key: str, *, of_kitchen: bool) -> list[str]:
        state = state_of(
            hass, Platform.SELECT, key, house.kitchen if of_kitchen else None
        )
        return state.attributes[ATTR_OPTIONS]

    assert options("keep_recordings", of_kitchen=True) == ["default", *FINAL]
    assert options("keep_transcripts", of_kitchen=True) == ["same", "default", *FINAL]
    assert options("keep_recordings", of_kitchen=False) == FINAL
    assert options("keep_transcripts", of_kitchen=False) == ["same", *FINAL]


async def test_the_defaults_are_those_out_of_the_box(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """A day, and the transcript as long as the recording."""
    assert state_of(hass, Platform.SELECT, "keep_recordings").state == "1_day"
    assert state_of(hass, Platform.SELECT, "keep_transcripts").state == "same"
    for key in ("keep_recordings", "keep_transcripts"):
        state = state_of(hass, Platform.SELECT, key, house.kitchen)
        assert state.state == "default"
        entity = er.async_get(hass).async_get(state.entity_id)
        assert entity.entity_category is EntityCategory.CONFIG


@pytest.mark.parametrize("key", ["keep_recordings", "keep_transcripts"])
async def test_a_choice_for_one_satellite_changes_only_that(
    hass: HomeAssistant, house: House, entry: MockConfigEntry, key: str
) -> None:
    """The bedroom can forget while the kitchen keeps."""
    select = entity_of(hass, Platform.SELECT, key, house.bedroom)
    await _select(hass, select, "never")
    assert hass.states.get(select).state == "never"
    settings = entry.runtime_data.settings
    bedroom = settings.for_satellite(satellite_key(hass, house.bedroom))
    kitchen = settings.for_satellite(satellite_key(hass, house.kitchen))
    assert getattr(bedroom, key) is Keep.NEVER
    assert getattr(kitchen, key) is Keep.DEFAULT


@pytest.mark.parametrize("key", ["keep_recordings", "keep_transcripts"])
async def test_a_default_can_be_chosen(
    hass: HomeAssistant, house: House, entry: MockConfigEntry, key: str
) -> None:
    """It holds for every satellite without a choice of its own."""
    select = entity_of(hass, Platform.SELECT, key)
    await _select(hass, select, "1_week")
    assert hass.states.get(select).state == "1_week"
    assert getattr(entry.runtime_data.settings.current, key) is Keep.WEEK


async def test_an_option_that_is_not_offered_changes_nothing(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """The household's default cannot be "household default"."""
    select = entity_of(hass, Platform.SELECT, "keep_recordings")
    with pytest.raises(ServiceValidationError):
        await _select(hass, select, "default")
    assert hass.states.get(select).state == "1_day"


async def test_lost_settings_are_shown_as_unknown_and_cannot_be_changed(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """Showing a default would claim that somebody chose it."""
    settings = entry.runtime_data.settings
    await settings._async_set(replace(settings.current, lost=True))
    for satellite in (None, house.kitchen):
        select = entity_of(hass, Platform.SELECT, "keep_recordings", satellite)
        assert hass.states.get(select).state == STATE_UNKNOWN
        with pytest.raises(ServiceValidationError) as err:
            await _select(hass, select, "never")
        assert err.value.translation_key == "settings_unconfirmed"
