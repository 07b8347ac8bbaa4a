"""Refuse to run where the promises have not been tested."""

from typing import Final

from awesomeversion import AwesomeVersion

from homeassistant.const import __version__

OLDEST: Final = "2026.6.0"
"""As ``hacs.json`` says. Earlier releases let it in when it is copied by hand: who is speaking was
never tried there, and a guard that is wrong about that is worse than none."""


def is_too_old() -> bool:
    """Return whether this Home Assistant is older than the oldest that is tested."""
    return AwesomeVersion(__version__) < AwesomeVersion(OLDEST)
