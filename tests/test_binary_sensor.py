"""The binary sensor tells when a rule can be got round."""

from dataclasses import replace

from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.voice_retention.policy.models import Locality
from custom_components.voice_retention.policy.paths import (
    Gap,
    Step,
    StepKind,
    VoicePath,
)
from custom_components.voice_retention.status import Coverage
from homeassistant.components.binary_sensor import BinarySensorDeviceClass
from homeassistant.const import ATTR_DEVICE_CLASS, STATE_OFF, STATE_ON, Platform
from homeassistant.core import HomeAssistant
from tests.conftest import CLOUD
from tests.house import House
from tests.lookup import state_of

GAP = Gap(
    path=VoicePath(
        satellite_key="kitchen",
        slot=2,
        wake_word="Okay Nabu",
        pipeline_id="id",
        pipeline_name="Cloud assistant",
        steps=(),
    ),
    step=Step(
        kind=StepKind.STT,
        engine_id="stt.far",
        locality=Locality.CLOUD,
        is_guarded=False,
    ),
)


async def test_a_gap_in_protection_is_a_problem_with_names(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """A person has to know which room to look at, and what to change there."""
    state = state_of(hass, Platform.BINARY_SENSOR, "uncovered")
    assert state.state == STATE_OFF
    assert state.attributes[ATTR_DEVICE_CLASS] == BinarySensorDeviceClass.PROBLEM
    assert state.attributes["satellites"] == state.attributes["gaps"] == []
    assert state.attributes["ways_out"] == {"stt": [CLOUD]}
    status = entry.runtime_data.status
    status.async_set_updated_data(
        replace(status.data, coverage=Coverage(uncovered=("Kitchen",), gaps=(GAP,)))
    )
    await hass.async_block_till_done()
    state = state_of(hass, Platform.BINARY_SENSOR, "uncovered")
    assert state.state == STATE_ON
    assert state.attributes["satellites"] == ["Kitchen"]
    assert state.attributes["gaps"] == [
        {
            "pipeline": "Cloud assistant",
            "wake_word": "Okay Nabu",
            "step": "stt",
            "engine": "stt.far",
            "locality": "cloud",
        }
    ]
