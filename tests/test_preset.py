"""A preset sets what belongs together, at once, and says what it did."""

from dataclasses import replace
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser

from custom_components.voice_retention.const import DOMAIN
from custom_components.voice_retention.policy.choices import Keep, SatelliteSettings
from custom_components.voice_retention.vault.models import RecordingFilter
from homeassistant.const import STATE_ON, Platform
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import ServiceValidationError, Unauthorized
from tests.house import House
from tests.lookup import satellite_key, settle, state_of


async def _apply(hass: HomeAssistant, **target: Any) -> dict[str, Any]:
    """Make a child's room of a target."""
    response = await hass.services.async_call(
        DOMAIN,
        "apply_preset",
        {"preset": "childs_room", **target},
        blocking=True,
        return_response=True,
    )
    assert isinstance(response, dict)
    return response


async def test_it_sets_every_satellite_and_says_from_what_to_what(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """Parents must not have to look at four settings of each satellite."""
    data = entry.runtime_data
    kitchen, bedroom = (
        satellite_key(hass, satellite) for satellite in (house.kitchen, house.bedroom)
    )
    await data.settings.async_update_satellite(
        bedroom, keep_recordings=Keep.WEEK, keep_transcripts=Keep.HOUR
    )
    changes: list[None] = []
    data.settings.async_listen(lambda: changes.append(None))
    response = await _apply(
        hass, entity_id=[house.kitchen.entity_id, house.bedroom.entity_id]
    )
    assert len(changes) == 1, "nobody sees one satellite set and the other not yet"
    assert response["preset"] == "childs_room"
    answers = {item["satellite"]: item for item in response["satellites"]}
    assert answers[kitchen] == {
        "satellite": kitchen,
        "satellite_entity_id": house.kitchen.entity_id,
        "set": {
            "dont_send_audio": {"from": False, "to": True},
            "dont_send_text": {"from": False, "to": True},
            "keep_recordings": {"from": "default", "to": "never"},
            "keep_transcripts": {"from": "default", "to": "1_day"},
        },
    }
    assert answers[bedroom]["set"]["keep_transcripts"] == {
        "from": "1_hour",
        "to": "1_hour",
    }
    assert data.settings.for_satellite(kitchen) == SatelliteSettings(
        dont_send_audio=True,
        dont_send_text=True,
        keep_recordings=Keep.NEVER,
        keep_transcripts=Keep.DAY,
    )
    assert data.settings.for_satellite("other") == SatelliteSettings()
    switch = state_of(hass, Platform.SWITCH, "dont_send_audio", house.kitchen)
    assert switch.state == STATE_ON


async def test_it_is_in_force_for_the_next_sentence_and_for_what_is_stored(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """The audio of a child that is there already goes too."""
    await house.kitchen.speak()
    await settle(hass)
    heard = house.cloud.heard_bytes
    await _apply(hass, entity_id=house.kitchen.entity_id)
    await house.kitchen.speak()
    await settle(hass)
    assert house.cloud.heard_bytes == heard
    for recording in await entry.runtime_data.storage.async_find(RecordingFilter()):
        assert recording.audio_expires is None


@pytest.mark.parametrize(
    ("target", "key"),
    [
        ({}, "nothing_targeted"),
        ({"entity_id": ["assist_satellite.kitchen", "light.x"]}, "target_not_found"),
    ],
)
async def test_what_is_not_clear_sets_nothing(
    hass: HomeAssistant,
    house: House,
    entry: MockConfigEntry,
    target: dict[str, Any],
    key: str,
) -> None:
    """Half a preset would be believed to be a whole one."""
    before = entry.runtime_data.settings.current
    with pytest.raises(ServiceValidationError) as err:
        await _apply(hass, **target)
    assert err.value.translation_key == key
    assert entry.runtime_data.settings.current is before


async def test_it_confirms_no_lost_settings(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """First the repair issue has to be answered."""
    settings = entry.runtime_data.settings
    settings.current = replace(settings.current, lost=True)
    with pytest.raises(ServiceValidationError) as err:
        await _apply(hass, entity_id=house.kitchen.entity_id)
    assert err.value.translation_key == "settings_unconfirmed"
    assert settings.current.satellites == {}


async def test_it_is_for_administrators(
    hass: HomeAssistant,
    house: House,
    entry: MockConfigEntry,
    hass_read_only_user: MockUser,
) -> None:
    """It deletes."""
    with pytest.raises(Unauthorized):
        await hass.services.async_call(
            DOMAIN,
            "apply_preset",
            {"preset": "childs_room", "entity_id": house.kitchen.entity_id},
            blocking=True,
            context=Context(user_id=hass_read_only_user.id),
        )
