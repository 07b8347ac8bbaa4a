"""Make the parts of an entry, connect them, and take them apart again."""

from collections.abc import Mapping
from pathlib import Path
import shutil
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_send
from homeassistant.util import dt as dt_util

from .assist.guards import GuardKeeper
from .assist.locality import LocalityBook
from .assist.pipelines import async_replace_engines
from .assist.satellites import SatelliteDirectory
from .assist.sentence import GuardRules
from .const import (
    CONF_ATTESTED,
    CONF_INITIAL,
    CONF_KEEP_UNRECOGNISED,
    CONF_LOCAL_ENGINES,
    CONF_MAX_SECONDS,
    CONF_MAX_SIZE_MB,
    CONF_PIPELINES,
    CONF_PROTECT_ALL,
    STORAGE_FOLDER,
    IssueId,
    VoiceEvent,
)
from .coordinator import StatusCoordinator
from .data import VoiceRetentionConfigEntry, VoiceRetentionData
from .issue_registry import async_clear_all, async_raise
from .keeper import Keeper
from .notices import SIGNAL_VOICE, VoiceNotice
from .places.pipeline_debug import PipelineDebugPlace
from .places.vault import VaultPlace
from .policy.models import Keep, Origin, Rule
from .policy.rules import rule_for_origin
from .purge.purger import Purger
from .purge.receipts import Receipt
from .purge.sweep import Sweeper
from .settings import SettingsStore
from .storage import Storage

BYTES_PER_MB = 1_000_000


async def async_make_parts(
    hass: HomeAssistant, entry: VoiceRetentionConfigEntry
) -> VoiceRetentionData:
    """Make every part and connect them; settings come first, for nothing may run without."""
    options = entry.options
    settings = await _async_load_settings(hass, entry)
    satellites = SatelliteDirectory(hass)
    localities = LocalityBook(hass, options[CONF_ATTESTED])
    storage = Storage(hass, storage_folder(hass))
    status = StatusCoordinator(
        hass,
        entry,
        storage=storage,
        settings=settings,
        satellites=satellites,
        localities=localities,
    )

    @callback
    def receipt_filed(receipt: Receipt, counts: Mapping[str, int]) -> None:
        """Tell everybody whom a purge concerned."""
        for satellite_key, count in counts.items():
            async_dispatcher_send(
                hass,
                SIGNAL_VOICE,
                VoiceNotice(
                    satellite_key=satellite_key,
                    event=VoiceEvent.PURGED,
                    attributes={
                        "count": str(count),
                        "reason": str(receipt.scope.asked_by),
                    },
                ),
            )
        status.async_purged(receipt.finished)

    purger = Purger(
        source=storage,
        places=(VaultPlace(storage), PipelineDebugPlace(hass)),
        satellites=satellites,
        utcnow=dt_util.utcnow,
        on_receipt=receipt_filed,
    )
    sweeper = Sweeper(
        hass,
        source=storage,
        purger=purger,
        max_size=options[CONF_MAX_SIZE_MB] * BYTES_PER_MB,
        on_swept=status.async_swept,
    )

    @callback
    def sentences_stored() -> None:
        """Look after what has just become more: its expiry, the size, and the status."""
        status.async_something_happened()
        entry.async_create_background_task(
            hass, sweeper.async_sweep(), "voice_retention sweep after storing"
        )

    keeper = Keeper(
        hass,
        shelf=storage,
        settings=lambda: settings.current,
        keep_unrecognised=options[CONF_KEEP_UNRECOGNISED],
        on_stored=sentences_stored,
    )
    data = VoiceRetentionData(
        settings=settings,
        satellites=satellites,
        localities=localities,
        guards=GuardKeeper(
            hass,
            memory=settings.guard_memory,
            save=settings.async_set_guard_memory,
            protected=None
            if options[CONF_PROTECT_ALL]
            else frozenset(options[CONF_PIPELINES]),
        ),
        rules=GuardRules(
            satellites=satellites,
            localities=localities,
            settings=lambda: settings.current,
            listen_settings=settings.async_listen,
            local_engines=tuple(options[CONF_LOCAL_ENGINES]),
            max_seconds=options[CONF_MAX_SECONDS],
            on_end=keeper.async_keep,
        ),
        storage=storage,
        keeper=keeper,
        purger=purger,
        sweeper=sweeper,
        status=status,
    )
    await _async_start(hass, entry, data)
    return data


async def _async_load_settings(
    hass: HomeAssistant, entry: ConfigEntry
) -> SettingsStore:
    """Load what the household chose; at the very first time, what it chose in the flow."""
    settings = SettingsStore(hass)
    initial: dict[str, Any] | None = entry.data.get(CONF_INITIAL)
    await settings.async_load(is_first=initial is not None)
    if initial is not None:
        await settings.async_update(
            **{key: Keep(choice) for key, choice in initial.items()}
        )
        # From now on a missing file means that settings were lost.
        hass.config_entries.async_update_entry(entry, data={})
    if settings.current.lost:
        async_raise(hass, IssueId.SETTINGS_LOST)
    return settings


async def _async_start(
    hass: HomeAssistant, entry: ConfigEntry, data: VoiceRetentionData
) -> None:
    """Set the parts going, each tied to the entry."""
    entry.async_on_unload(data.satellites.async_start())
    entry.async_on_unload(await data.localities.async_start())
    entry.async_on_unload(data.sweeper.async_stop)
    entry.async_on_unload(data.status.async_shutdown)
    data.keeper.async_start(entry)

    def rule_for(origin: Origin) -> Rule:
        """Return the rule by which something stored is kept now."""
        return rule_for_origin(data.settings.current, origin)

    async def apply_limits() -> None:
        """Apply the retention to what is stored; unknown wishes change nothing of it."""
        if data.settings.current.lost:
            await data.sweeper.async_sweep()
        else:
            await data.sweeper.async_apply_limits(rule_for)

    @callback
    def settings_changed() -> None:
        """Follow a change of the settings."""
        data.status.async_something_happened()
        entry.async_create_background_task(
            hass, apply_limits(), "voice_retention apply retention"
        )

    entry.async_on_unload(data.settings.async_listen(settings_changed))
    entry.async_on_unload(
        data.satellites.async_listen(data.status.async_something_happened)
    )
    entry.async_on_unload(
        data.localities.async_listen(data.status.async_something_happened)
    )
    await data.status.async_refresh()
    settings_changed()


async def async_leave_pipelines(hass: HomeAssistant, settings: SettingsStore) -> None:
    """Put back the engine behind every guard that stands in a pipeline."""
    await async_replace_engines(hass, settings.guard_memory.guards)


async def async_remove_traces(hass: HomeAssistant) -> None:
    """Leave no guard in a pipeline, and no file."""
    settings = SettingsStore(hass)
    await settings.async_load(is_first=False)
    await async_leave_pipelines(hass, settings)
    await settings.async_remove()
    await hass.async_add_executor_job(_remove_folder, storage_folder(hass))
    async_clear_all(hass)


def storage_folder(hass: HomeAssistant) -> Path:
    """Return where the vault lies."""
    return Path(hass.config.path(*STORAGE_FOLDER))


def _remove_folder(folder: Path) -> None:
    """Delete the vault with everything in it."""
    shutil.rmtree(folder, ignore_errors=True)
