"""Sweep before a backup, so that it takes nothing along that is overdue."""

import asyncio

from homeassistant.core import HomeAssistant

from .const import DOMAIN, LOGGER
from .data import VoiceRetentionConfigEntry

SWEEP_SECONDS = 30
"""A backup is not kept waiting for longer; the sweep then goes on beside it."""


async def async_pre_backup(hass: HomeAssistant) -> None:
    """Delete what has expired.

    Nothing is raised, whatever happens: it would stop the user's backup.
    """
    entries: list[VoiceRetentionConfigEntry] = hass.config_entries.async_loaded_entries(
        DOMAIN
    )
    for entry in entries:
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


async def async_post_backup(hass: HomeAssistant) -> None:
    """Do nothing; Home Assistant takes a backup platform only if it has both functions."""
