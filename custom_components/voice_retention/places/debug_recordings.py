"""Reach the recordings that Home Assistant makes for debugging.

With ``assist_pipeline: debug_recording_dir`` set, each run writes what it hears to
"<folder>/<device>/<pipeline>/<number>/*.wav", without the device where the client names
none, and keeps it for ever. There is no run id: a run's folder is recognised by its device
and by its time. Out of reach are folders that were used before the option was changed, and
those of a pipeline or device whose name leads out of the folder. Tried on 2026.6.0,
2026.10.4 and 2026.11.0.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import override

from homeassistant.components.assist_pipeline import (
    PipelineEventType,
    async_get_pipelines,
    const,
)
from homeassistant.components.assist_pipeline.pipeline import (
    KEY_ASSIST_PIPELINE,
    PipelineRunDebug,
)
from homeassistant.components.assist_satellite import DOMAIN as ASSIST_SATELLITE_DOMAIN
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er

from ..assist.runs import active_runs
from ..policy.models import Content
from ..vault.models import StoredRecording
from .debug_runs import DebugRun, spared_runs
from .protocol import Place, Target, VerifiedBy
from .run_folders import RunFolder, delete_folders, find_folders
from .sought import Speakers, speakers_of


async def async_finished_recordings(hass: HomeAssistant) -> list[RunFolder]:
    """List the folders of all runs, but those that are being written."""
    if (root := _root(hass)) is None:
        return []
    found = await hass.async_add_executor_job(find_folders, root)
    being_written = _being_written(hass, found)
    return [item for item in found if item not in being_written]


@callback
def has_debug_recordings(hass: HomeAssistant) -> bool:
    """Return whether Home Assistant records for debugging."""
    return _root(hass) is not None


class DebugRecordingsPlace(Place):
    """The folders of runs that recorded something."""

    key = "debug_recordings"
    verified_by = VerifiedBy.FILES_GONE
    names_speaker = True

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
        """Count the folders."""
        meant, _ = await self._async_meant(target)
        return len(meant)

    @override
    async def async_purge(self, target: Target) -> int:
        """Delete the folders, but those that are being written."""
        root = _root(self._hass)
        meant, being_written = await self._async_meant(target)
        paths = [item.path for item in meant if item not in being_written]
        if root is None or not paths:
            return 0
        return await self._hass.async_add_executor_job(
            delete_folders, root, paths, self._errors
        )

    @override
    async def async_verify(self, target: Target) -> int:
        """Look into the folder again."""
        return await self.async_find(target)

    async def _async_meant(
        self, target: Target
    ) -> tuple[list[RunFolder], list[RunFolder]]:
        """List the folders that hold audio of the target, and all being written."""
        if Content.AUDIO not in target.contents or (root := _root(self._hass)) is None:
            return [], []
        found = await self._hass.async_add_executor_job(find_folders, root)
        matcher = _matcher(self._hass, target)
        # Each folder is compared with each recording.
        meant = await self._hass.async_add_executor_job(
            lambda: list(filter(matcher.is_meant, found))
        )
        # Of all, since the newest that is meant may have been finished long ago.
        return meant, _being_written(self._hass, found)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Matcher:
    """What is needed to tell whose folder one is."""

    target: Target
    speakers: Speakers
    satellite_devices: frozenset[str]
    """Devices of all satellites, also of those that are not meant.

    Like everywhere, a device whose satellite is disabled counts as another voice client."""

    pipeline_ids: dict[str, str]
    """By name."""

    spared: list[tuple[str | None, DebugRun]]
    """Runs of held recordings, each with its device."""

    def is_meant(self, folder: RunFolder) -> bool:
        """Return whether a folder belongs to the target."""
        if any(
            device_id == folder.device_id and run.started and folder.spans(run.started)
            for device_id, run in self.spared
        ):
            return False
        if any(self._is_of(item, folder) for item in self.target.recordings):
            return True
        if self.target.is_exact or not self.target.covers(folder.started):
            return False
        if self.speakers.is_everybody or folder.device_id in self.speakers.device_ids:
            return True
        return (
            self.speakers.includes_other_clients
            and folder.device_id not in self.satellite_devices
        )

    def _is_of(self, recording: StoredRecording, folder: RunFolder) -> bool:
        """Return whether a folder is that of a recording.

        A pipeline may have another name by now; only the name of another one excludes.
        """
        pipeline_id = self.pipeline_ids.get(folder.pipeline_name)
        return (
            recording.device_id == folder.device_id
            and folder.spans(recording.created)
            and pipeline_id in (None, recording.pipeline_id)
        )


@callback
def _matcher(hass: HomeAssistant, target: Target) -> _Matcher:
    """Collect what is needed to tell whose folder one is."""
    devices = {
        entry.entity_id: entry.device_id
        for entry in er.async_get(hass).entities.values()
        if entry.domain == ASSIST_SATELLITE_DOMAIN and not entry.disabled
    }
    return _Matcher(
        target=target,
        speakers=speakers_of(hass, target),
        satellite_devices=frozenset(filter(None, devices.values())),
        pipeline_ids={item.name: item.id for item in async_get_pipelines(hass)},
        spared=[
            (run.device_id or devices.get(run.satellite_id or ""), run)
            for run in spared_runs(hass, target)
        ],
    )


@callback
def _root(hass: HomeAssistant) -> Path | None:
    """Return the folder of all recordings; none unless the household set one."""
    folder: str | None = hass.data[const.DATA_CONFIG].get(
        const.CONF_DEBUG_RECORDING_DIR
    )
    return Path(folder) if folder else None


@callback
def _has_been_heard(record: PipelineRunDebug | None) -> bool:
    """Return whether a run is past speech-to-text; one that nothing is known of may not be."""
    return record is not None and any(
        event.type is PipelineEventType.STT_END for event in record.events
    )


def _being_written(
    hass: HomeAssistant, folders: Iterable[RunFolder]
) -> list[RunFolder]:
    """Return the newest folder of each device and pipeline that is recording.

    Nothing is recorded after speech-to-text. A run that is interrupted later may never end
    for Home Assistant, and what it recorded must not stay for that.
    """
    debug = hass.data[KEY_ASSIST_PIPELINE].pipeline_debug
    recording = {
        (run._device_id, run.pipeline.name)  # noqa: SLF001
        for run in active_runs(hass)
        if run.debug_recording_thread is not None
        and not _has_been_heard(debug[run.pipeline.id].get(run.id))
    }
    newest: dict[tuple[str | None, str], RunFolder] = {}
    for item in sorted(folders, key=lambda item: item.number):
        newest[item.device_id, item.pipeline_name] = item
    return [item for key, item in newest.items() if key in recording]
