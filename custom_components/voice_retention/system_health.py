"""Give the system information page a few facts."""

from typing import Any

from homeassistant.components.system_health import SystemHealthRegistration
from homeassistant.core import HomeAssistant, callback

from .const import DOMAIN
from .data import VoiceRetentionConfigEntry


@callback
def async_register(hass: HomeAssistant, register: SystemHealthRegistration) -> None:
    """Register what is shown."""
    register.async_register_info(_async_info)


async def _async_info(hass: HomeAssistant) -> dict[str, Any]:
    """Return whether all is well, as the entities show it."""
    entries: list[VoiceRetentionConfigEntry] = hass.config_entries.async_loaded_entries(
        DOMAIN
    )
    if not entries:
        return {}
    data = entries[0].runtime_data
    status = data.status.data
    return {
        "vault_available": status.is_available,
        "recordings": status.stored,
        "overdue": status.overdue,
        "satellites": len(data.satellites.current),
        "guards": len(data.settings.guard_memory.guards),
    }
