"""Find the satellites that the target of an action means."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from homeassistant.components.assist_satellite import DOMAIN as ASSIST_SATELLITE_DOMAIN
from homeassistant.const import (
    ATTR_AREA_ID,
    ATTR_DEVICE_ID,
    ATTR_ENTITY_ID,
    ATTR_FLOOR_ID,
    ATTR_LABEL_ID,
)
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.target import (
    TargetSelection,
    async_extract_referenced_entity_ids,
)

from .const import DOMAIN
from .errors import NothingTargeted, TargetNotFound
from .policy.choices import OTHER_CLIENTS
from .satellite_entities import satellite_key_of
from .service_schemas import ATTR_EXCLUDE

_KINDS = {
    ATTR_ENTITY_ID: "entity_ids",
    ATTR_DEVICE_ID: "device_ids",
    ATTR_AREA_ID: "area_ids",
    ATTR_FLOOR_ID: "floor_ids",
    ATTR_LABEL_ID: "label_ids",
}
"""The fields of a target, and where ``TargetSelection`` has their parsed values."""


@callback
def async_targeted_satellites(
    hass: HomeAssistant, data: Mapping[str, Any]
) -> frozenset[str] | None:
    """Return the keys of the targeted satellites, or none if there is no target at all.

    Every single thing that is named must lead to a satellite: a mistyped name that is
    passed over would leave recordings that somebody believes deleted.
    """
    if not TargetSelection(dict(data)).has_any_target:
        return None
    targeted, not_found = _resolve_all(hass, data)
    if not_found:
        raise TargetNotFound(not_found)
    if not targeted:
        raise NothingTargeted
    return targeted


@callback
def async_known_satellites(
    hass: HomeAssistant, data: Mapping[str, Any]
) -> frozenset[str] | None:
    """Return what there is of the targeted satellites, or none if there is no target at all.

    An automation goes on for the others when one of its satellites is gone.
    """
    if not TargetSelection(dict(data)).has_any_target:
        return None
    return _resolve_all(hass, data)[0]


def _resolve_all(
    hass: HomeAssistant, data: Mapping[str, Any]
) -> tuple[frozenset[str], list[str]]:
    """Return the satellites of a target without what it excludes, and what leads to none."""
    index = _Index.read(hass)
    targeted, not_found = _resolve(hass, index, data)
    excluded, not_excluded = _resolve(hass, index, data.get(ATTR_EXCLUDE) or {})
    return frozenset(targeted - excluded), not_found + not_excluded


@dataclass(kw_only=True, slots=True)
class _Index:
    """Which satellites the entities and devices of the registry stand for."""

    by_entity: dict[str, str] = field(default_factory=dict)
    by_device: defaultdict[str, set[str]] = field(
        default_factory=lambda: defaultdict(set)
    )

    @classmethod
    def read(cls, hass: HomeAssistant) -> _Index:
        """Take the satellites, disabled ones too, and our entities of each of them."""
        entries = er.async_get(hass).entities.values()
        known = {
            OTHER_CLIENTS,
            *(entry.id for entry in entries if entry.domain == ASSIST_SATELLITE_DOMAIN),
        }
        index = cls()
        for entry in entries:
            if entry.domain == ASSIST_SATELLITE_DOMAIN:
                satellite_key: str | None = entry.id
            elif entry.platform == DOMAIN:
                satellite_key = satellite_key_of(entry)
            else:
                continue
            if satellite_key is None or satellite_key not in known:
                continue
            index.by_entity[entry.entity_id] = satellite_key
            if entry.device_id is not None:
                index.by_device[entry.device_id].add(satellite_key)
        return index


def _resolve(
    hass: HomeAssistant, index: _Index, target: Mapping[str, Any]
) -> tuple[set[str], list[str]]:
    """Return the satellites of everything that a target names, and what leads to none."""
    selection = TargetSelection(dict(target))
    found: set[str] = set()
    not_found: list[str] = []
    for kind, attribute in _KINDS.items():
        for name in getattr(selection, attribute):
            satellite_keys = _satellites_of(hass, index, kind, name)
            found |= satellite_keys
            if not satellite_keys:
                not_found.append(name)
    return found, not_found


def _satellites_of(
    hass: HomeAssistant, index: _Index, kind: str, name: str
) -> set[str]:
    """Return the satellites of one named thing.

    An entity that is named itself stands for its device. One that merely lies in a named
    area does not: a thermometer may be assigned to another room than its satellite.
    """
    selected = async_extract_referenced_entity_ids(
        hass, TargetSelection({kind: [name]}), primary_entities_only=False
    )
    device_ids = set(selected.referenced_devices)
    registry = er.async_get(hass)
    for entity_id in selected.referenced - index.by_entity.keys():
        entry = registry.async_get(entity_id)
        if entry is not None and entry.device_id is not None:
            device_ids.add(entry.device_id)
    entity_ids = selected.referenced | selected.indirectly_referenced
    return {
        index.by_entity[entity_id] for entity_id in entity_ids & index.by_entity.keys()
    }.union(*(index.by_device.get(device_id, set()) for device_id in device_ids))
