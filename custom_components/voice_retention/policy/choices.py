"""Name what a household can choose, and what follows for one sentence."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

OTHER_CLIENTS = "other"
"""The satellite key of every client without an ``assist_satellite`` entity."""


class Keep(StrEnum):
    """How long to keep something, as offered in the ``keep_*`` selects."""

    DEFAULT = "default"
    SAME = "same"
    """For transcripts: as long as the recordings."""

    NEVER = "never"
    HOUR = "1_hour"
    DAY = "1_day"
    WEEK = "1_week"
    MONTH = "30_days"
    QUARTER = "3_months"
    YEAR_AND_HALF = "18_months"
    UNTIL_DELETED = "until_deleted"


NEVER = timedelta(0)
FOREVER = timedelta.max
KEEP_LIMITS: Mapping[Keep, timedelta] = {
    Keep.NEVER: NEVER,
    Keep.HOUR: timedelta(hours=1),
    Keep.DAY: timedelta(days=1),
    Keep.WEEK: timedelta(weeks=1),
    Keep.MONTH: timedelta(days=30),
    # Months are counted as 365.25 / 12 days, rounded down: never longer than promised.
    Keep.QUARTER: timedelta(days=91),
    Keep.YEAR_AND_HALF: timedelta(days=547),
    Keep.UNTIL_DELETED: FOREVER,
}
"""How long each final choice keeps; ``default`` and ``same`` are resolved first."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SatelliteSettings:
    """What a household chose for one satellite, or for the other voice clients."""

    dont_send_audio: bool = False
    dont_send_text: bool = False
    keep_recordings: Keep = Keep.DEFAULT
    keep_transcripts: Keep = Keep.DEFAULT


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """Everything a household chose, as one snapshot."""

    satellites: Mapping[str, SatelliteSettings] = field(default_factory=dict)
    """By satellite key; ``OTHER_CLIENTS`` is one of the keys."""

    keep_recordings: Keep = Keep.DAY
    keep_transcripts: Keep = Keep.SAME
    guest_mode: bool = False
    lost: bool = False
    """The stored settings could not be read: everybody is protected until confirmed."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """The settings that apply to one sentence, with every default resolved."""

    dont_send_audio: bool
    dont_send_text: bool
    keep_audio: timedelta
    keep_transcript: timedelta
