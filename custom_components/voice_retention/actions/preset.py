"""Apply settings that go together."""

from dataclasses import asdict
from typing import Any

from homeassistant.core import ServiceCall, ServiceResponse

from ..errors import NothingTargeted, SettingsUnconfirmed
from ..policy.choices import SatelliteSettings
from ..policy.presets import Preset, preset_for
from ..service_schemas import ATTR_PRESET
from ..targets import async_targeted_satellites
from .common import loaded_data


async def async_apply_preset(call: ServiceCall) -> ServiceResponse:
    """Change the settings of all targeted satellites in one step, and say from what to what."""
    data = loaded_data(call.hass)
    satellite_keys = async_targeted_satellites(call.hass, call.data)
    if satellite_keys is None:
        raise NothingTargeted
    settings = data.settings.current
    if settings.lost:
        raise SettingsUnconfirmed
    preset: Preset = call.data[ATTR_PRESET]
    before = {key: data.settings.for_satellite(key) for key in sorted(satellite_keys)}
    after = {key: preset_for(preset, settings, key) for key in before}
    await data.settings.async_replace_satellites(after)
    known = data.satellites.current
    return {
        "preset": preset,
        "satellites": [
            {
                "satellite": key,
                "satellite_entity_id": known[key].entity_id if key in known else None,
                "set": _set(before[key], after[key]),
            }
            for key in before
        ],
    }


def _set(before: SatelliteSettings, after: SatelliteSettings) -> dict[str, Any]:
    """Return each setting as it was and as it is."""
    new = asdict(after)
    return {
        name: {"from": old, "to": new[name]} for name, old in asdict(before).items()
    }
