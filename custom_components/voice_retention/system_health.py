"""Give the system information page a few facts."""

from typing import Any

from homeassistant.components.system_health import SystemHealthRegistration
from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util

from .assist.coverage import engines_in_pipelines
from .assist.engines import is_guard
from .assist.locality import LocalityBook
from .const import DOMAIN
from .data import VoiceRetentionConfigEntry
from .requester import async_requester
from .status import Status

NOT_KNOWN = "?"


@callback
def async_register(hass: HomeAssistant, register: SystemHealthRegistration) -> None:
    """Register what is shown."""
    register.async_register_info(_async_info)


async def _async_info(hass: HomeAssistant) -> dict[str, Any]:
    """Return how the promise stands, without names of persons or rooms.

    Home Assistant shows its page to administrators, but answers whoever is signed in.
    """
    if (user := async_requester()) is not None and not user.is_admin:
        return {}
    entries: list[VoiceRetentionConfigEntry] = hass.config_entries.async_loaded_entries(
        DOMAIN
    )
    if not entries:
        return {}
    data = entries[0].runtime_data
    status = data.status.data
    engines = engines_in_pipelines(hass)
    guarded = sum(is_guard(hass, engine_id) for engine_id in engines)
    behind = sorted({data.guards.engine_behind(engine_id) for engine_id in engines})
    return {
        "vault_available": status.is_available,
        "guard_coverage": f"{guarded} / {len(engines)}",
        "gaps": len(status.coverage.uncovered),
        "engines": "; ".join(
            _engine(data.localities, engine_id) for engine_id in behind
        ),
        "satellites": len(data.satellites.current),
        "recordings": status.stored if status.is_available else NOT_KNOWN,
        "overdue": status.overdue if status.is_available else NOT_KNOWN,
        "oldest_recording": _age(status),
    }


def _engine(localities: LocalityBook, engine_id: str) -> str:
    """Say where an engine works, and when that was last looked at."""
    locality = localities.report(engine_id).locality
    checked = localities.checked(engine_id)
    when = NOT_KNOWN if checked is None else f"{checked:%Y-%m-%d %H:%M:%S} UTC"
    return f"{engine_id}: {locality} ({when})"


def _age(status: Status) -> str:
    """Return how old the oldest recording is."""
    if not status.is_available:
        return NOT_KNOWN
    return "none" if status.oldest is None else dt_util.get_age(status.oldest)
