"""A target leads to satellites, or to an error; never to more than was named."""

from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.voice_retention.targets import async_targeted_satellites
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    entity_registry as er,
    floor_registry as fr,
    label_registry as lr,
)
from tests.house import House
from tests.lookup import entity_of, satellite_key


def _device_id(hass: HomeAssistant, entity_id: str) -> str:
    """Return the device of an entity."""
    device_id = er.async_get(hass).async_get(entity_id).device_id
    assert device_id is not None
    return device_id


def _add_entity(
    house: House, platform: str, name: str, *, on: str | None = None
) -> str:
    """Register an entity, perhaps on the device of another one."""
    return (
        er.async_get(house.hass)
        .async_get_or_create(
            platform,
            "house",
            name,
            config_entry=house.entries["house"],
            device_id=_device_id(house.hass, on) if on else None,
        )
        .entity_id
    )


async def test_every_kind_of_target_leads_to_the_satellite(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """People name a room, a device or one of its entities, and mean the same."""
    floor = fr.async_get(hass).async_create("Ground floor")
    area = ar.async_get(hass).async_create("Kitchen", floor_id=floor.floor_id)
    label = lr.async_get(hass).async_create("Forgetful")
    on_entity = lr.async_get(hass).async_create("On the entity")
    device_id = _device_id(hass, house.kitchen.entity_id)
    dr.async_get(hass).async_update_device(
        device_id, area_id=area.id, labels={label.label_id}
    )
    switch = entity_of(hass, Platform.SWITCH, "dont_send_audio", house.kitchen)
    er.async_get(hass).async_update_entity(switch, labels={on_entity.label_id})
    media_player = _add_entity(
        house, "media_player", "loudspeaker", on=house.kitchen.entity_id
    )
    hass.states.async_set("group.ears", "on", {"entity_id": [house.kitchen.entity_id]})
    key = satellite_key(hass, house.kitchen)
    for target in (
        {"entity_id": [house.kitchen.entity_id]},
        {"entity_id": [switch]},
        {"entity_id": [media_player]},
        {"entity_id": ["group.ears"]},
        {"device_id": [device_id]},
        {"area_id": [area.id]},
        {"floor_id": floor.floor_id},
        {"label_id": [label.label_id]},
        {"label_id": [on_entity.label_id]},
        {"entity_id": [switch], "device_id": device_id, "area_id": "kitchen"},
    ):
        assert async_targeted_satellites(hass, target) == {key}, target


async def test_several_targets_add_up(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """As everywhere in Home Assistant."""
    assert async_targeted_satellites(
        hass,
        {
            "entity_id": [house.kitchen.entity_id],
            "device_id": [_device_id(hass, house.bedroom.entity_id)],
        },
    ) == {satellite_key(hass, item) for item in (house.kitchen, house.bedroom)}


async def test_other_clients_are_a_target_by_their_device_and_entities(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """They have no satellite, but they do have recordings."""
    button = entity_of(hass, Platform.BUTTON, "other-purge")
    for target in ({"entity_id": button}, {"device_id": _device_id(hass, button)}):
        assert async_targeted_satellites(hass, target) == {"other"}


async def test_a_disabled_satellite_can_still_be_named(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """Its recordings are still there until they expire."""
    key = satellite_key(hass, house.bedroom)
    er.async_get(hass).async_update_entity(
        house.bedroom.entity_id, disabled_by=er.RegistryEntryDisabler.USER
    )
    await hass.async_block_till_done()
    target = {"entity_id": [house.bedroom.entity_id]}
    assert async_targeted_satellites(hass, target) == {key}


async def test_a_thermometer_lent_to_another_room_does_not_stand_for_its_satellite(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """Purging the hall must not purge the kitchen."""
    hall = ar.async_get(hass).async_create("Hall")
    thermometer = _add_entity(
        house, "sensor", "temperature", on=house.kitchen.entity_id
    )
    er.async_get(hass).async_update_entity(
        thermometer, name="Thermometer", area_id=hall.id
    )
    with pytest.raises(ServiceValidationError) as err:
        async_targeted_satellites(hass, {"area_id": [hall.id]})
    assert err.value.translation_placeholders == {"names": hall.id}


async def test_no_target_is_not_everything(
    hass: HomeAssistant, house: House, entry: MockConfigEntry, subtests: pytest.Subtests
) -> None:
    """What it means is for the action to say."""
    target: dict[str, Any]
    for target in (
        {},
        {"entity_id": "none"},
        {"entity_id": []},
        {"area_id": [], "device_id": []},
    ):
        with subtests.test(str(target)):
            assert async_targeted_satellites(hass, target) is None


LONG = "x" * 100

WRONG_TARGETS: list[tuple[dict[str, Any], str]] = [
    ({"entity_id": ["assist_satellite.cellar"]}, "assist_satellite.cellar"),
    ({"entity_id": "all"}, "all"),
    ({"entity_id": ["stt.cloud_speech"]}, "stt.cloud_speech"),
    ({"device_id": ["nobody"]}, "nobody"),
    ({"area_id": ["moon"]}, "moon"),
    ({"floor_id": ["99"]}, "99"),
    ({"label_id": ["b", "a"]}, "a, b"),
    ({"entity_id": ["assist_satellite.kitchen"], "area_id": ["moon"]}, "moon"),
    (
        {"area_id": [f"room{number}" for number in range(1, 13)]},
        "room1, room10, room11, room12, room2, room3, room4, room5, room6, room7, …",
    ),
    ({"area_id": [LONG]}, f"{LONG[:64]}…"),
]


async def test_what_leads_to_no_satellite_is_an_error(
    hass: HomeAssistant, house: House, entry: MockConfigEntry, subtests: pytest.Subtests
) -> None:
    """A mistyped name that is passed over leaves recordings somebody believes deleted."""
    for target, names in WRONG_TARGETS:
        with subtests.test(str(target)):
            with pytest.raises(ServiceValidationError) as err:
                async_targeted_satellites(hass, target)
            assert err.value.translation_key == "target_not_found"
            assert err.value.translation_placeholders == {"names": names}


async def test_the_service_device_is_no_satellite(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """To delete everything there is "all devices", in so many words."""
    guest_mode = entity_of(hass, Platform.SWITCH, "guest_mode")
    for target in (
        {"entity_id": [guest_mode]},
        {"device_id": [_device_id(hass, guest_mode)]},
        {"entity_id": [next(iter(entry.runtime_data.guards.guards))]},
    ):
        with pytest.raises(ServiceValidationError) as err:
            async_targeted_satellites(hass, target)
        assert err.value.translation_key == "target_not_found"


async def test_what_is_excluded_is_not_targeted(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """Newer releases let people say "this floor but not that room"."""
    label = lr.async_get(hass).async_create("Upstairs")
    for satellite in (house.kitchen, house.bedroom):
        er.async_get(hass).async_update_entity(
            satellite.entity_id, labels={label.label_id}
        )
    exclude = {"device_id": [_device_id(hass, house.kitchen.entity_id)]}
    target = {"label_id": [label.label_id], "exclude": exclude}
    assert async_targeted_satellites(hass, target) == {
        satellite_key(hass, house.bedroom)
    }
    target = {"entity_id": [house.kitchen.entity_id], "exclude": exclude}
    with pytest.raises(ServiceValidationError) as err:
        async_targeted_satellites(hass, target)
    assert err.value.translation_key == "nothing_targeted"
