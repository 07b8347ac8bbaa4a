"""Bring recordings out of the vault and into an archive."""

from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import batched
from typing import Any, Final

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util, slugify

from ..answers import access_answer, ledger_answer, recording_answer, text_answer
from ..ledger import run_of
from ..policy.models import AccessKind, Content
from ..storage import Storage
from ..vault.books import Access
from ..vault.errors import DamagedContentError, RecordingNotFoundError
from ..vault.models import Cursor, RecordingFilter, RecordingText, StoredRecording
from ..wav import file_header, file_suffix
from .archive import Archive
from .models import Export, ExportOrder, Item

AT_ONCE: Final = 25
"""Recordings whose texts are in memory at the same time."""

PAGE: Final = 500
MOST_ENTRIES: Final = 100
"""Of one run, which has a handful."""

FOLDER: Final = "recordings"
SHORT_ID: Final = 8
LONGEST_NAME: Final = 40

_TEXT: Final = frozenset({Content.TRANSCRIPT, Content.RESPONSE})


class ExportJob:
    """One export, from the list of what is wanted to the archive.

    What is deleted meanwhile is left out if nothing of it was read yet. Otherwise the
    whole export is discarded by whoever deletes, and writing raises.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        storage: Storage,
        order: ExportOrder,
        satellite_name: Callable[[str], str],
    ) -> None:
        """Take where the recordings are."""
        self._hass = hass
        self._storage = storage
        self._order = order
        self._satellite_name = satellite_name
        self._damaged: dict[str, set[Content]] = {}
        self._files: dict[str, str] = {}
        """The name of the audio in the archive, by recording id."""

        self.items: list[Item] = []
        self.size = 0
        """About how many bytes it will be."""

    async def async_list(self) -> None:
        """Find out what is wanted."""
        cursor: Cursor | None = None
        names: set[str] = set()
        while True:
            async with self._storage.async_use() as vault:
                page = await vault.recordings.page(
                    self._order.wanted, limit=PAGE, cursor=cursor
                )
            for recording in page.items:
                self.items.append(self._item(recording, names))
                # What describes it is about a kilobyte.
                self.size += recording.size + 1024
            if (cursor := page.next_cursor) is None:
                return

    async def async_write(self, export: Export, on_done: Callable[[int], None]) -> int:
        """Write the archive and return its size; tell how many recordings are done."""
        work = self._hass.async_add_executor_job
        archive = await work(Archive, export.spool)
        try:
            for number, item in enumerate(self.items, 1):
                if Content.AUDIO in item.contents:
                    await self._async_write_audio(export, archive, item)
                    on_done(number)
            now = dt_util.utcnow()
            index = await work(archive.begin_index, now)
            for some in batched(self.items, AT_ONCE, strict=False):
                described = await self._async_describe(export, some, now)
                await work(index.add, described)
            await work(index.end)
            return await work(archive.finish)
        except BaseException:
            archive.abandon()
            raise

    async def async_write_down(self, export: Export) -> None:
        """Put into the access log who takes what."""
        now = dt_util.utcnow()
        for some in batched(export.held, PAGE, strict=False):
            async with self._storage.async_use(is_writing=True) as vault:
                await vault.accesses.record(
                    *(
                        Access(
                            at=now,
                            kind=AccessKind.EXPORTED,
                            user_id=self._order.user_id,
                            recording_id=recording_id,
                        )
                        for recording_id in some
                    )
                )

    async def _async_write_audio(
        self, export: Export, archive: Archive, item: Item
    ) -> None:
        """Write the audio of a recording, if it is still there and sound."""
        before = export.held.get(item.recording_id, frozenset())
        # Before it is read: whoever deletes it from now on has to know.
        export.held[item.recording_id] = before | {Content.AUDIO}
        try:
            async with self._storage.async_use() as vault:
                audio = await vault.recordings.read_audio(item.recording_id)
        except RecordingNotFoundError:
            del export.held[item.recording_id]
            return
        except DamagedContentError:
            self._damaged.setdefault(item.recording_id, set()).add(Content.AUDIO)
            return
        await self._hass.async_add_executor_job(
            archive.add_audio,
            item.file_name,
            item.created,
            file_header(item.audio_format, len(audio)),
            audio,
        )
        self._files[item.recording_id] = item.file_name

    async def _async_describe(
        self, export: Export, items: Sequence[Item], now: datetime
    ) -> list[dict[str, Any]]:
        """Return all that is known of some recordings."""
        ids = [item.recording_id for item in items]
        texts: dict[str, RecordingText] = {}
        for item in items:
            if wanted := item.contents & _TEXT:
                before = export.held.get(item.recording_id, frozenset())
                export.held[item.recording_id] = before | wanted
        async with self._storage.async_use() as vault:
            if self._order.contents & _TEXT:
                texts = await vault.recordings.read_text(ids)
            found = await vault.recordings.find(RecordingFilter(recording_ids=ids))
            accesses = await vault.accesses.of(ids)
            ledger = {
                item.recording_id: await vault.ledger.page(
                    run_of(item), limit=MOST_ENTRIES
                )
                for item in found
            }
        for recording_id in {*ids} - {item.recording_id for item in found}:
            # Nothing of it is written if its words are not.
            if recording_id not in self._files:
                export.held.pop(recording_id, None)
        return [
            recording_answer(recording, now)
            | {
                "satellite_name": self._satellite_name(recording.satellite_key),
                "file": self._files.get(recording.recording_id),
                **self._words(recording.recording_id, texts),
                "accesses": [
                    access_answer(access)
                    for access in accesses.get(recording.recording_id, ())
                ],
                "ledger": [
                    ledger_answer(entry)
                    for entry in reversed(ledger[recording.recording_id].items)
                ],
            }
            for recording in found
        ]

    def _words(
        self, recording_id: str, texts: dict[str, RecordingText]
    ) -> dict[str, Any]:
        """Return what was said and answered, as far as wanted, and what is damaged."""
        text = texts.get(recording_id, RecordingText())
        wanted = self._order.contents
        damaged = self._damaged.get(recording_id, set()) | (text.damaged & wanted)
        return {
            key: words if Content(key) in wanted else None
            for key, words in text_answer(text).items()
        } | {"damaged": sorted(damaged)}

    def _item(self, recording: StoredRecording, names: set[str]) -> Item:
        """Note what of a recording is wanted, under a name that is safe everywhere."""
        local = dt_util.as_local(recording.created)
        satellite = slugify(self._satellite_name(recording.satellite_key))
        stem = f"{local:%Y-%m-%d_%H-%M-%S}_{satellite[:LONGEST_NAME]}"
        name = f"{stem}_{recording.recording_id[:SHORT_ID]}"
        if name in names:
            name = f"{stem}_{recording.recording_id}"
        names.add(name)
        return Item(
            recording_id=recording.recording_id,
            created=recording.created,
            contents=recording.contents & self._order.contents,
            audio_format=recording.audio_format,
            file_name=f"{FOLDER}/{name}{file_suffix(recording.audio_format)}",
        )
