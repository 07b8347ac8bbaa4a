"""Know the guards before, and without, any engine being up."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er

from ..const import DOMAIN
from .engines import engine_key
from .pipelines import EngineKind, kind_of


@dataclass(frozen=True, kw_only=True, slots=True)
class GuardMemory:
    """What must be known of the guards before, and without, any engine being up."""

    guards: Mapping[str, str] = field(default_factory=dict)
    """Engine id behind each guard's entity id."""

    placed: Mapping[EngineKind, frozenset[str]] = field(default_factory=dict)
    """Ids of the pipelines into which we put a guard; others were chosen by hand."""


@callback
def current_guards(hass: HomeAssistant, memory: GuardMemory) -> dict[str, str]:
    """Return the engines behind our guards, as they are called now.

    The registry knows of engines that were renamed and of guards that were made behind the
    memory's back; the memory knows of engines that are gone.
    """
    guards = dict(memory.guards)
    registry = er.async_get(hass)
    for guard_id, engine_id in recover_guards(hass).items():
        if guard_id not in guards or registry.async_get(engine_id) is not None:
            guards[guard_id] = engine_id
    return guards


@callback
def recover_guards(hass: HomeAssistant) -> dict[str, str]:
    """Find the engines behind our guards from the registry, when the memory is lost."""
    registry = er.async_get(hass)
    possible = [
        entry for entry in registry.entities.values() if kind_of(entry.entity_id)
    ]
    keys = {engine_key(hass, entry.entity_id): entry.entity_id for entry in possible}
    return {
        entry.entity_id: keys.get(entry.unique_id, entry.unique_id)
        for entry in possible
        if entry.platform == DOMAIN
    }
