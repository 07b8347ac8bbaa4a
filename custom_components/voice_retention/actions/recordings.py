"""List what was said, and hold a recording."""

from collections.abc import Collection, Mapping
from datetime import datetime

from homeassistant.core import ServiceCall, ServiceResponse
from homeassistant.util import dt as dt_util

from ..answers import access_answer, recording_answer, text_answer
from ..data import VoiceRetentionData
from ..errors import (
    HoldInPast,
    HoldTooLong,
    HoldUntilOrRelease,
    InvalidCursor,
    RecordingNotFound,
)
from ..policy.expiry import MAX_HOLD
from ..policy.models import Content
from ..service_schemas import (
    ATTR_CONTENT,
    ATTR_CURSOR,
    ATTR_ENGINE,
    ATTR_HELD,
    ATTR_INCLUDE_TEXT,
    ATTR_LIMIT,
    ATTR_LOCALITY,
    ATTR_OUTCOME,
    ATTR_RECORDING_ID,
    ATTR_RELEASE,
    ATTR_UNTIL,
)
from ..targets import async_targeted_satellites
from ..vault.errors import RecordingNotFoundError
from ..vault.models import Cursor, RecordingFilter, RecordingText, StoredRecording
from .common import loaded_data, period_of


async def async_get_recordings(call: ServiceCall) -> ServiceResponse:
    """List recordings, newest first."""
    now = dt_util.utcnow()
    wanted = _filter(call, now)
    try:
        cursor = Cursor.parse(text) if (text := call.data.get(ATTR_CURSOR)) else None
    except ValueError as err:
        raise InvalidCursor from err
    texts: Mapping[str, RecordingText] = {}
    async with loaded_data(call.hass).storage.async_use() as vault:
        page = await vault.recordings.page(
            wanted, limit=call.data[ATTR_LIMIT], cursor=cursor
        )
        accesses = await vault.accesses.of(
            [recording.recording_id for recording in page.items]
        )
        if call.data[ATTR_INCLUDE_TEXT]:
            texts = await vault.recordings.read_text(
                [recording.recording_id for recording in page.items]
            )
    return {
        "recordings": [
            recording_answer(recording, now)
            | {
                "accesses": [
                    access_answer(access)
                    for access in accesses.get(recording.recording_id, ())
                ]
            }
            | (
                text_answer(texts.get(recording.recording_id, RecordingText()))
                if call.data[ATTR_INCLUDE_TEXT]
                else {}
            )
            for recording in page.items
        ],
        "total": page.total,
        "next_cursor": None if page.next_cursor is None else str(page.next_cursor),
    }


async def async_hold(call: ServiceCall) -> ServiceResponse:
    """Protect a recording from expiry, or end that."""
    until: datetime | None = call.data.get(ATTR_UNTIL)
    if (until is None) is not call.data[ATTR_RELEASE]:
        raise HoldUntilOrRelease
    (recording,) = await async_hold_all(
        loaded_data(call.hass), [call.data[ATTR_RECORDING_ID]], until
    )
    return recording_answer(recording, dt_util.utcnow())


async def async_hold_all(
    data: VoiceRetentionData, recording_ids: Collection[str], until: datetime | None
) -> list[StoredRecording]:
    """Protect recordings from expiry, or end that; all of them, or none on an error."""
    now = dt_util.utcnow()
    if until is not None and until <= now:
        raise HoldInPast
    if until is not None and until > now + MAX_HOLD:
        raise HoldTooLong(MAX_HOLD)
    async with data.storage.async_use() as vault:
        try:
            held = await vault.expiry.hold_all(recording_ids, until)
        except RecordingNotFoundError as err:
            raise RecordingNotFound([err.recording_id]) from err
    # What was only kept because it was held may be due now.
    await data.sweeper.async_sweep()
    return held


def _filter(call: ServiceCall, now: datetime) -> RecordingFilter:
    """Return which recordings a call asks for."""
    start, end = period_of(call, now)
    is_held: bool | None = call.data.get(ATTR_HELD)
    contents: list[Content] | None = call.data.get(ATTR_CONTENT)
    return RecordingFilter(
        satellite_keys=async_targeted_satellites(call.hass, call.data),
        start=start,
        end=end,
        engine_id=call.data.get(ATTR_ENGINE),
        locality=call.data.get(ATTR_LOCALITY),
        outcome=call.data.get(ATTR_OUTCOME),
        held_at=now if is_held is True else None,
        not_held_at=now if is_held is False else None,
        contents=contents,
    )
