"""Reach the audio files of spoken replies.

They lie in the folder "tts" of the configuration, one for each text, voice and format, for
ever; an MP3 carries its text as title. Of a reply that was streamed while it was made there
is no file. Tried on 2026.6.0, 2026.10.4 and 2026.11.0.
"""

import asyncio
from collections.abc import Iterable
from pathlib import Path
from typing import Final, override

from homeassistant.core import HomeAssistant

from ..const import LOGGER
from .protocol import Place, Target, VerifiedBy
from .replies import is_loading, is_reply, reply_digests, speech_manager

WRITER: Final = "tts_load_data_into_cache"
"""How the names of the tasks begin that make speech and write it down."""

PATIENCE: Final = 2.0
"""Seconds in which made speech is on disk, also when that is busy."""


class TtsCachePlace(Place):
    """The files of exactly the replies that are meant, not the whole cache."""

    key = "tts_cache"
    verified_by = VerifiedBy.FILES_GONE

    def __init__(self, hass: HomeAssistant) -> None:
        """Look into this Home Assistant."""
        self._hass = hass
        self._errors: list[OSError] = []

    @property
    @override
    def obstacle(self) -> OSError | None:
        """Return what kept the last purge from deleting a file."""
        return next(iter(self._errors), None)

    @override
    async def async_find(self, target: Target) -> int:
        """Count the files, and those that are about to be written."""
        if not (digests := reply_digests(self._hass, target)):
            return 0
        await _async_let_write()
        manager = speech_manager(self._hass)
        unfinished = sum(
            is_reply(key, digests) and is_loading(cache)
            for key, cache in manager.mem_cache.items()
        )
        return len(await self._async_names(digests)) + unfinished

    @override
    async def async_purge(self, target: Target) -> int:
        """Let the manager forget the files, then delete them."""
        self._errors = []
        if not (digests := reply_digests(self._hass, target)):
            return 0
        manager = speech_manager(self._hass)
        names = await self._async_names(digests)
        for key in [key for key in manager.file_cache if is_reply(key, digests)]:
            manager.file_cache.pop(key, None)
        return await self._hass.async_add_executor_job(
            _delete, Path(manager.cache_dir), names, self._errors
        )

    @override
    async def async_verify(self, target: Target) -> int:
        """Look into the folder and into the manager's list again."""
        return await self.async_find(target)

    async def _async_names(self, digests: frozenset[str]) -> set[str]:
        """Return the names of files that are in the folder or in the manager's list."""
        manager = speech_manager(self._hass)
        on_disk = await self._hass.async_add_executor_job(
            _names, Path(manager.cache_dir), digests
        )
        known = manager.file_cache.items()
        return on_disk | {name for key, name in known if is_reply(key, digests)}


async def _async_let_write() -> None:
    """Wait a moment for files that are being written, which nobody else can see yet."""
    writing = [
        task for task in asyncio.all_tasks() if task.get_name().startswith(WRITER)
    ]
    if writing:
        await asyncio.wait(writing, timeout=PATIENCE)


def _names(folder: Path, digests: frozenset[str]) -> set[str]:
    """List the files of replies, those included that Home Assistant does not know."""
    return {file.name for file in folder.iterdir() if is_reply(file.name, digests)}


def _delete(folder: Path, names: Iterable[str], errors: list[OSError]) -> int:
    """Delete files, every one that can be; return how many are gone."""
    deleted = 0
    for name in names:
        try:
            (folder / name).unlink(missing_ok=True)
        except OSError as err:
            # The name tells what was said to whoever can guess it, so it is not logged.
            LOGGER.warning("A spoken reply could not be deleted: %s", err.strerror)
            errors.append(err)
        else:
            deleted += 1
    return deleted
