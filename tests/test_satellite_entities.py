"""The entities of satellites come and go with them."""

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.voice_retention.const import DOMAIN
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
from tests.house import House
from tests.lookup import find_entity, satellite_key, settle

KEYS = {
    (Platform.BUTTON, "purge"),
    (Platform.EVENT, "voice"),
    (Platform.SELECT, "keep_recordings"),
    (Platform.SELECT, "keep_transcripts"),
    (Platform.SENSOR, "last_engine"),
    (Platform.SENSOR, "sent_to_cloud"),
    (Platform.SENSOR, "recordings"),
    (Platform.SWITCH, "dont_send_audio"),
    (Platform.SWITCH, "dont_send_text"),
}


def _entities(hass: HomeAssistant, key: str) -> dict[tuple[str, str], er.RegistryEntry]:
    """Return our entities for a satellite, by platform and key."""
    return {
        (entity.domain, entity.unique_id.partition("-")[2]): entity
        for entity in er.async_get(hass).entities.values()
        if entity.platform == DOMAIN and entity.unique_id.startswith(f"{key}-")
    }


def _add_satellite(house: House, name: str, *, has_device: bool = True) -> str:
    """Register another satellite and return its key."""
    entry = house.entries["house"]
    device = dr.async_get(house.hass).async_get_or_create(
        config_entry_id=entry.entry_id, identifiers={("house", name)}, name=name
    )
    return (
        er.async_get(house.hass)
        .async_get_or_create(
            Platform.ASSIST_SATELLITE,
            "house",
            f"{name}-satellite",
            config_entry=entry,
            device_id=device.id if has_device else None,
            original_name=name,
        )
        .id
    )


async def test_each_satellite_has_its_entities_on_its_own_page(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """That is where a person looks for them; the device stays the satellite's."""
    for satellite in (house.kitchen, house.bedroom):
        entities = _entities(hass, satellite_key(hass, satellite))
        assert entities.keys() == KEYS
        device_id = er.async_get(hass).async_get(satellite.entity_id).device_id
        assert {entity.device_id for entity in entities.values()} == {device_id}
        device = dr.async_get(hass).async_get(device_id)
        devices = dr.async_entries_for_config_entry(
            dr.async_get(hass), house.entries["house"].entry_id
        )
        assert device in devices
    state = hass.states.get("switch.kitchen_don_t_send_voice_recordings")
    assert state.name == "Kitchen Don't send voice recordings"


async def test_other_clients_have_a_device_of_ours(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """Apps and browsers have no page of their own."""
    entities = _entities(hass, "other")
    assert entities.keys() == KEYS
    (device_id,) = {entity.device_id for entity in entities.values()}
    device = dr.async_get(hass).async_get(device_id)
    assert device.identifiers == {(DOMAIN, "other")}
    assert device.name == "Other voice clients"
    assert device.entry_type is dr.DeviceEntryType.SERVICE


async def test_a_satellite_that_appears_gets_its_entities_at_once(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """Nobody should have to restart Home Assistant to be protected."""
    key = _add_satellite(house, "hall")
    await settle(hass)
    assert _entities(hass, key).keys() == KEYS
    assert hass.states.get("switch.hall_don_t_send_voice_recordings").state == "off"


async def test_a_satellite_that_vanishes_takes_its_entities_along(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """Dead switches would claim a protection of nothing."""
    key = satellite_key(hass, house.bedroom)
    er.async_get(hass).async_remove(house.bedroom.entity_id)
    await settle(hass)
    assert _entities(hass, key) == {}
    assert hass.states.get("switch.bedroom_don_t_send_voice_recordings") is None
    assert _entities(hass, satellite_key(hass, house.kitchen)).keys() == KEYS


async def test_a_satellite_disabled_and_enabled_again_gets_them_back(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """The same satellite, with the same entity ids as before."""
    key = satellite_key(hass, house.bedroom)
    before = {entity.entity_id for entity in _entities(hass, key).values()}
    registry = er.async_get(hass)
    registry.async_update_entity(
        house.bedroom.entity_id, disabled_by=er.RegistryEntryDisabler.USER
    )
    await settle(hass)
    assert _entities(hass, key) == {}
    registry.async_update_entity(house.bedroom.entity_id, disabled_by=None)
    await settle(hass)
    assert {entity.entity_id for entity in _entities(hass, key).values()} == before
    assert all(hass.states.get(entity_id) for entity_id in before)


async def test_a_satellite_that_vanished_while_we_were_down_leaves_nothing(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """The directory only tells of changes; what happened before is in the registry."""
    key = satellite_key(hass, house.bedroom)
    assert await hass.config_entries.async_unload(entry.entry_id)
    er.async_get(hass).async_remove(house.bedroom.entity_id)
    await settle(hass)
    assert _entities(hass, key).keys() == KEYS
    assert await hass.config_entries.async_setup(entry.entry_id)
    await settle(hass)
    assert _entities(hass, key) == {}


async def test_entities_move_with_their_satellite(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """Also one that somebody has disabled, for it may be enabled again."""
    key = satellite_key(hass, house.bedroom)
    registry = er.async_get(hass)
    button = find_entity(hass, Platform.BUTTON, f"{key}-purge")
    registry.async_update_entity(button, disabled_by=er.RegistryEntryDisabler.USER)
    await settle(hass)
    device = dr.async_get(hass).async_get_or_create(
        config_entry_id=house.entries["house"].entry_id,
        identifiers={("house", "attic")},
        name="Attic",
    )
    registry.async_update_entity(house.bedroom.entity_id, device_id=device.id)
    await settle(hass)
    entities = _entities(hass, key)
    assert entities.keys() == KEYS
    assert {entity.device_id for entity in entities.values()} == {device.id}
    state = hass.states.get("switch.bedroom_don_t_send_voice_recordings")
    assert state.name == "Attic Don't send voice recordings"


async def test_a_satellite_without_device_still_has_its_entities(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """With its own name in front, since no device gives one."""
    key = _add_satellite(house, "cellar", has_device=False)
    await settle(hass)
    entities = _entities(hass, key)
    assert entities.keys() == KEYS
    state = hass.states.get("switch.cellar_don_t_send_voice_recordings")
    assert state.name == "cellar Don't send voice recordings"


async def test_removing_the_satellites_integration_removes_the_entities(
    hass: HomeAssistant, house: House, entry: MockConfigEntry
) -> None:
    """Everything of the satellites goes at once then."""
    keys = [satellite_key(hass, item) for item in (house.kitchen, house.bedroom)]
    await hass.config_entries.async_remove(house.entries["house"].entry_id)
    await settle(hass)
    assert [_entities(hass, key) for key in keys] == [{}, {}]
    assert _entities(hass, "other").keys() == KEYS


@pytest.mark.parametrize("action", ["rename", "reload"])
async def test_a_satellite_that_is_renamed_or_reloaded_keeps_them(
    hass: HomeAssistant, house: House, entry: MockConfigEntry, action: str
) -> None:
    """Its key is none of its names."""
    key = satellite_key(hass, house.kitchen)
    before = _entities(hass, key)
    if action == "rename":
        er.async_get(hass).async_update_entity(
            house.kitchen.entity_id, new_entity_id="assist_satellite.galley"
        )
    else:
        assert await hass.config_entries.async_unload(house.entries["house"].entry_id)
    await settle(hass)
    assert _entities(hass, key) == before
    assert all(hass.states.get(item.entity_id) for item in before.values())
