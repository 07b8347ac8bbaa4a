"""Prepare a backup: sweep, so that it takes nothing along that is overdue, and lay out what it may take."""

import asyncio

from homeassistant.core import HomeAssistant

from .backup_copy import async_backup_copy
from .const import CONF_IN_BACKUPS, DOMAIN, LOGGER, InBackups
from .data import VoiceRetentionConfigEntry

SWEEP_SECONDS = 30
"""A backup is not kept waiting for longer; the sweep then goes on beside it."""


async def async_pre_backup(hass: HomeAssistant) -> None:
    """Delete what has expired, then copy the rest if the household wants it in backups.

    Nothing is raised, whatever happens: it would stop the user's backup.
    """
    try:
        async_backup_copy(hass).async_begin()
        entries: list[VoiceRetentionConfigEntry] = (
            hass.config_entries.async_loaded_entries(DOMAIN)
        )
        for entry in entries:
            await _async_sweep(hass, entry)
            includes = InBackups(entry.options[CONF_IN_BACKUPS])
            if includes is not InBackups.NO:
                await async_backup_copy(hass).async_make(
                    entry.runtime_data.storage, includes
                )
    except Exception:  # noqa: BLE001
        # The user's backup is worth more.
        LOGGER.exception("Could not prepare a backup")


async def async_post_backup(hass: HomeAssistant) -> None:
    """Take away what was laid out; nothing is raised here either."""
    try:
        await async_backup_copy(hass).async_end()
    except Exception:  # noqa: BLE001
        # The backup is made by now, and would be reported as failed.
        LOGGER.exception("Could not clear up after a backup")


async def _async_sweep(hass: HomeAssistant, entry: VoiceRetentionConfigEntry) -> None:
    """Delete what has expired, in reasonable time."""
    sweep = entry.async_create_background_task(
        hass, entry.runtime_data.sweeper.async_sweep(), "sweep before backup"
    )
    # Unlike a timeout around the sweep, this neither cancels it nor raises.
    await asyncio.wait({sweep}, timeout=SWEEP_SECONDS)
    if not sweep.done():
        LOGGER.warning(
            "The sweep before a backup takes longer than %s seconds; the backup "
            "may contain recordings that have just expired",
            SWEEP_SECONDS,
        )
    elif not sweep.cancelled() and (error := sweep.exception()):
        LOGGER.error("The sweep before a backup failed", exc_info=error)
