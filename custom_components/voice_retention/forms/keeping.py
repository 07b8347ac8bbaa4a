"""Ask how long and how much to keep."""

from collections.abc import Mapping

import voluptuous as vol

from homeassistant.helpers.selector import BooleanSelector

from ..const import (
    CONF_KEEP_LEDGER,
    CONF_KEEP_UNRECOGNISED,
    CONF_MAX_SECONDS,
    CONF_MAX_SIZE_MB,
    LEDGER_KEEP_OPTIONS,
    RECORDING_KEEP_OPTIONS,
    TRANSCRIPT_KEEP_OPTIONS,
)
from .fields import FieldError, Fields, Input, keep_selector, number_selector

CONF_KEEP_RECORDINGS = "keep_recordings"
CONF_KEEP_TRANSCRIPTS = "keep_transcripts"

LIMITS: Mapping[str, tuple[int, int]] = {
    CONF_MAX_SECONDS: (5, 600),
    CONF_MAX_SIZE_MB: (10, 1_000_000),
}
"""Smallest and largest value of each number."""

LIMIT_PLACEHOLDERS: Mapping[str, str] = {
    f"{field}_{end}": f"{limit:,}"
    for field, limits in LIMITS.items()
    for end, limit in zip(("min", "max"), limits, strict=True)
}
"""For the texts of the form."""


def keep_fields() -> Fields:
    """Return the fields for how long to keep, where a satellite does not say otherwise."""
    return {
        vol.Required(CONF_KEEP_RECORDINGS): keep_selector(RECORDING_KEEP_OPTIONS),
        vol.Required(CONF_KEEP_TRANSCRIPTS): keep_selector(TRANSCRIPT_KEEP_OPTIONS),
    }


def limit_fields() -> Fields:
    """Return the fields for what is kept at most."""
    return {
        vol.Required(CONF_KEEP_LEDGER): keep_selector(LEDGER_KEEP_OPTIONS),
        vol.Required(CONF_KEEP_UNRECOGNISED): BooleanSelector(),
        vol.Required(CONF_MAX_SECONDS): number_selector("s"),
        vol.Required(CONF_MAX_SIZE_MB): number_selector("MB"),
    }


def check_limits(user_input: Input) -> FieldError | None:
    """Check that every number is one we can work with."""
    for field, (smallest, largest) in LIMITS.items():
        # Written so that "not a number" is refused too.
        if not smallest <= user_input[field] <= largest:
            return FieldError(field=field, error=f"{field}_out_of_range")
    return None
