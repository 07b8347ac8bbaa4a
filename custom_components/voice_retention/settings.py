"""Keep what the household chose, across restarts and before the first sentence."""

import asyncio
from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, TypedDict, override

from homeassistant.core import CoreState, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.storage import Store
from homeassistant.util.json import load_json

from .assist.guard_memory import GuardMemory, recover_guards
from .assist.pipelines import EngineKind
from .const import DOMAIN, LOGGER, RECORDING_KEEP_OPTIONS, TRANSCRIPT_KEEP_OPTIONS
from .errors import SettingsNotSaved
from .policy.choices import OTHER_CLIENTS, Keep, SatelliteSettings, Settings

STORAGE_VERSION = 1
STORAGE_MINOR_VERSION = 1


class StoredSettings(TypedDict):
    """The settings as they lie on disk."""

    satellites: dict[str, dict[str, Any]]
    keep_recordings: str
    keep_transcripts: str
    guest_mode: bool
    guards: dict[str, str]
    placed: dict[str, list[str]]


class _Store(Store[StoredSettings]):
    """Storage of the settings; a later version adds its migration here."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Open the private store."""
        super().__init__(
            hass,
            STORAGE_VERSION,
            DOMAIN,
            private=True,
            atomic_writes=True,
            minor_version=STORAGE_MINOR_VERSION,
        )

    @override
    async def _async_migrate_func(
        self, old_major_version: int, old_minor_version: int, old_data: StoredSettings
    ) -> StoredSettings:
        """Take over data of an older version; there is none yet."""
        return old_data


class SettingsStore:
    """Hold one snapshot of the settings, save each change at once, and tell listeners.

    A change is on disk before the call that made it returns: a switch that a person saw
    turn on is on after a power cut too.
    """

    def __init__(self, hass: HomeAssistant) -> None:
        """Start with nothing; call ``async_load`` before use."""
        self._hass = hass
        self._store = _Store(hass)
        self._save_lock = asyncio.Lock()
        self._listeners: list[Callable[[], None]] = []
        self.current = Settings()
        self.guard_memory = GuardMemory()

    async def async_load(self, *, is_first: bool) -> None:
        """Read the settings; when they are missing though they once existed, protect everybody."""
        try:
            data = await self._store.async_load()
            if data is not None:
                self.current, self.guard_memory = _parse(data)
        except Exception:  # noqa: BLE001
            # Whatever is wrong with the file, the answer is the same: assume nothing
            # about what the household allowed.
            LOGGER.exception("The settings could not be read")
            data = None
        if data is None and is_first:
            await self._async_save()
        elif data is None:
            self.current = Settings(lost=True)
            self.guard_memory = GuardMemory(guards=recover_guards(self._hass))

    @callback
    def async_listen(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call ``listener`` after each change; the returned function stops that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    async def async_update(self, **changes: Any) -> None:
        """Change fields of the snapshot, tell the listeners, and save."""
        await self._async_set(replace(self.current, **changes))

    async def async_update_satellite(self, satellite_key: str, **changes: Any) -> None:
        """Change the settings of one satellite."""
        old = self.for_satellite(satellite_key)
        await self.async_replace_satellites({satellite_key: replace(old, **changes)})

    async def async_replace_satellites(
        self, chosen: Mapping[str, SatelliteSettings]
    ) -> None:
        """Change the settings of some satellites in one step."""
        satellites = {**self.current.satellites, **chosen}
        await self._async_set(replace(self.current, satellites=satellites))

    @callback
    def for_satellite(self, satellite_key: str) -> SatelliteSettings:
        """Return what was chosen for a satellite."""
        return self.current.satellites.get(satellite_key, SatelliteSettings())

    async def async_set_guard_memory(self, memory: GuardMemory) -> None:
        """Remember which engine stands behind each guard.

        Failing to is no reason not to guard: the registry knows it too.
        """
        if memory == self.guard_memory:
            return
        self.guard_memory = memory
        try:
            await self._async_save()
        except SettingsNotSaved:
            LOGGER.warning("The guards could not be remembered")

    async def async_confirm_lost(self, satellite_keys: Collection[str]) -> None:
        """Start afresh after a loss: everybody stays protected until switched off one by one."""
        satellites = {
            key: SatelliteSettings(dont_send_audio=True, dont_send_text=True)
            for key in (OTHER_CLIENTS, *satellite_keys)
        }
        await self._async_set(Settings(satellites=satellites))

    async def async_remove(self) -> None:
        """Delete the settings from disk, and what Home Assistant put aside as damaged."""
        await self._store.async_remove()
        await self._hass.async_add_executor_job(_remove_damaged, Path(self._store.path))

    async def _async_set(self, settings: Settings) -> None:
        """Take a new snapshot: in force at once, then on disk."""
        self.current = settings
        for listener in list(self._listeners):
            listener()
        await self._async_save()

    async def _async_save(self) -> None:
        """Write everything now, and raise if it is not on disk then."""
        if self.current.lost:
            # The file is still the only trace of what was chosen; leave it alone.
            return
        async with self._save_lock:
            data = self._stored()
            await self._store.async_save(data)
            if self._hass.state is CoreState.stopping:
                # The store writes last of all then.
                return
            # The store only logs what goes wrong, but a protection that is not on disk
            # would be off after a restart.
            if not await self._hass.async_add_executor_job(
                _is_on_disk, Path(self._store.path), data
            ):
                raise SettingsNotSaved

    def _stored(self) -> StoredSettings:
        """Return the settings as they are to lie on disk."""
        return StoredSettings(
            satellites={
                key: asdict(chosen) for key, chosen in self.current.satellites.items()
            },
            keep_recordings=self.current.keep_recordings,
            keep_transcripts=self.current.keep_transcripts,
            guest_mode=self.current.guest_mode,
            guards=dict(self.guard_memory.guards),
            placed={
                str(kind): sorted(pipeline_ids)
                for kind, pipeline_ids in self.guard_memory.placed.items()
            },
        )


def _is_on_disk(path: Path, data: StoredSettings) -> bool:
    """Return whether a file of the store holds these settings."""
    try:
        found = load_json(path)
    except HomeAssistantError:
        return False
    return isinstance(found, dict) and found.get("data") == data


def _remove_damaged(path: Path) -> None:
    """Delete the copies that Home Assistant makes of a file it cannot read."""
    for copy in path.parent.glob(f"{path.name}.corrupt.*"):
        copy.unlink(missing_ok=True)


def _parse(data: StoredSettings) -> tuple[Settings, GuardMemory]:
    """Read stored data; anything odd in it raises."""
    settings = Settings(
        satellites={
            key: SatelliteSettings(
                dont_send_audio=_switch(chosen["dont_send_audio"]),
                dont_send_text=_switch(chosen["dont_send_text"]),
                keep_recordings=Keep(chosen["keep_recordings"]),
                keep_transcripts=Keep(chosen["keep_transcripts"]),
            )
            for key, chosen in data["satellites"].items()
        },
        keep_recordings=_choice(data["keep_recordings"], RECORDING_KEEP_OPTIONS),
        keep_transcripts=_choice(data["keep_transcripts"], TRANSCRIPT_KEEP_OPTIONS),
        guest_mode=_switch(data["guest_mode"]),
    )
    memory = GuardMemory(
        guards={
            _text(guard): _text(engine) for guard, engine in data["guards"].items()
        },
        placed={
            EngineKind(kind): frozenset(map(_text, pipeline_ids))
            for kind, pipeline_ids in data["placed"].items()
        },
    )
    return settings, memory


def _switch(value: object) -> bool:
    """Return a stored switch; to guess at one could turn a protection off."""
    if not isinstance(value, bool):
        raise TypeError("A switch is either on or off")
    return value


def _choice(value: str, options: Collection[Keep]) -> Keep:
    """Return a stored choice that has to be one of some."""
    choice = Keep(value)
    if choice not in options:
        raise ValueError("A default cannot lead to another one")
    return choice


def _text(value: object) -> str:
    """Return a stored id."""
    if not isinstance(value, str):
        raise TypeError("An id is a text")
    return value
