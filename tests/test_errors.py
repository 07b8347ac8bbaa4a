"""Errors say what is wrong in the words of the user's language."""

from datetime import timedelta

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.voice_retention.const import DOMAIN
from custom_components.voice_retention.errors import (
    HoldTooLong,
    InvalidField,
    PurgeIncomplete,
    RecordingNotFound,
    SettingsUnconfirmed,
    TargetNotFound,
    UnknownPlaces,
)
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.translation import async_get_exception_message


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (InvalidField("keep_days"), "“keep_days”"),
        (HoldTooLong(timedelta(days=365)), "365 days"),
        (TargetNotFound({"b", "a"}), "satellite: a, b."),
        (UnknownPlaces(["moon"], ("vault", "logs")), "places: logs, vault."),
        (RecordingNotFound(["x" * 80]), f"{'x' * 64}…"),
        (PurgeIncomplete(str(number) for number in range(11)), "7, 8, …"),
        (SettingsUnconfirmed(), "Repairs"),
    ],
    ids=lambda value: type(value).__name__,
)
async def test_the_text_names_what_is_wrong(
    hass: HomeAssistant, entry: MockConfigEntry, error: HomeAssistantError, text: str
) -> None:
    """A person has to know what to change."""
    assert error.translation_key is not None
    message = async_get_exception_message(
        DOMAIN, error.translation_key, error.translation_placeholders
    )
    assert text in message
