"""The binary sensor tells when a rule can be got round."""

from dataclasses import replace

from pytest_homeassistant_custom_component.common import MockConfigEntry

from homeassistant.components.binary_sensor import BinarySensorDeviceClass
from homeassistant.const import ATTR_DEVICE_CLASS, STATE_OFF, STATE_ON, Platform
from homeassistant.core import HomeAssistant
from tests.house import House
from tests.lookup import state_of


async def test_a_gap_in_protection_is_a_problem_with_names(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """A person has to know which room to look at."""
    state = state_of(hass, Platform.BINARY_SENSOR, "uncovered")
    assert state.state == STATE_OFF
    assert state.attributes[ATTR_DEVICE_CLASS] == BinarySensorDeviceClass.PROBLEM
    assert state.attributes["satellites"] == []
    status = entry.runtime_data.status
    status.async_set_updated_data(replace(status.data, uncovered=("Kitchen",)))
    await hass.async_block_till_done()
    state = state_of(hass, Platform.BINARY_SENSOR, "uncovered")
    assert state.state == STATE_ON
    assert state.attributes["satellites"] == ["Kitchen"]
