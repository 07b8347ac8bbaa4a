"""Show recordings with all that a list of them tells."""

from collections.abc import Mapping, Sequence
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from ..answers import access_answer, recording_answer, text_answer
from ..assist.engines import engine_name
from ..data import VoiceRetentionData
from ..vault.models import RecordingText, StoredRecording


async def async_rows(
    hass: HomeAssistant,
    data: VoiceRetentionData,
    found: Sequence[StoredRecording],
    texts: Mapping[str, RecordingText] | None = None,
) -> list[dict[str, Any]]:
    """Return a row for each recording, with its words, and who accessed it."""
    ids = [item.recording_id for item in found]
    async with data.storage.async_use() as vault:
        accesses = await vault.accesses.of(ids)
        if texts is None:
            texts = await vault.recordings.read_text(ids)
    now = dt_util.utcnow()
    rows = []
    for item in found:
        text = texts.get(item.recording_id, RecordingText())
        rows.append(
            {
                **recording_answer(item, now),
                **text_answer(text),
                "damaged": bool(text.damaged),
                "satellite_name": data.status.satellite_name(item.satellite_key),
                "engine_name": name_of(hass, item.engine_id),
                "accesses": [
                    access_answer(access)
                    for access in accesses.get(item.recording_id, ())
                ],
            }
        )
    return rows


def name_of(hass: HomeAssistant, engine_id: str | None) -> str | None:
    """Return what people call an engine, if there was one."""
    return None if engine_id is None else engine_name(hass, engine_id)
