"""Hold what the guards of all kinds have in common."""

from collections.abc import Callable
from dataclasses import dataclass

from ..policy.choices import Settings
from ..policy.models import Handover, Utterance
from .history import HistoryBook
from .locality import LocalityBook
from .satellites import SatelliteDirectory

type Listen = Callable[[Callable[[], None]], Callable[[], None]]


@dataclass(frozen=True, kw_only=True, slots=True)
class GuardRules:
    """What a guard needs to know of the household, and whom to tell."""

    satellites: SatelliteDirectory
    localities: LocalityBook
    history: HistoryBook
    settings: Callable[[], Settings]
    listen_settings: Listen
    local_engines: tuple[str, ...]
    """Engines that may stand in for one that may not hear, in order of preference."""

    local_agents: tuple[str, ...]
    local_voices: tuple[str, ...]
    max_seconds: int
    """Longest audio that is kept of one sentence; the engine gets all of it."""

    on_end: Callable[[Utterance], None]
    """Called once for each sentence, after its run has ended."""

    on_handover: Callable[[Handover], None]
    """Called once for each transcript and each reply, after an engine got it or none did."""
