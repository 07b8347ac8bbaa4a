"""Show where each satellite's voice goes, and mend what lets it out."""

from collections.abc import Mapping
from typing import Any, Final

from homeassistant.components.websocket_api import ActiveConnection
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    entity_registry as er,
)

from ..actions.common import loaded_data, loaded_entry
from ..assist.engines import engine_name
from ..assist.evidence.words import Words, async_words, tell
from ..const import CONF_PROTECT_ALL, DOMAIN
from ..data import VoiceRetentionData
from ..options import async_turn_on
from ..policy.choices import OTHER_CLIENTS
from ..policy.locality import deciding
from ..policy.paths import Gap, VoicePath
from ..status import LastHeard
from ..vault.books import SentToCloud
from .doors import ATTR_LANGUAGE, LANGUAGE_FIELDS, Message, async_register_answer
from .status import status_answer

SATELLITE_ENTITIES: Final[Mapping[str, Platform]] = {
    "dont_send_audio": Platform.SWITCH,
    "dont_send_text": Platform.SWITCH,
    "keep_recordings": Platform.SELECT,
    "keep_transcripts": Platform.SELECT,
}
DEFAULT_ENTITIES: Final[Mapping[str, Platform]] = {
    "keep_recordings": Platform.SELECT,
    "keep_transcripts": Platform.SELECT,
    "guest_mode": Platform.SWITCH,
}


@callback
def async_register_home(hass: HomeAssistant) -> None:
    """Register what shows all satellites."""
    async_register_answer(hass, "home", LANGUAGE_FIELDS, async_home)
    async_register_answer(hass, "protect", {}, async_protect)


async def async_home(
    hass: HomeAssistant, connection: ActiveConnection, message: Message
) -> dict[str, Any]:
    """Tell where every voice goes, in the language of whoever asks."""
    data = loaded_data(hass)
    words = await async_words(hass, message.get(ATTR_LANGUAGE))
    engines = _engines(hass, data, words)
    satellites = sorted(
        data.satellites.current,
        key=lambda key: data.status.satellite_name(key).casefold(),
    )
    return {
        "satellites": [
            _satellite(hass, data, words, engines, key)
            for key in (*satellites, OTHER_CLIENTS)
        ],
        "defaults": _entities(hass, DEFAULT_ENTITIES, ""),
        "status": status_answer(data),
        "ways_out": [
            {"way": way, "engines": [engine_name(hass, item) for item in engine_ids]}
            for way, engine_ids in data.status.data.coverage.ways_out.items()
        ],
    }


async def async_protect(
    hass: HomeAssistant, connection: ActiveConnection, message: Message
) -> dict[str, Any]:
    """Put a guard into every pipeline."""
    async_turn_on(hass, loaded_entry(hass), CONF_PROTECT_ALL)
    return {}


def _satellite(
    hass: HomeAssistant,
    data: VoiceRetentionData,
    words: Words,
    engines: Mapping[str, dict[str, Any]],
    key: str,
) -> dict[str, Any]:
    """Tell everything about one satellite, or about the other clients."""
    status = data.status.data
    sent = status.sent_to_cloud.get(key, SentToCloud())
    heard = status.last_heard.get(key)
    return {
        "key": key,
        "name": data.status.satellite_name(key),
        **_where(hass, data, key),
        "recordings": status.recordings.get(key, 0),
        "sent_to_cloud": {
            "audio_bytes": sent.audio_bytes,
            "characters": sent.characters,
        },
        "last_heard": None if heard is None else _last_heard(words, heard),
        "entities": _entities(hass, SATELLITE_ENTITIES, f"{key}-"),
        "paths": [
            _path(path, engines, status.coverage.gaps)
            for path in status.coverage.paths
            if path.satellite_key == key
        ],
    }


def _last_heard(words: Words, heard: LastHeard) -> dict[str, Any]:
    """Tell who heard a satellite last."""
    return {
        "engine_id": heard.engine_id,
        "engine_name": heard.engine_name,
        "locality": heard.locality,
        "evidence": tell(words, heard.facts),
        "at": heard.at.isoformat(),
    }


def _path(
    path: VoicePath, engines: Mapping[str, dict[str, Any]], gaps: tuple[Gap, ...]
) -> dict[str, Any]:
    """Tell where voice goes after one wake word."""
    return {
        "slot": path.slot,
        "wake_word": path.wake_word,
        "pipeline_id": path.pipeline_id,
        "pipeline_name": path.pipeline_name,
        "steps": [
            {
                "kind": step.kind,
                **engines[step.engine_id],
                "is_guarded": step.is_guarded,
                "is_gap": Gap(path=path, step=step) in gaps,
            }
            for step in path.steps
        ],
    }


def _engines(
    hass: HomeAssistant, data: VoiceRetentionData, words: Words
) -> dict[str, dict[str, Any]]:
    """Describe every engine on any path, each once, by its id."""
    reports = {
        step.engine_id: data.localities.report(step.engine_id)
        for path in data.status.data.coverage.paths
        for step in path.steps
    }
    return {
        engine_id: {
            "engine_id": engine_id,
            "engine_name": engine_name(hass, engine_id),
            "locality": report.locality,
            "evidence": tell(words, deciding(report)),
        }
        for engine_id, report in reports.items()
    }


def _entities(
    hass: HomeAssistant, wanted: Mapping[str, Platform], prefix: str
) -> dict[str, str | None]:
    """Return the entities that show and change settings; one that is disabled can do neither."""
    registry = er.async_get(hass)
    found = {
        key: registry.async_get_entity_id(platform, DOMAIN, f"{prefix}{key}")
        for key, platform in wanted.items()
    }
    return {
        key: entity_id
        if (entry := registry.async_get(entity_id or "")) and not entry.disabled
        else None
        for key, entity_id in found.items()
    }


def _where(
    hass: HomeAssistant, data: VoiceRetentionData, key: str
) -> dict[str, str | None]:
    """Tell which entity and device a satellite is, and in which area it stands."""
    entity_id, device_id = None, None
    if (satellite := data.satellites.current.get(key)) is not None:
        entity_id, device_id = satellite.entity_id, satellite.device_id
    elif (others := data.status.other_clients_device()) is not None:
        device_id = others.id
    entity = er.async_get(hass).async_get(entity_id or "")
    device = dr.async_get(hass).async_get(device_id or "")
    area_id = (entity and entity.area_id) or (device and device.area_id)
    area = ar.async_get(hass).async_get_area(area_id) if area_id else None
    return {
        "area_id": None if area is None else area.id,
        "area": None if area is None else area.name,
        "entity_id": entity_id,
        "device_id": device_id,
    }
