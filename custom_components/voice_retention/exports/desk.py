"""Make archives one after the other, and hand each out once."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
import secrets
from typing import Final
from uuid import uuid4

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.event import async_call_later
from homeassistant.util import dt as dt_util

from ..const import DOMAIN, LOGGER
from ..errors import NothingMatches
from ..policy.models import Content
from ..storage import Storage
from ..uninterrupted import async_uninterrupted, take_note
from .download import Download
from .errors import ExportPurged, ExportStopped
from .job import ExportJob
from .models import Export, ExportOrder, ExportProgress, ReadyExport, Tell
from .report import ExportReport
from .spool import FOLDER, SealedSpool, SpoolGoneError, remove_left_behind
from .trouble import disk_errors_translated

EXPORT_URL: Final = f"/api/{DOMAIN}/export/"
GOOD_FOR: Final = timedelta(minutes=15)
"""Time to save a file that was asked for; a link that lies around must not work for long."""


class ExportDesk:
    """The archives that are made, and those that wait to be taken away.

    A link is no signed path of Home Assistant's, for the reason that ``PlaybackDesk``
    gives. Whoever asked may leave: the archive is made all the same.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        storage: Storage,
        folder: Path,
        satellite_name: Callable[[str], str],
        on_progress: Callable[[ExportProgress | None], None],
    ) -> None:
        """Keep the archives in the vault's folder."""
        self._hass = hass
        self._storage = storage
        self._folder = folder
        self._satellite_name = satellite_name
        self._on_progress = on_progress
        self._lock = asyncio.Lock()
        self._tasks: set[asyncio.Task[ReadyExport]] = set()
        self._exports: dict[str, Export] = {}
        self._tickets: dict[str, Export] = {}
        self._is_stopped = False

    async def async_start(self) -> None:
        """Remove what a crash has left."""
        await self._hass.async_add_executor_job(remove_left_behind, self._folder)

    async def async_stop(self) -> None:
        """Give up what is being made, and let nothing be taken away any more."""
        self._is_stopped = True
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait({*self._tasks})
        for export in [*self._exports.values()]:
            await self._async_try_discard(export)

    async def async_export(
        self, order: ExportOrder, tell: Tell = lambda progress: None
    ) -> ReadyExport:
        """Make an archive when its turn comes; return once it can be taken away."""
        task = self.async_begin(order, tell)
        # Unlike awaiting the task, this does not cancel it when nobody waits any more.
        await asyncio.wait((task,))
        if task.cancelled():
            raise ExportStopped
        return task.result()

    @callback
    def async_begin(
        self, order: ExportOrder, tell: Tell = lambda progress: None
    ) -> asyncio.Task[ReadyExport]:
        """Begin to make an archive; to cancel the task leaves nothing of it."""
        task = self._hass.async_create_background_task(
            self._async_make(order, tell), "voice_retention export"
        )
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        task.add_done_callback(take_note)
        return task

    # For whoever takes one away

    @callback
    def begin_download(self, ticket: str) -> Download | None:
        """Return what a link leads to, if it still does; an earlier attempt ends now."""
        export = self._tickets.get(ticket)
        if export is None or export.expires is None or export.is_discarded:
            return None
        if export.expires <= dt_util.utcnow():
            return None
        export.attempts += 1
        export.downloads += 1
        return Download(self._hass, export)

    async def async_end_download(
        self, download: Download, *, is_complete: bool
    ) -> None:
        """Let go of an archive when it was taken away, or nobody may try any more."""
        export = download.export
        export.downloads -= 1
        is_over = export.expires is None or export.expires <= dt_util.utcnow()
        if is_complete or (is_over and not export.downloads):
            # Home Assistant gives up on a request whose client is gone, at any moment.
            await async_uninterrupted(
                self._hass, self._async_try_discard(export), "discard export"
            )

    # For whoever deletes

    async def async_count(
        self, recording_ids: frozenset[str], contents: frozenset[Content]
    ) -> int:
        """Count the contents of some recordings in all archives."""
        return sum(
            [
                await self._async_count_in(export, recording_ids, contents)
                for export in [*self._exports.values()]
            ]
        )

    async def async_destroy(
        self, recording_ids: frozenset[str], contents: frozenset[Content]
    ) -> int:
        """Discard every archive that has any of it; return how many contents that were."""
        destroyed = 0
        for export in [*self._exports.values()]:
            if count := await self._async_count_in(export, recording_ids, contents):
                await self._async_discard(export)
                destroyed += count
        return destroyed

    async def _async_count_in(
        self,
        export: Export,
        recording_ids: frozenset[str],
        contents: frozenset[Content],
    ) -> int:
        """Count the contents of some recordings in an archive."""
        # Whoever makes it may go on meanwhile.
        return await self._hass.async_add_executor_job(
            _count, dict(export.held), recording_ids, contents
        )

    # Making

    async def _async_make(self, order: ExportOrder, tell: Tell) -> ReadyExport:
        """Make an archive when its turn comes."""
        async with self._lock:
            if self._is_stopped:
                raise ExportStopped
            job = ExportJob(self._hass, self._storage, order, self._satellite_name)
            await job.async_list()
            if not job.items:
                raise NothingMatches
            with disk_errors_translated():
                export = await self._async_begin(job.size)
            try:
                return await self._async_fill(export, job, tell)
            except BaseException:
                await self._async_try_discard(export)
                raise
            finally:
                self._on_progress(None)

    async def _async_begin(self, size: int) -> Export:
        """Make a place for an archive of about this size."""
        export_id = uuid4().hex

        def make() -> SealedSpool:
            spool = SealedSpool(self._folder / FOLDER / export_id)
            try:
                spool.ensure_room(size)
            except BaseException:
                spool.discard()
                raise
            return spool

        export = Export(
            export_id=export_id,
            file_name=f"{DOMAIN}_{dt_util.now():%Y-%m-%d_%H-%M-%S}.zip",
            spool=await self._hass.async_add_executor_job(make),
        )
        self._exports[export_id] = export
        return export

    async def _async_fill(
        self, export: Export, job: ExportJob, tell: Tell
    ) -> ReadyExport:
        """Write an archive, then who takes it away, and only then make the link."""

        @callback
        def told(progress: ExportProgress) -> None:
            """Tell everybody who listens."""
            self._on_progress(progress)
            tell(progress)

        report = ExportReport(
            told, self._hass.loop.time, export.export_id, len(job.items)
        )
        try:
            with disk_errors_translated():
                size = await job.async_write(export, report.done)
        except SpoolGoneError as err:
            raise ExportPurged from err
        if not export.held:
            raise NothingMatches
        await job.async_write_down(export)
        if export.is_discarded:
            raise ExportPurged
        return self._publish(export, size)

    @callback
    def _publish(self, export: Export, size: int) -> ReadyExport:
        """Make the link to an archive."""
        ticket = secrets.token_urlsafe(32)
        export.expires = dt_util.utcnow() + GOOD_FOR
        self._tickets[ticket] = export

        async def expire(now: datetime) -> None:
            """End the link; whoever is just taking it away may come to the end."""
            export.cancel_expiry = None
            if not export.downloads:
                await self._async_try_discard(export)

        export.cancel_expiry = async_call_later(self._hass, GOOD_FOR, expire)
        return ReadyExport(
            export_id=export.export_id,
            recordings=len(export.held),
            size=size,
            url=f"{EXPORT_URL}{ticket}",
            expires=export.expires,
        )

    # Letting go

    async def _async_discard(self, export: Export) -> None:
        """Make an archive unreadable, then delete it; raises if only that is not possible."""
        export.is_discarded = True
        if export.cancel_expiry is not None:
            export.cancel_expiry()
            export.cancel_expiry = None
        for ticket, other in [*self._tickets.items()]:
            if other is export:
                del self._tickets[ticket]
        await self._hass.async_add_executor_job(export.spool.discard)
        self._exports.pop(export.export_id, None)

    async def _async_try_discard(self, export: Export) -> None:
        """Discard an archive; what cannot be deleted is noise, and gone at the next start."""
        try:
            await self._async_discard(export)
        except OSError:
            LOGGER.error("Could not delete an export, which nobody can read any more")


def _count(
    held: dict[str, frozenset[Content]],
    recording_ids: frozenset[str],
    contents: frozenset[Content],
) -> int:
    """Count what an archive holds of some recordings."""
    return sum(len(held[key] & contents) for key in held.keys() & recording_ids)
