"""The guard forwards what it may, and nothing else."""

from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.voice_retention.policy.models import SatelliteSettings
from homeassistant.core import HomeAssistant
from tests.conftest import CLOUD
from tests.house import SPEECH, House, Microphone


async def test_the_guard_takes_the_place_of_the_engine(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """Without that, nothing else of the integration would ever be asked."""
    assert house.engine_in_pipeline != CLOUD
    assert entry.runtime_data.guards.guards == {house.engine_in_pipeline: CLOUD}


async def test_speech_reaches_the_engine_byte_for_byte(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """A guard that changes the audio would make recognition worse."""
    await house.kitchen.speak()
    assert b"".join(house.cloud.heard) == b"".join(SPEECH)
    assert house.kitchen.error_code is None


async def test_dont_send_keeps_the_audio_from_the_cloud(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """This is the promise."""
    settings = entry.runtime_data.settings
    key = next(
        key
        for key, item in entry.runtime_data.satellites.current.items()
        if item.entity_id == house.kitchen.entity_id
    )
    await settings.async_update_satellite(key, dont_send_audio=True)
    assert settings.for_satellite(key) == SatelliteSettings(dont_send_audio=True)
    await house.kitchen.speak()
    assert house.cloud.heard == []
    assert b"".join(house.local.heard) == b"".join(SPEECH)


async def test_turning_protection_on_in_mid_sentence_stops_the_stream(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """What is not sent yet must stay at home."""
    key = next(
        key
        for key, item in entry.runtime_data.satellites.current.items()
        if item.entity_id == house.kitchen.entity_id
    )
    microphone = Microphone()
    task = hass.async_create_task(house.kitchen.speak(microphone))
    microphone.put(SPEECH[0])
    await house.cloud.got_chunk.wait()
    await entry.runtime_data.settings.async_update_satellite(key, dont_send_audio=True)
    microphone.put(*SPEECH[1:])
    microphone.end()
    await task
    assert b"".join(house.cloud.heard) == SPEECH[0]
    assert house.kitchen.error_code == "stt-stream-failed"
