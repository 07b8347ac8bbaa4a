"""Hold the parts of the loaded entry."""

from dataclasses import dataclass

from homeassistant.config_entries import ConfigEntry

from .agent_tools.plans import PlanBook
from .assist.guards import GuardKeeper
from .assist.locality import LocalityBook
from .assist.rules import GuardRules
from .assist.satellites import SatelliteDirectory
from .commands.asked import Household
from .coordinator import StatusCoordinator
from .exports.desk import ExportDesk
from .keeper import Keeper
from .ledger import LedgerBook
from .playback import PlaybackDesk
from .purge.adoption import AdoptedRecordings
from .purge.purger import Purger
from .purge.queue import PurgeQueue
from .purge.sweep import Sweeper
from .purge.verification import Verifier
from .settings import SettingsStore
from .storage import Storage

type VoiceRetentionConfigEntry = ConfigEntry[VoiceRetentionData]


@dataclass(frozen=True, kw_only=True, slots=True)
class VoiceRetentionData:
    """The parts that platforms and doors use; each takes only what it needs."""

    settings: SettingsStore
    satellites: SatelliteDirectory
    localities: LocalityBook
    guards: GuardKeeper
    rules: GuardRules
    storage: Storage
    ledger: LedgerBook
    playback: PlaybackDesk
    exports: ExportDesk
    keeper: Keeper
    queue: PurgeQueue
    purger: Purger
    verifier: Verifier
    adopted: AdoptedRecordings | None
    """Assist's debug recordings, if the household has them expire too."""

    sweeper: Sweeper
    status: StatusCoordinator
    household: Household
    """What people can talk about with Assist."""

    plans: PlanBook
    """Deletions that a language model has proposed."""
