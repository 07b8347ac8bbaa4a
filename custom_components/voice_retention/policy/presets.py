"""Work out what a preset makes of the settings of a satellite."""

from enum import StrEnum

from .choices import KEEP_LIMITS, Keep, SatelliteSettings, Settings
from .rules import rule_for_key

CHILDS_TRANSCRIPTS = (Keep.DAY, Keep.HOUR, Keep.NEVER)
"""How long transcripts of a child may be kept, the longest first."""


class Preset(StrEnum):
    """Settings that go together, to be chosen in one step."""

    CHILDS_ROOM = "childs_room"
    """Nothing leaves the home, no audio is kept, and no transcript for more than a day."""


def preset_for(
    preset: Preset, settings: Settings, satellite_key: str
) -> SatelliteSettings:
    """Return what the settings of a satellite become; nothing is ever kept longer than before."""
    match preset:
        case Preset.CHILDS_ROOM:
            before = rule_for_key(settings, satellite_key).keep_transcript
            return SatelliteSettings(
                dont_send_audio=True,
                dont_send_text=True,
                keep_recordings=Keep.NEVER,
                # In so many words: what the household sets for everybody may become longer.
                keep_transcripts=next(
                    choice
                    for choice in CHILDS_TRANSCRIPTS
                    if KEEP_LIMITS[choice] <= before
                ),
            )
