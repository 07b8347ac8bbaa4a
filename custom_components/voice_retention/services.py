"""Actions: find, hold and delete what was said."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from homeassistant.core import (
    HomeAssistant,
    ServiceCall,
    ServiceResponse,
    SupportsResponse,
    callback,
)
from homeassistant.helpers.service import async_register_admin_service
from homeassistant.util import dt as dt_util

from .answers import receipt_answer, recording_answer, text_answer
from .const import DOMAIN
from .data import VoiceRetentionConfigEntry, VoiceRetentionData
from .errors import (
    EmptyPeriod,
    HoldInPast,
    HoldTooLong,
    HoldUntilOrRelease,
    InvalidCursor,
    KeepDaysAndEndTime,
    NothingTargeted,
    NotLoaded,
    PurgeIncomplete,
    RecordingNotFound,
    TargetAndAllDevices,
    UnknownPlaces,
)
from .policy.expiry import MAX_HOLD
from .policy.models import ALL_CONTENT, Content
from .purge.scope import AskedBy, Scope
from .service_schemas import (
    ATTR_ALL_DEVICES,
    ATTR_BEFORE,
    ATTR_CONTENT,
    ATTR_CURSOR,
    ATTR_DRY_RUN,
    ATTR_END_TIME,
    ATTR_ENGINE,
    ATTR_HELD,
    ATTR_INCLUDE_HELD,
    ATTR_INCLUDE_TEXT,
    ATTR_KEEP_DAYS,
    ATTR_LIMIT,
    ATTR_LOCALITY,
    ATTR_OUTCOME,
    ATTR_PLACES,
    ATTR_RECORDING_ID,
    ATTR_RELEASE,
    ATTR_START_TIME,
    ATTR_UNTIL,
    GET_RECEIPTS_SCHEMA,
    GET_RECORDINGS_SCHEMA,
    HOLD_SCHEMA,
    PURGE_SCHEMA,
)
from .targets import async_targeted_satellites
from .vault.errors import RecordingNotFoundError
from .vault.models import Cursor, RecordingFilter, RecordingText


class Action(StrEnum):
    """The actions of the integration."""

    PURGE = "purge"
    GET_RECORDINGS = "get_recordings"
    GET_RECEIPTS = "get_receipts"
    HOLD = "hold"


@callback
def async_setup_services(hass: HomeAssistant) -> None:
    """Register the actions: for administrators, automations and scripts only."""
    for action, handler, schema, response in (
        (Action.PURGE, _async_purge, PURGE_SCHEMA, SupportsResponse.OPTIONAL),
        (
            Action.GET_RECORDINGS,
            _async_get_recordings,
            GET_RECORDINGS_SCHEMA,
            SupportsResponse.ONLY,
        ),
        (
            Action.GET_RECEIPTS,
            _async_get_receipts,
            GET_RECEIPTS_SCHEMA,
            SupportsResponse.ONLY,
        ),
        (Action.HOLD, _async_hold, HOLD_SCHEMA, SupportsResponse.OPTIONAL),
    ):
        async_register_admin_service(hass, DOMAIN, action, handler, schema, response)


async def _async_purge(call: ServiceCall) -> ServiceResponse:
    """Delete what the call names and answer with the receipt."""
    data = _data(call.hass)
    scope = await _async_scope(call, data)
    receipt = await data.purger.async_purge(scope)
    if call.return_response:
        return receipt.as_dict()
    if not receipt.is_complete:
        # Without the receipt, an error is the only way to say that something is left.
        raise PurgeIncomplete(receipt.failed_places)
    return None


async def _async_get_recordings(call: ServiceCall) -> ServiceResponse:
    """List recordings, newest first."""
    now = dt_util.utcnow()
    wanted = _filter(call, now)
    try:
        cursor = Cursor.parse(text) if (text := call.data.get(ATTR_CURSOR)) else None
    except ValueError as err:
        raise InvalidCursor from err
    texts: Mapping[str, RecordingText] = {}
    async with _data(call.hass).storage.async_use() as vault:
        page = await vault.recordings.page(
            wanted, limit=call.data[ATTR_LIMIT], cursor=cursor
        )
        if call.data[ATTR_INCLUDE_TEXT]:
            texts = await vault.recordings.read_text(
                [recording.recording_id for recording in page.items]
            )
    return {
        "recordings": [
            recording_answer(recording, now)
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


async def _async_get_receipts(call: ServiceCall) -> ServiceResponse:
    """List receipts, newest first."""
    limit: int = call.data[ATTR_LIMIT]
    async with _data(call.hass).storage.async_use() as vault:
        receipts = await vault.receipts.page(
            limit, before_seq=call.data.get(ATTR_BEFORE)
        )
    return {
        "receipts": [receipt_answer(receipt) for receipt in receipts],
        "next_before": receipts[-1].seq if len(receipts) == limit else None,
    }


async def _async_hold(call: ServiceCall) -> ServiceResponse:
    """Protect a recording from expiry, or end that."""
    now = dt_util.utcnow()
    until: datetime | None = call.data.get(ATTR_UNTIL)
    if (until is None) is not call.data[ATTR_RELEASE]:
        raise HoldUntilOrRelease
    if until is not None and until <= now:
        raise HoldInPast
    if until is not None and until > now + MAX_HOLD:
        raise HoldTooLong(MAX_HOLD)
    recording_id: str = call.data[ATTR_RECORDING_ID]
    data = _data(call.hass)
    async with data.storage.async_use() as vault:
        try:
            recording = await vault.expiry.hold(recording_id, until)
        except RecordingNotFoundError as err:
            raise RecordingNotFound([recording_id]) from err
    # What was only kept because it was held may be due now.
    await data.sweeper.async_sweep()
    return recording_answer(recording, now)


def _data(hass: HomeAssistant) -> VoiceRetentionData:
    """Return the parts of the loaded entry."""
    entries: list[VoiceRetentionConfigEntry] = hass.config_entries.async_loaded_entries(
        DOMAIN
    )
    if not entries:
        raise NotLoaded
    return entries[0].runtime_data


async def _async_scope(call: ServiceCall, data: VoiceRetentionData) -> Scope:
    """Check what a call wants deleted; nothing is ever taken to mean everything."""
    satellite_keys = async_targeted_satellites(call.hass, call.data)
    recording_ids: list[str] | None = call.data.get(ATTR_RECORDING_ID)
    if call.data[ATTR_ALL_DEVICES]:
        if satellite_keys is not None:
            raise TargetAndAllDevices
    elif satellite_keys is None and recording_ids is None:
        raise NothingTargeted
    places: list[str] | None = call.data.get(ATTR_PLACES)
    if places is not None and (unknown := {*places} - {*data.purger.place_keys}):
        raise UnknownPlaces(unknown, data.purger.place_keys)
    start, end = _period(call, dt_util.utcnow())
    if recording_ids is not None:
        await _async_ensure_stored(data, recording_ids)
    user_id = call.context.user_id
    return Scope(
        asked_by=AskedBy.AUTOMATION if user_id is None else AskedBy.USER,
        user_id=user_id,
        satellite_keys=satellite_keys,
        start=start,
        end=end,
        recording_ids=None if recording_ids is None else frozenset(recording_ids),
        contents=frozenset(call.data.get(ATTR_CONTENT, ALL_CONTENT)),
        places=None if places is None else frozenset(places),
        include_held=call.data[ATTR_INCLUDE_HELD],
        dry_run=call.data[ATTR_DRY_RUN],
    )


async def _async_ensure_stored(
    data: VoiceRetentionData, recording_ids: list[str]
) -> None:
    """Refuse recordings that are not there: a mistyped id must not pass for deleted."""
    found = await data.storage.async_find(RecordingFilter(recording_ids=recording_ids))
    missing = {*recording_ids} - {recording.recording_id for recording in found}
    if missing:
        raise RecordingNotFound(missing)


def _period(
    call: ServiceCall, now: datetime
) -> tuple[datetime | None, datetime | None]:
    """Return the start and end that a call means; none is open."""
    start: datetime | None = call.data.get(ATTR_START_TIME)
    end: datetime | None = call.data.get(ATTR_END_TIME)
    keep_days: float | None = call.data.get(ATTR_KEEP_DAYS)
    if keep_days is not None:
        if end is not None:
            raise KeepDaysAndEndTime
        # Zero is everything, also what a clock that was wrong dated into the future.
        end = now - timedelta(days=keep_days) if keep_days else None
    if start is not None and end is not None and start >= end:
        raise EmptyPeriod
    return start, end


def _filter(call: ServiceCall, now: datetime) -> RecordingFilter:
    """Return which recordings a call asks for."""
    start, end = _period(call, now)
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
