"""Say what the actions accept."""

from datetime import datetime
from typing import Any, override

import voluptuous as vol

from homeassistant.const import (
    ATTR_AREA_ID,
    ATTR_DEVICE_ID,
    ATTR_ENTITY_ID,
    ATTR_FLOOR_ID,
    ATTR_LABEL_ID,
)
from homeassistant.helpers import config_validation as cv
from homeassistant.util import dt as dt_util

from .errors import InvalidField
from .policy.models import Content, Locality, Outcome
from .policy.presets import Preset

ATTR_EXCLUDE = "exclude"
"""Part of a target; Home Assistant offers it from 2026.11 on."""

ATTR_ALL_DEVICES = "all_devices"
ATTR_KEEP_DAYS = "keep_days"
ATTR_START_TIME = "start_time"
ATTR_END_TIME = "end_time"
ATTR_RECORDING_ID = "recording_id"
ATTR_RECEIPT_ID = "receipt_id"
ATTR_CONTENT = "content"
ATTR_PLACES = "places"
ATTR_INCLUDE_HELD = "include_held"
ATTR_INCLUDE_LEDGER = "include_ledger"
ATTR_DRY_RUN = "dry_run"
ATTR_ENGINE = "engine"
ATTR_LOCALITY = "locality"
ATTR_OUTCOME = "outcome"
ATTR_HELD = "held"
ATTR_INCLUDE_TEXT = "include_text"
ATTR_SENT = "sent"
ATTR_LIMIT = "limit"
ATTR_CURSOR = "cursor"
ATTR_BEFORE = "before"
ATTR_UNTIL = "until"
ATTR_RELEASE = "release"
ATTR_PRESET = "preset"

MAX_KEEP_DAYS = 36500
MAX_PAGE = 500
DEFAULT_PAGE = 50
MAX_ITEMS = 1000
MAX_NUMBER = 2**63 - 1
"""Of a row; SQLite has no larger ones."""

MAX_TEXT = 20_000
"""Room for a thousand entity ids in one text; anything longer is a mistake or an attack."""

MAX_FIELD_NAME = 40


class ActionSchema(vol.Schema):
    """A schema whose errors are translated and never repeat what was passed.

    It refuses before Home Assistant fires its event about the call, so what is refused
    does not get into the recorder either.
    """

    @override
    def __call__(self, data: Any, **kwargs: Any) -> Any:
        """Validate the data of a call."""
        for key, value in data.items():
            if _is_too_big(value):
                raise InvalidField(str(key)[:MAX_FIELD_NAME])
        try:
            return super().__call__(data, **kwargs)
        except vol.Invalid as err:
            field = str(err.path[0]) if err.path else ""
            raise InvalidField(field[:MAX_FIELD_NAME]) from None


def _is_too_big(value: object) -> bool:
    """Return whether a value is larger than any that makes sense."""
    if isinstance(value, str):
        return len(value) > MAX_TEXT
    if isinstance(value, dict):
        return len(value) > MAX_ITEMS or any(map(_is_too_big, value.values()))
    if isinstance(value, list | tuple | set):
        return len(value) > MAX_ITEMS or any(map(_is_too_big, value))
    return False


def _number(value: Any) -> float:
    """Accept numbers, also as text from a template, but not yes and no."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise vol.Invalid("expected a number")
    try:
        return float(value)
    except OverflowError as err:
        raise vol.Invalid("beyond all numbers") from err


def whole_number(value: Any) -> int:
    """Accept whole numbers."""
    number = _number(value)
    if not number.is_integer():
        raise vol.Invalid("expected a whole number")
    return int(number)


def moment(value: Any) -> datetime:
    """Accept a date and time, in Home Assistant's time zone where it names none."""
    try:
        return dt_util.as_utc(cv.datetime(value))
    except OverflowError as err:
        raise vol.Invalid("beyond the calendar") from err


def bounded(limit: int) -> vol.All[str]:
    """Accept a text of limited length."""
    return vol.All(cv.string, vol.Length(min=1, max=limit))


_NUMBER_IN_ORDER = vol.All(whole_number, vol.Range(min=1, max=MAX_NUMBER))
RECORDING_ID = vol.All(str, vol.Match(r"[0-9a-f]{32}\Z"))

_TARGET_ID_FIELDS = {
    # Home Assistant's own check stumbles over what is neither text nor list.
    vol.Optional(ATTR_ENTITY_ID): vol.All(vol.Any(str, [str]), cv.comp_entity_ids),
    **{
        vol.Optional(key): vol.All(cv.ensure_list, [str])
        for key in (ATTR_DEVICE_ID, ATTR_AREA_ID, ATTR_FLOOR_ID, ATTR_LABEL_ID)
    },
}
TARGET_FIELDS = {
    **_TARGET_ID_FIELDS,
    vol.Optional(ATTR_EXCLUDE): vol.Schema(_TARGET_ID_FIELDS),
}
ALL_DEVICES_FIELDS = {vol.Optional(ATTR_ALL_DEVICES, default=False): cv.boolean}
PERIOD_FIELDS = {
    vol.Optional(ATTR_START_TIME): moment,
    vol.Optional(ATTR_END_TIME): moment,
}
SOME_CONTENT = vol.All(cv.ensure_list, vol.Length(min=1), [vol.Coerce(Content)])
CONTENT_FIELDS = {vol.Optional(ATTR_CONTENT): SOME_CONTENT}
RECORDING_IDS_FIELDS = {
    vol.Optional(ATTR_RECORDING_ID): vol.All(
        cv.ensure_list, vol.Length(min=1), [RECORDING_ID]
    )
}
PAGE_FIELDS = {
    vol.Optional(ATTR_LIMIT, default=DEFAULT_PAGE): vol.All(
        whole_number, vol.Range(min=1, max=MAX_PAGE)
    )
}

PURGE_SCHEMA = ActionSchema(
    {
        **TARGET_FIELDS,
        **PERIOD_FIELDS,
        **CONTENT_FIELDS,
        **ALL_DEVICES_FIELDS,
        **RECORDING_IDS_FIELDS,
        vol.Optional(ATTR_KEEP_DAYS): vol.All(
            _number, vol.Range(min=0, max=MAX_KEEP_DAYS)
        ),
        vol.Optional(ATTR_PLACES): vol.All(
            cv.ensure_list, vol.Length(min=1), [bounded(64)]
        ),
        vol.Optional(ATTR_INCLUDE_HELD, default=False): cv.boolean,
        vol.Optional(ATTR_INCLUDE_LEDGER, default=False): cv.boolean,
        vol.Optional(ATTR_DRY_RUN, default=False): cv.boolean,
    }
)

APPLY_PRESET_SCHEMA = ActionSchema(
    {**TARGET_FIELDS, vol.Required(ATTR_PRESET): vol.Coerce(Preset)}
)

GET_RECORDINGS_SCHEMA = ActionSchema(
    {
        **TARGET_FIELDS,
        **PERIOD_FIELDS,
        **CONTENT_FIELDS,
        **PAGE_FIELDS,
        vol.Optional(ATTR_ENGINE): bounded(255),
        vol.Optional(ATTR_LOCALITY): vol.Coerce(Locality),
        vol.Optional(ATTR_OUTCOME): vol.Coerce(Outcome),
        vol.Optional(ATTR_HELD): cv.boolean,
        vol.Optional(ATTR_INCLUDE_TEXT, default=True): cv.boolean,
        vol.Optional(ATTR_CURSOR): bounded(128),
    }
)

EXPORT_SCHEMA = ActionSchema(
    {
        **TARGET_FIELDS,
        **ALL_DEVICES_FIELDS,
        **PERIOD_FIELDS,
        **CONTENT_FIELDS,
        **RECORDING_IDS_FIELDS,
    }
)

GET_LEDGER_SCHEMA = ActionSchema(
    {
        **TARGET_FIELDS,
        **ALL_DEVICES_FIELDS,
        **PERIOD_FIELDS,
        **PAGE_FIELDS,
        vol.Optional(ATTR_ENGINE): bounded(255),
        vol.Optional(ATTR_LOCALITY): vol.Coerce(Locality),
        vol.Optional(ATTR_SENT): SOME_CONTENT,
        vol.Optional(ATTR_CURSOR): _NUMBER_IN_ORDER,
    }
)

GET_RECEIPTS_SCHEMA = ActionSchema(
    {
        **PAGE_FIELDS,
        vol.Optional(ATTR_BEFORE): _NUMBER_IN_ORDER,
    }
)

HOLD_SCHEMA = ActionSchema(
    {
        vol.Required(ATTR_RECORDING_ID): RECORDING_ID,
        vol.Optional(ATTR_UNTIL): moment,
        vol.Optional(ATTR_RELEASE, default=False): cv.boolean,
    }
)

VERIFY_SCHEMA = ActionSchema(
    {
        **PERIOD_FIELDS,
        vol.Optional(ATTR_RECEIPT_ID): vol.All(
            cv.ensure_list, vol.Length(min=1), [RECORDING_ID]
        ),
    }
)
