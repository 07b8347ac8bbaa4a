"""Show the recordings as people look through them."""

from collections.abc import Iterable
from typing import Any, Final

import voluptuous as vol

from homeassistant.components.websocket_api import ActiveConnection
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    entity_registry as er,
)
from homeassistant.util import dt as dt_util

from ..actions.common import loaded_data
from ..service_schemas import ATTR_LIMIT, MAX_NUMBER, whole_number
from .doors import Fields, Message, async_register_answer
from .filters import AS_OF, ATTR_AS_OF, ATTR_FILTER, FILTER, async_filter
from .rows import async_rows, name_of

ATTR_OFFSET: Final = "offset"
MAX_ROWS: Final = 100

LIST_FIELDS: Final[Fields] = {
    vol.Optional(ATTR_FILTER, default=dict): FILTER,
    vol.Optional(ATTR_OFFSET, default=0): vol.All(
        whole_number, vol.Range(min=0, max=MAX_NUMBER)
    ),
    vol.Optional(ATTR_LIMIT, default=MAX_ROWS): vol.All(
        whole_number, vol.Range(min=1, max=MAX_ROWS)
    ),
    vol.Optional(ATTR_AS_OF): AS_OF,
}


@callback
def async_register_history(hass: HomeAssistant) -> None:
    """Register what shows the history."""
    async_register_answer(hass, "history/facets", {}, async_facets)
    async_register_answer(hass, "history/list", LIST_FIELDS, async_list)


async def async_list(
    hass: HomeAssistant, connection: ActiveConnection, message: Message
) -> dict[str, Any]:
    """List some of the recordings that meet a filter."""
    data = loaded_data(hass)
    as_of: int | None = message.get(ATTR_AS_OF)
    async with data.storage.async_use() as vault:
        if as_of is None:
            as_of = await vault.browsing.newest()
        wanted = async_filter(
            hass, message[ATTR_FILTER], as_of=as_of, now=dt_util.utcnow()
        )
        found = await vault.browsing.slice(
            wanted, offset=message[ATTR_OFFSET], limit=message[ATTR_LIMIT]
        )
        total = await vault.browsing.count(wanted)
    return {
        "recordings": await async_rows(hass, data, found),
        "total": total,
        "as_of": as_of,
    }


async def async_facets(
    hass: HomeAssistant, connection: ActiveConnection, message: Message
) -> dict[str, Any]:
    """Tell what there is to choose from."""
    data = loaded_data(hass)
    async with data.storage.async_use() as vault:
        shelf = await vault.browsing.shelf(dt_util.get_default_time_zone())
    areas = {key: _area_of(hass, key) for key in shelf.satellite_keys}
    return {
        "satellites": _by_name(
            {
                "key": key,
                "name": data.status.satellite_name(key),
                "area_id": None if area is None else area.id,
                "area": None if area is None else area.name,
            }
            for key, area in areas.items()
        ),
        "areas": _by_name(
            {"area_id": area_id, "name": name}
            for area_id, name in {
                area.id: area.name for area in areas.values() if area is not None
            }.items()
        ),
        "engines": _by_name(
            {"engine_id": engine_id, "name": name_of(hass, engine_id)}
            for engine_id in shelf.engine_ids
        ),
        "days": [
            {"day": day.isoformat(), "count": count}
            for day, count in shelf.days.items()
        ],
    }


@callback
def _area_of(hass: HomeAssistant, satellite_key: str) -> ar.AreaEntry | None:
    """Return where a satellite is, one that is disabled too."""
    entry = er.async_get(hass).entities.get_entry(satellite_key)
    if entry is None:
        return None
    area_id = entry.area_id
    if area_id is None and entry.device_id is not None:
        device = dr.async_get(hass).async_get(entry.device_id)
        area_id = None if device is None else device.area_id
    return None if area_id is None else ar.async_get(hass).async_get_area(area_id)


def _by_name(entries: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Sort entries for people."""
    return sorted(entries, key=lambda entry: str(entry["name"]).casefold())
