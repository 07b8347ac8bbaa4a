"""Name what a command works with."""

from dataclasses import dataclass

from homeassistant.core import HomeAssistant

from ..assist.satellites import SatelliteDirectory
from ..keeper import Keeper
from ..ledger import LedgerBook
from ..purge.purger import Purger
from ..settings import SettingsStore
from ..storage import Storage
from .phrasebook import Phrasebook
from .speaker import CommandSpeaker


@dataclass(frozen=True, kw_only=True, slots=True)
class Household:
    """What commands work on, and how far they may go."""

    hass: HomeAssistant
    satellites: SatelliteDirectory
    settings: SettingsStore
    storage: Storage
    ledger: LedgerBook
    keeper: Keeper
    purger: Purger
    is_household_wide: bool
    """Whether a deletion means what every satellite heard, not only the one spoken to."""

    may_lower: bool
    """Whether a protection may be switched off by voice."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """One command, and who gave it."""

    household: Household
    speaker: CommandSpeaker
    book: Phrasebook
    """The language in which it was given, and is to be answered."""
