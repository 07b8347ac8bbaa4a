"""The satellites of the house are known from the registry, as they come and go."""

from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.voice_retention.assist.satellites import SatelliteDirectory
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er
from tests.conftest import CLOUD
from tests.house import House, Satellite, add_entity_platform
from tests.lookup import satellite_key
from tests.speaking import device_of


async def test_satellites_are_known_by_entity_and_by_device(
    hass: HomeAssistant, house: House
) -> None:
    """Runs name the one, clients the other."""
    directory = SatelliteDirectory(hass)
    key = satellite_key(hass, house.kitchen)
    kitchen = directory.current[key]
    assert kitchen.key == key
    assert directory.by_entity_id(house.kitchen.entity_id) is kitchen
    assert directory.by_device_id(device_of(hass, house.kitchen)) is kitchen
    assert directory.by_entity_id("assist_satellite.nobody") is None
    assert directory.by_device_id("nothing") is None
    assert {item.entity_id for item in directory.current.values()} == {
        house.kitchen.entity_id,
        house.bedroom.entity_id,
    }


async def test_a_satellite_is_known_before_its_integration_is_up(
    hass: HomeAssistant, house: House
) -> None:
    """Its switch must be on before it can speak."""
    await hass.config_entries.async_unload(house.entries["house"].entry_id)
    assert len(SatelliteDirectory(hass).current) == 2


async def test_the_directory_follows_the_registry(
    hass: HomeAssistant, house: House
) -> None:
    """A satellite that is renamed keeps its key, one that is disabled cannot speak."""
    registry = er.async_get(hass)
    directory = SatelliteDirectory(hass)
    changes = 0

    def changed() -> None:
        nonlocal changes
        changes += 1

    stop_listening = directory.async_listen(changed)
    stop = directory.async_start()
    key = satellite_key(hass, house.kitchen)

    attic = Satellite("attic")
    await add_entity_platform(
        hass, "more", Platform.ASSIST_SATELLITE, [attic], iot_class="local_push"
    )
    assert directory.by_entity_id(attic.entity_id) is not None
    assert changes > 0

    registry.async_update_entity(
        house.kitchen.entity_id, new_entity_id="assist_satellite.scullery"
    )
    await hass.async_block_till_done()
    assert directory.current[key].entity_id == "assist_satellite.scullery"

    registry.async_update_entity(
        house.bedroom.entity_id, disabled_by=er.RegistryEntryDisabler.USER
    )
    await hass.async_block_till_done()
    assert directory.by_entity_id(house.bedroom.entity_id) is None

    registry.async_remove(attic.entity_id)
    await hass.async_block_till_done()
    assert set(directory.current) == {key}

    changes = 0
    registry.async_update_entity("assist_satellite.scullery", icon="mdi:sink")
    registry.async_update_entity(CLOUD, new_entity_id="stt.nimbus")
    await hass.async_block_till_done()
    assert changes == 0

    stop_listening()
    registry.async_update_entity("assist_satellite.scullery", name="Scullery")
    registry.async_update_entity(
        "assist_satellite.scullery", new_entity_id="assist_satellite.pantry"
    )
    await hass.async_block_till_done()
    assert changes == 0
    assert directory.current[key].entity_id == "assist_satellite.pantry"
    stop()
    registry.async_remove("assist_satellite.pantry")
    await hass.async_block_till_done()
    assert set(directory.current) == {key}


async def test_a_satellite_is_called_like_its_device(
    hass: HomeAssistant, house: House
) -> None:
    """The entities have the same name in all devices of a kind."""
    key = satellite_key(hass, house.kitchen)
    dr.async_get(hass).async_update_device(
        device_of(hass, house.kitchen), name_by_user="Old kitchen"
    )
    assert SatelliteDirectory(hass).current[key].name == "Old kitchen"
    entry = MockConfigEntry(domain="other")
    entry.add_to_hass(hass)
    bare = er.async_get(hass).async_get_or_create(
        "assist_satellite", "other", "bare", original_name="Bare one"
    )
    assert SatelliteDirectory(hass).current[bare.id].name == "Bare one"
