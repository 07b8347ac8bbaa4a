"""Find the entities of the integration, whatever they are called."""

import asyncio

from custom_components.voice_retention.const import DOMAIN
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers import entity_registry as er
from tests.house import Satellite

OTHER = "other"


def satellite_key(hass: HomeAssistant, satellite: Satellite) -> str:
    """Return the key of a satellite in settings and unique ids."""
    entry = er.async_get(hass).async_get(satellite.entity_id)
    assert entry is not None
    return entry.id


def find_entity(hass: HomeAssistant, platform: Platform, unique_id: str) -> str | None:
    """Return the entity id of an entity of ours, if there is one."""
    return er.async_get(hass).async_get_entity_id(platform, DOMAIN, unique_id)


def entity_of(
    hass: HomeAssistant,
    platform: Platform,
    key: str,
    satellite: Satellite | None = None,
) -> str:
    """Return the entity id for a satellite, or of the service device without one."""
    unique_id = f"{satellite_key(hass, satellite)}-{key}" if satellite else key
    entity_id = find_entity(hass, platform, unique_id)
    assert entity_id is not None
    return entity_id


def state_of(
    hass: HomeAssistant,
    platform: Platform,
    key: str,
    satellite: Satellite | None = None,
) -> State:
    """Return the state of an entity of ours."""
    state = hass.states.get(entity_of(hass, platform, key, satellite))
    assert state is not None
    return state


async def settle(hass: HomeAssistant) -> None:
    """Wait until everything that a sentence or change set off is done."""
    await hass.async_block_till_done()
    for entry in hass.config_entries.async_loaded_entries(DOMAIN):
        await entry.runtime_data.keeper.async_settle()
    while tasks := [
        task
        for task in asyncio.all_tasks()
        if task.get_name().startswith(DOMAIN)
        and not task.get_name().endswith(" keeper")
    ]:
        await asyncio.wait(tasks)
    await hass.async_block_till_done()
