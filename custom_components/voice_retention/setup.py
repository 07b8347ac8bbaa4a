"""Make the parts of an entry, connect them, and set them going."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from homeassistant.components.conversation import HOME_ASSISTANT_AGENT
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import EVENT_HOMEASSISTANT_FINAL_WRITE
from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.util import dt as dt_util

from .advice import async_advise
from .agent_tools.offering import async_offer_tools
from .agent_tools.plans import PlanBook
from .assist.coverage import listen_choices
from .assist.guards import GuardKeeper
from .assist.history import HistoryBook
from .assist.locality import LocalityBook
from .assist.pipelines import listen_pipelines
from .assist.rules import GuardRules
from .assist.satellites import SatelliteDirectory
from .backup_copy import CopyKeys, async_backup_copy
from .backup_history import BackupMemory
from .capture_log import CaptureLog
from .commands.asked import Household
from .commands.listener import CommandListener
from .commands.phrasebook import VoiceCommand
from .const import (
    CONF_ADOPT_DEBUG_RECORDINGS,
    CONF_ATTESTED,
    CONF_COMMANDS,
    CONF_COMMANDS_HOUSEHOLD_WIDE,
    CONF_COMMANDS_MAY_LOWER,
    CONF_KEEP_LEDGER,
    CONF_KEEP_UNRECOGNISED,
    CONF_LOCAL_AGENTS,
    CONF_LOCAL_ENGINES,
    CONF_LOCAL_VOICES,
    CONF_MAX_SECONDS,
    CONF_MAX_SIZE_MB,
    CONF_PIPELINES,
    CONF_PROTECT_ALL,
    CONF_TRANSCRIPT_ENTITIES,
)
from .coordinator import StatusCoordinator
from .data import VoiceRetentionConfigEntry, VoiceRetentionData
from .exports.desk import ExportDesk
from .initial_settings import async_load_settings
from .keeper import Batch, Keeper
from .ledger import LedgerBook
from .places.all import make_places
from .places.reach.all import Reach
from .playback import PlaybackDesk
from .policy.choices import KEEP_LIMITS, Keep, Settings
from .policy.rules import have_same_limits, rule_for_origin
from .purge.adoption import AdoptedRecordings, async_watch_runs
from .purge.ledger import LedgerExpiry
from .purge.purger import Purger
from .purge.queue import PurgeQueue
from .purge.recent import RecentPurges
from .purge.sweep import Sweeper
from .purge.verification import Verifier
from .purge_book import PurgeBook
from .receipt_news import async_tell_of_receipt
from .settings import SettingsStore
from .storage import Storage
from .teardown import async_stop_parts, storage_folder

BYTES_PER_MB = 1_000_000


async def async_make_parts(
    hass: HomeAssistant, entry: VoiceRetentionConfigEntry
) -> VoiceRetentionData:
    """Make every part; settings come first, for nothing may run without."""
    options = entry.options
    settings = await async_load_settings(hass, entry)
    satellites = SatelliteDirectory(hass)
    localities = LocalityBook(hass, options[CONF_ATTESTED])
    copy = async_backup_copy(hass)
    storage = Storage(hass, storage_folder(hass), restored=copy.left_behind)
    ledger = LedgerBook(storage)
    queue = PurgeQueue(PurgeBook(storage))
    guards = _make_guards(hass, options, settings)
    status = StatusCoordinator(
        hass,
        entry,
        storage=storage,
        ledger=ledger,
        queue=queue,
        settings=settings,
        satellites=satellites,
        localities=localities,
        engine_behind=guards.engine_behind,
    )
    recent = RecentPurges()
    keeper = Keeper(
        hass,
        shelf=storage,
        settings=lambda: settings.current,
        purged=recent.contents_of,
        keep_unrecognised=options[CONF_KEEP_UNRECOGNISED],
    )
    exports = ExportDesk(
        hass,
        storage,
        storage_folder(hass),
        satellite_name=status.satellite_name,
        on_progress=status.async_exporting,
    )
    places = make_places(
        hass,
        deletion=storage,
        copy=CopyKeys(copy, storage),
        exports=exports,
        ledger=ledger,
        transcript_entities=options[CONF_TRANSCRIPT_ENTITIES],
    )
    purger = Purger(
        hass,
        source=storage,
        queue=queue,
        places=places,
        reach=Reach(hass, ledger, BackupMemory(copy, storage), satellites),
        satellites=satellites,
        utcnow=dt_util.utcnow,
        settle=keeper.async_settle,
        recent=recent,
        on_receipt=partial(async_tell_of_receipt, hass, status),
        on_progress=status.async_progressed,
    )
    adopted = None
    if options[CONF_ADOPT_DEBUG_RECORDINGS]:
        adopted = AdoptedRecordings(
            hass,
            source=storage,
            purger=purger,
            queue=queue,
            satellites=satellites,
            settings=lambda: settings.current,
            utcnow=dt_util.utcnow,
        )
    household = Household(
        hass=hass,
        satellites=satellites,
        settings=settings,
        storage=storage,
        ledger=ledger,
        keeper=keeper,
        purger=purger,
        is_household_wide=options[CONF_COMMANDS_HOUSEHOLD_WIDE],
        may_lower=options[CONF_COMMANDS_MAY_LOWER],
    )
    return VoiceRetentionData(
        settings=settings,
        satellites=satellites,
        localities=localities,
        guards=guards,
        rules=GuardRules(
            satellites=satellites,
            localities=localities,
            history=HistoryBook(
                hass, satellites=satellites, settings=lambda: settings.current
            ),
            settings=lambda: settings.current,
            listen_settings=settings.async_listen,
            local_engines=tuple(options[CONF_LOCAL_ENGINES]),
            # The default agent is always there, and comes last.
            local_agents=(*options[CONF_LOCAL_AGENTS], HOME_ASSISTANT_AGENT),
            local_voices=tuple(options[CONF_LOCAL_VOICES]),
            max_seconds=options[CONF_MAX_SECONDS],
            on_end=keeper.async_keep,
            on_handover=keeper.async_note,
        ),
        storage=storage,
        ledger=ledger,
        playback=PlaybackDesk(storage),
        exports=exports,
        keeper=keeper,
        queue=queue,
        purger=purger,
        verifier=Verifier(source=storage, places=places, satellites=satellites),
        adopted=adopted,
        sweeper=Sweeper(
            hass,
            source=storage,
            purger=purger,
            queue=queue,
            ledger=LedgerExpiry(ledger, KEEP_LIMITS[Keep(options[CONF_KEEP_LEDGER])]),
            adopted=adopted,
            max_size=options[CONF_MAX_SIZE_MB] * BYTES_PER_MB,
            on_swept=status.async_swept,
        ),
        status=status,
        household=household,
        plans=PlanBook(),
    )


async def async_start_parts(
    hass: HomeAssistant, entry: ConfigEntry, data: VoiceRetentionData
) -> None:
    """Connect the parts and set them going, each tied to the entry."""
    entry.async_on_unload(data.satellites.async_start())
    entry.async_on_unload(data.rules.history.async_start())
    entry.async_on_unload(data.guards.async_start())
    entry.async_on_unload(await data.localities.async_start())
    entry.async_on_unload(data.status.async_shutdown)
    entry.async_on_unload(
        CaptureLog(hass, data.storage, data.satellites).async_start(entry)
    )
    await data.exports.async_start()

    @callback
    def sentences_stored(batch: Batch) -> None:
        """Look after what has just become more: its expiry, the size, and the status."""
        data.status.async_something_happened()
        if data.sweeper.async_take_stored(batch.expires, batch.size):
            entry.async_create_background_task(
                hass, data.sweeper.async_sweep(), "voice_retention sweep after storing"
            )

    data.keeper.async_start(entry, sentences_stored)
    if data.adopted is not None:
        entry.async_on_unload(async_watch_runs(hass, data.adopted, data.sweeper))
        entry.async_on_unload(
            data.settings.async_listen(data.adopted.async_settings_changed)
        )
    entry.async_on_unload(async_advise(hass, entry.options))

    async def stopping(event: Event) -> None:
        """Store what was said last; Home Assistant does not unload entries when it stops."""
        await async_stop_parts(data)

    entry.async_on_unload(
        hass.bus.async_listen(EVENT_HOMEASSISTANT_FINAL_WRITE, stopping)
    )
    for listen in (data.satellites.async_listen, data.localities.async_listen):
        entry.async_on_unload(listen(data.status.async_something_happened))
    for listen_to in (listen_pipelines, listen_choices):
        entry.async_on_unload(listen_to(hass, data.status.async_something_happened))
    settings_changed = _settings_follower(hass, entry, data)
    entry.async_on_unload(data.settings.async_listen(settings_changed))
    commands = [VoiceCommand(name) for name in entry.options[CONF_COMMANDS]]
    listener = CommandListener(hass, data.household, commands)
    entry.async_on_unload(await listener.async_start(entry))
    entry.async_on_unload(async_offer_tools(hass))
    await data.status.async_refresh()
    settings_changed()


def _make_guards(
    hass: HomeAssistant, options: Mapping[str, Any], settings: SettingsStore
) -> GuardKeeper:
    """Make the keeper of the guards."""
    protect_all: bool = options[CONF_PROTECT_ALL]
    return GuardKeeper(
        hass,
        memory=settings.guard_memory,
        save=settings.async_set_guard_memory,
        protected=None if protect_all else frozenset(options[CONF_PIPELINES]),
    )


def _settings_follower(
    hass: HomeAssistant, entry: ConfigEntry, data: VoiceRetentionData
) -> Callable[[], None]:
    """Return what has to be called after each change of the settings."""
    applied: Settings | None = None

    @callback
    def settings_changed() -> None:
        """Apply new limits to what is stored; unknown wishes change nothing of it."""
        nonlocal applied
        settings = data.settings.current
        data.status.async_something_happened()
        if settings.lost or (
            applied is not None and have_same_limits(settings, applied)
        ):
            work = data.sweeper.async_sweep()
        else:
            applied = settings
            work = data.sweeper.async_apply_limits(partial(rule_for_origin, settings))
        entry.async_create_background_task(
            hass, work, "voice_retention follow settings"
        )

    return settings_changed
