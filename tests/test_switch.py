"""The switches say what is in force, and change it."""

from dataclasses import replace
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.voice_retention.const import DOMAIN
from custom_components.voice_retention.vault.models import RecordingFilter
from homeassistant.components.switch import DOMAIN as SWITCH_DOMAIN
from homeassistant.const import (
    ATTR_ENTITY_ID,
    SERVICE_TURN_OFF,
    SERVICE_TURN_ON,
    STATE_OFF,
    STATE_ON,
    STATE_UNKNOWN,
    EntityCategory,
    Platform,
)
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import entity_registry as er
from tests.house import House
from tests.lookup import entity_of, settle, state_of


async def _call(hass: HomeAssistant, service: str, entity_id: str) -> None:
    """Turn a switch on or off."""
    await hass.services.async_call(
        SWITCH_DOMAIN, service, {ATTR_ENTITY_ID: entity_id}, blocking=True
    )


async def test_the_switch_changes_what_the_guard_obeys(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """A switch that only looks on would be the worst failure of all."""
    switch = entity_of(hass, Platform.SWITCH, "dont_send_audio", house.kitchen)
    assert state_of(hass, Platform.SWITCH, "dont_send_audio", house.kitchen).state == (
        STATE_OFF
    )

    await _call(hass, SERVICE_TURN_ON, switch)
    assert hass.states.get(switch).state == STATE_ON
    await house.kitchen.speak()
    assert house.cloud.heard_bytes == 0

    await _call(hass, SERVICE_TURN_OFF, switch)
    assert hass.states.get(switch).state == STATE_OFF
    await house.kitchen.speak()
    assert house.cloud.heard_bytes > 0


async def test_one_satellite_says_nothing_of_the_others(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """Each room decides for itself."""
    switch = entity_of(hass, Platform.SWITCH, "dont_send_audio", house.kitchen)
    await _call(hass, SERVICE_TURN_ON, switch)
    bedroom = state_of(hass, Platform.SWITCH, "dont_send_audio", house.bedroom)
    assert bedroom.state == STATE_OFF
    other = entity_of(hass, Platform.SWITCH, "other-dont_send_audio")
    assert hass.states.get(other).state == STATE_OFF


async def test_guest_mode_is_one_switch_for_the_household(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """While it is on, nobody's voice leaves, whatever their own switch says."""
    switch = entity_of(hass, Platform.SWITCH, "guest_mode")
    await _call(hass, SERVICE_TURN_ON, switch)
    assert hass.states.get(switch).state == STATE_ON
    await house.bedroom.speak()
    assert house.cloud.heard_bytes == 0
    await _call(hass, SERVICE_TURN_OFF, switch)
    assert hass.states.get(switch).state == STATE_OFF
    assert not entry.runtime_data.settings.current.guest_mode


async def test_guests_leave_nothing_behind_and_take_nothing_along(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """Nothing of anybody is kept or sent while they are here; what was kept before stays."""
    switch = entity_of(hass, Platform.SWITCH, "guest_mode")
    await house.kitchen.speak()
    await settle(hass)
    sent = house.cloud.heard_bytes
    (before,) = await entry.runtime_data.storage.async_find(RecordingFilter())

    await _call(hass, SERVICE_TURN_ON, switch)
    for satellite in (house.kitchen, house.bedroom):
        await satellite.speak()
    await settle(hass)
    assert house.cloud.heard_bytes == sent
    assert await entry.runtime_data.storage.async_find(RecordingFilter()) == [before]

    await _call(hass, SERVICE_TURN_OFF, switch)
    await house.kitchen.speak()
    await settle(hass)
    assert house.cloud.heard_bytes == 2 * sent
    found = await entry.runtime_data.storage.async_find(RecordingFilter())
    assert len(found) == 2
    assert before in found


async def test_switches_are_configuration(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """Otherwise a voice could turn its own protection off, as could "all off" in a room."""
    entities = [
        item
        for item in er.async_entries_for_config_entry(
            er.async_get(hass), entry.entry_id
        )
        if item.domain == Platform.SWITCH
    ]
    assert len(entities) == 7
    assert {item.entity_category for item in entities} == {EntityCategory.CONFIG}


async def test_choices_outlive_a_restart(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """The state comes from the settings, not from what Home Assistant remembers."""
    switch = entity_of(hass, Platform.SWITCH, "dont_send_audio", house.kitchen)
    await _call(hass, SERVICE_TURN_ON, switch)
    assert await hass.config_entries.async_reload(entry.entry_id)
    await settle(hass)
    assert hass.states.get(switch).state == STATE_ON


async def test_a_rule_that_another_one_needs_cannot_be_lifted(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """Keeping the text at home means keeping the voice there."""
    text = entity_of(hass, Platform.SWITCH, "dont_send_text", house.kitchen)
    await _call(hass, SERVICE_TURN_ON, text)
    switch = entity_of(hass, Platform.SWITCH, "dont_send_audio", house.kitchen)
    assert hass.states.get(switch).state == STATE_ON
    with pytest.raises(ServiceValidationError) as err:
        await _call(hass, SERVICE_TURN_OFF, switch)
    assert err.value.translation_domain == DOMAIN
    assert err.value.translation_key == "implied_by_text"
    assert hass.states.get(switch).state == STATE_ON
    await _call(hass, SERVICE_TURN_OFF, text)
    assert hass.states.get(switch).state == STATE_OFF


@pytest.mark.parametrize("service", [SERVICE_TURN_ON, SERVICE_TURN_OFF])
async def test_lost_settings_protect_everybody_until_confirmed(
    hass: HomeAssistant,
    house: House,
    entry: MockConfigEntry,
    service: str,
) -> None:
    """A change of one switch must not quietly confirm what nobody chose."""
    settings = entry.runtime_data.settings
    lost: dict[str, Any] = {"lost": True}
    await settings._async_set(replace(settings.current, **lost))
    for satellite in (house.kitchen, house.bedroom):
        state = state_of(hass, Platform.SWITCH, "dont_send_audio", satellite)
        assert state.state == STATE_ON
    assert state_of(hass, Platform.SWITCH, "guest_mode").state == STATE_UNKNOWN
    before = settings.current
    for switch in (
        entity_of(hass, Platform.SWITCH, "dont_send_audio", house.kitchen),
        entity_of(hass, Platform.SWITCH, "guest_mode"),
    ):
        with pytest.raises(ServiceValidationError) as err:
            await _call(hass, service, switch)
        assert err.value.translation_key == "settings_unconfirmed"
    assert settings.current is before
