"""Let what Assist records for debugging expire like our own recordings.

Those files belong to no recording of ours: they are of every run, also of those that were
never kept, not understood, or there before. Each goes when the satellite that it is from
keeps no audio of its age; that of a sentence that is held stays as long as it is held.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Final, Protocol

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_track_time_interval

from ..assist.runs import ended_runs
from ..assist.satellites import SatelliteDirectory
from ..errors import VaultUnavailable
from ..places.debug_recordings import DebugRecordingsPlace, async_finished_recordings
from ..places.run_folders import RunFolder
from ..policy.choices import NEVER, OTHER_CLIENTS, Settings
from ..policy.expiry import expires_at
from ..policy.models import Content
from ..policy.rules import keep_audio_of
from ..vault.models import RecordingFilter, StoredRecording
from .purger import Purger
from .queue import PurgeQueue
from .scope import AskedBy, Scope
from .sweep import Expired, Sweeper

LOOK_EVERY: Final = timedelta(seconds=5)
"""How soon after the end of a run its recording is looked at."""

LOOKS: Final = 4
"""How often to look after a run: its last file may still be written when it has ended."""

JITTER: Final = timedelta(milliseconds=100)
"""When a run began is told by two clocks that are read one after the other."""

type Keys = frozenset[str]
"""The satellites of which one has made a recording."""

type Dated = tuple[datetime, datetime | None]
"""When a recording was begun and when it has to go, if ever."""


class HeldSource(Protocol):
    """Where it is known what is held; raises when it is out of order."""

    async def async_find(self, wanted: RecordingFilter) -> list[StoredRecording]:
        """Return recordings."""


class GuestBook:
    """Know from when until when guests were there last; of then, nothing is kept."""

    def __init__(self) -> None:
        """Start with nobody there."""
        self._since: datetime | None = None
        self._until: datetime | None = None

    @callback
    def async_note(self, now: datetime, *, are_there: bool) -> None:
        """Note whether guests are there."""
        if are_there and (self._since is None or self._until is not None):
            self._since, self._until = now, None
        elif not are_there and self._since is not None and self._until is None:
            self._until = now

    def covers(self, moment: datetime) -> bool:
        """Return whether guests were there."""
        return (
            self._since is not None
            and self._since <= moment
            and (self._until is None or moment < self._until)
        )


class AdoptedRecordings:
    """Delete each debug recording when it has to go."""

    def __init__(
        self,
        hass: HomeAssistant,
        *,
        source: HeldSource,
        purger: Purger,
        queue: PurgeQueue,
        satellites: SatelliteDirectory,
        settings: Callable[[], Settings],
        utcnow: Callable[[], datetime],
    ) -> None:
        """Look into this Home Assistant."""
        self._hass = hass
        self._source = source
        self._purger = purger
        self._queue = queue
        self._satellites = satellites
        self._settings = settings
        self._utcnow = utcnow
        self._guests = GuestBook()
        self.async_settings_changed()

    @callback
    def async_settings_changed(self) -> None:
        """Note when guests come and go."""
        self._guests.async_note(self._utcnow(), are_there=self._settings().guest_mode)

    async def async_expire(self, now: datetime) -> Expired:
        """Purge what is due of the recordings whose run has ended."""
        due, next_expiry = await self.async_outlook(now)
        is_done = True
        for scope in due:
            receipt = await self._purger.async_purge(scope)
            is_done = is_done and receipt.is_complete
        return Expired(is_done=is_done, next_expiry=next_expiry)

    async def async_outlook(self, now: datetime) -> tuple[list[Scope], datetime | None]:
        """Return what is to be purged now, and when something is next."""
        settings = self._settings()
        folders = await async_finished_recordings(self._hass)
        # While the settings are lost, nobody knows what was wanted for them.
        if not folders or settings.lost:
            return [], None
        held = await self._source.async_find(RecordingFilter(held_at=now))
        owed = [
            work.scope
            for work in await self._queue.async_all()
            if DebugRecordingsPlace.key in work.left
        ]
        by_keys: defaultdict[Keys, list[Dated]] = defaultdict(list)
        for folder in sorted(folders, key=lambda folder: folder.started):
            keys = self._keys_of(folder)
            if any(scope.covers(key, folder.started) for scope in owed for key in keys):
                # It could not be deleted, and is tried again.
                continue
            expiry = self._expiry(folder, keep_audio_of(settings, keys), held)
            by_keys[keys].append((folder.started, expiry))
        expiries = [item for dated in by_keys.values() for _, item in dated if item]
        return [
            _scope(keys, moments)
            for keys, dated in by_keys.items()
            for moments in _stretches(dated, now)
        ], min((expiry for expiry in expiries if expiry > now), default=None)

    def _expiry(
        self, folder: RunFolder, limit: timedelta, held: Iterable[StoredRecording]
    ) -> datetime | None:
        """Return when a recording has to go."""
        if any(
            item.device_id == folder.device_id and folder.spans(item.created)
            for item in held
        ):
            return None
        return expires_at(
            folder.started, NEVER if self._guests.covers(folder.started) else limit
        )

    def _keys_of(self, folder: RunFolder) -> frozenset[str]:
        """Return the satellites of a recording's device, or who else it may be."""
        keys = frozenset(
            key
            for key, satellite in self._satellites.current.items()
            if satellite.device_id is not None
            and satellite.device_id == folder.device_id
        )
        return keys or frozenset({OTHER_CLIENTS})


@callback
def async_watch_runs(
    hass: HomeAssistant, adopted: AdoptedRecordings, sweeper: Sweeper
) -> CALLBACK_TYPE:
    """See to each recording soon after its run, until the returned function is called."""
    known = ended_runs(hass)
    looks = 0

    async def look(now: datetime) -> None:
        """Look at the folder if a run has just ended; that alone costs nothing."""
        nonlocal known, looks
        before, known = known, ended_runs(hass)
        looks = LOOKS if known - before else looks - 1
        if looks <= 0:
            return
        try:
            due, next_expiry = await adopted.async_outlook(now)
        except VaultUnavailable:
            # The sweep comes back when the vault does.
            due, next_expiry = [], now
        if due or sweeper.async_take_stored(next_expiry, 0):
            await sweeper.async_sweep()

    return async_track_time_interval(hass, look, LOOK_EVERY)


def _stretches(dated: Iterable[Dated], now: datetime) -> Iterator[list[datetime]]:
    """Yield the moments of what is due, each time without anything between that is not."""
    for is_due, stretch in groupby(
        dated, key=lambda item: item[1] is not None and item[1] <= now
    ):
        if is_due:
            yield [moment for moment, _ in stretch]


def _scope(keys: Keys, moments: Sequence[datetime]) -> Scope:
    """Say which recordings of some satellites are to be deleted."""
    return Scope(
        asked_by=AskedBy.EXPIRY,
        satellite_keys=keys,
        start=moments[0] - JITTER,
        end=moments[-1] + JITTER,
        contents=frozenset({Content.AUDIO}),
        places=frozenset({DebugRecordingsPlace.key}),
    )
