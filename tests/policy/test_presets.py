"""Test what a preset makes of the settings."""

from dataclasses import replace

from hypothesis import given
import pytest

from custom_components.voice_retention.policy.choices import (
    NEVER,
    Keep,
    SatelliteSettings,
    Settings,
)
from custom_components.voice_retention.policy.presets import Preset, preset_for
from custom_components.voice_retention.policy.rules import rule_for_key

from .make import DAY, KITCHEN, any_settings


@pytest.mark.parametrize(
    ("recordings", "transcripts", "household", "kept"),
    [
        pytest.param(Keep.WEEK, Keep.MONTH, Keep.WEEK, Keep.DAY, id="longer"),
        pytest.param(Keep.WEEK, Keep.NEVER, Keep.WEEK, Keep.NEVER, id="never stays"),
        pytest.param(Keep.WEEK, Keep.HOUR, Keep.WEEK, Keep.HOUR, id="an hour stays"),
        pytest.param(Keep.WEEK, Keep.SAME, Keep.NEVER, Keep.DAY, id="as the audio was"),
        pytest.param(Keep.NEVER, Keep.SAME, Keep.WEEK, Keep.NEVER, id="nor was it"),
        pytest.param(
            Keep.WEEK, Keep.DEFAULT, Keep.HOUR, Keep.HOUR, id="a short default"
        ),
        pytest.param(
            Keep.WEEK, Keep.DEFAULT, Keep.UNTIL_DELETED, Keep.DAY, id="a long default"
        ),
    ],
)
def test_a_transcript_of_a_child_is_kept_a_day_at_most(
    recordings: Keep, transcripts: Keep, household: Keep, kept: Keep
) -> None:
    """And never for longer than it was."""
    settings = Settings(
        satellites={
            KITCHEN: SatelliteSettings(
                keep_recordings=recordings, keep_transcripts=transcripts
            )
        },
        keep_transcripts=household,
    )
    assert preset_for(Preset.CHILDS_ROOM, settings, KITCHEN) == SatelliteSettings(
        dont_send_audio=True,
        dont_send_text=True,
        keep_recordings=Keep.NEVER,
        keep_transcripts=kept,
    )


@given(settings=any_settings)
def test_a_childs_room_is_as_strict_as_promised_whatever_was_chosen(
    settings: Settings,
) -> None:
    """Also when the household changes its defaults afterwards."""
    before = rule_for_key(settings, KITCHEN)
    chosen = preset_for(Preset.CHILDS_ROOM, settings, KITCHEN)
    rule = rule_for_key(
        replace(
            settings,
            satellites={KITCHEN: chosen},
            keep_recordings=Keep.UNTIL_DELETED,
            keep_transcripts=Keep.UNTIL_DELETED,
            guest_mode=False,
            lost=False,
        ),
        KITCHEN,
    )
    assert rule.dont_send_audio
    assert rule.dont_send_text
    assert rule.keep_audio == NEVER
    assert rule.keep_transcript <= min(before.keep_transcript, DAY)
