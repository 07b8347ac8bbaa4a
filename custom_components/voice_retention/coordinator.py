"""Gather the status and hand it to everybody who shows it."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final, override

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.debounce import Debouncer
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator
from homeassistant.util import dt as dt_util

from .assist.coverage import EngineBehind, gaps_in, voice_paths
from .assist.engines import engine_name
from .assist.evidence.words import Words, async_words, tell
from .assist.locality import LocalityBook
from .assist.pipelines import EngineKind
from .assist.satellites import SatelliteDirectory
from .assist.ways_out import ways_out
from .const import DOMAIN, LOGGER, IssueId
from .errors import VaultUnavailable
from .exports.models import ExportProgress
from .issue_registry import async_clear, async_raise
from .ledger import LedgerBook
from .policy.choices import OTHER_CLIENTS
from .policy.locality import deciding
from .policy.models import Locality, LocalityReport
from .policy.paths import Gap, StepKind
from .purge.progress import Progress
from .purge.queue import PurgeQueue
from .purge.scope import AskedBy
from .settings import SettingsStore
from .status import Coverage, LastHeard, Status
from .storage import Storage
from .vault.books import LedgerEntry

REFRESH_COOLDOWN: Final = 0.5
"""Seconds between two looks while much happens at once."""

REFRESH_INTERVAL: Final = timedelta(minutes=5)
"""Time alone changes what is overdue and what was sent today."""


class StatusCoordinator(DataUpdateCoordinator[Status]):
    """Hold the newest status; looked at anew whenever something happened."""

    config_entry: ConfigEntry

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry,
        *,
        storage: Storage,
        ledger: LedgerBook,
        queue: PurgeQueue,
        settings: SettingsStore,
        satellites: SatelliteDirectory,
        localities: LocalityBook,
        engine_behind: EngineBehind,
    ) -> None:
        """Prepare; nothing is looked at yet."""
        super().__init__(
            hass,
            LOGGER,
            config_entry=entry,
            name=DOMAIN,
            update_interval=REFRESH_INTERVAL,
            always_update=False,
            request_refresh_debouncer=Debouncer(
                hass, LOGGER, cooldown=REFRESH_COOLDOWN, immediate=False
            ),
        )
        self._storage = storage
        self._ledger = ledger
        self._queue = queue
        self._settings = settings
        self._satellites = satellites
        self._localities = localities
        self._engine_behind = engine_behind
        self._progress: Progress | None = None
        self._exporting: ExportProgress | None = None
        self._last_purge: datetime | None = None
        self._last_sweep: datetime | None = None
        self.data = Status()

    @callback
    def async_something_happened(self) -> None:
        """Look again soon."""
        self.hass.async_create_task(
            self.async_request_refresh(), "voice_retention refresh status"
        )

    @callback
    def async_purged(self, moment: datetime) -> None:
        """Note a purge."""
        self._last_purge = moment
        self.async_something_happened()

    @callback
    def async_progressed(self, progress: Progress | None) -> None:
        """Show how far a long purge is, or that none is going on any more."""
        self._progress = progress
        self.data = replace(self.data, progress=progress)
        self.async_update_listeners()

    @callback
    def async_exporting(self, progress: ExportProgress | None) -> None:
        """Show how far a long export is, or that none is made any more."""
        if progress != self._exporting:
            self._exporting = progress
            self.data = replace(self.data, exporting=progress)
            self.async_update_listeners()

    @callback
    def async_swept(self, moment: datetime) -> None:
        """Note a sweep that did all it had to."""
        self._last_sweep = moment
        self.async_something_happened()

    @override
    async def _async_update_data(self) -> Status:
        """Look at everything."""
        coverage = self._coverage()
        words = await async_words(self.hass)
        try:
            totals = await self._storage.async_totals()
            overdue = await self._storage.async_overdue(dt_util.utcnow())
            owed = await self._queue.async_count_owed()
            sent = await self._ledger.async_sent_to_cloud_since(
                dt_util.start_of_local_day()
            )
            sent_ever = await self._ledger.async_sent_totals()
            runs = await self._ledger.async_last_runs()
            if self._last_purge is None:
                self._last_purge = await self._storage.async_last_receipt(
                    [kind for kind in AskedBy if kind.is_person]
                )
        except VaultUnavailable:
            return Status(
                is_available=False,
                last_purge=self._last_purge,
                progress=self._progress,
                exporting=self._exporting,
                last_sweep=self._last_sweep,
                coverage=coverage,
            )
        return Status(
            recordings=totals.by_satellite,
            stored=totals.count,
            size=totals.content_size,
            oldest=totals.oldest,
            overdue=overdue + owed,
            sent_to_cloud_today=sent.audio_bytes,
            characters_to_cloud_today=sent.characters,
            sent_to_cloud=sent_ever,
            last_purge=self._last_purge,
            progress=self._progress,
            exporting=self._exporting,
            last_sweep=self._last_sweep,
            last_heard={
                key: self._last_heard(run, run.engine_id, words)
                for key, run in runs.items()
                if run.engine_id is not None
            },
            coverage=coverage,
        )

    def _last_heard(self, run: LedgerEntry, engine_id: str, words: Words) -> LastHeard:
        """Show a run of the ledger."""
        report = LocalityReport(
            locality=run.locality or Locality.UNPROVEN, evidence=tuple(run.evidence)
        )
        facts = deciding(report)
        return LastHeard(
            engine_id=engine_id,
            engine_name=engine_name(self.hass, engine_id),
            locality=report.locality,
            evidence=tell(words, facts),
            at=run.at,
            facts=facts,
        )

    def _coverage(self) -> Coverage:
        """Find out who can get past the guard, and look after the issues for it."""
        paths = voice_paths(
            self.hass, self._satellites, self._localities, self._engine_behind
        )
        gaps = gaps_in(paths, self._settings.current)
        by_wake_word = [gap for gap in gaps if gap.step.kind is StepKind.WAKE_WORD]
        by_pipeline = [gap for gap in gaps if gap.step.kind in EngineKind]
        for issue, concerned in (
            (IssueId.UNCOVERED, by_pipeline),
            (IssueId.UNCOVERED_WAKE_WORD, by_wake_word),
        ):
            if names := self._names(concerned):
                async_raise(self.hass, issue, {"satellites": ", ".join(names)})
            else:
                async_clear(self.hass, issue)
        return Coverage(
            paths=tuple(paths),
            uncovered=self._names([*by_pipeline, *by_wake_word]),
            gaps=(*by_pipeline, *by_wake_word),
            ways_out=ways_out(self.hass, self._localities),
        )

    def _names(self, gaps: Iterable[Gap]) -> tuple[str, ...]:
        """Name whom gaps concern, each once."""
        keys = dict.fromkeys(gap.path.satellite_key for gap in gaps)
        return tuple(self.satellite_name(key) for key in keys)

    @callback
    def satellite_name(self, satellite_key: str) -> str:
        """Return what the household calls a satellite; one that is gone has only its key."""
        if satellite_key == OTHER_CLIENTS:
            # As the household calls them, in its language.
            device = self.other_clients_device()
            name = None if device is None else device.name_by_user or device.name
            return name or OTHER_CLIENTS
        satellite = self._satellites.current.get(satellite_key)
        return satellite_key if satellite is None else satellite.name

    @callback
    def other_clients_device(self) -> dr.DeviceEntry | None:
        """Return the device that stands for the other voice clients."""
        devices = dr.async_entries_for_config_entry(
            dr.async_get(self.hass), self.config_entry.entry_id
        )
        return next(
            (item for item in devices if (DOMAIN, OTHER_CLIENTS) in item.identifiers),
            None,
        )
