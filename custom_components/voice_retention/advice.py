"""Tell of what Home Assistant collects beside us, and what can be done about it."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy.exc import SQLAlchemyError

from homeassistant.const import EVENT_LOGGING_CHANGED
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.helpers.event import async_track_time_interval

from .const import CONF_ADOPT_DEBUG_RECORDINGS, LOGGER, IssueId
from .issue_registry import async_clear, async_raise
from .places.debug_recordings import has_debug_recordings
from .places.loud_loggers import loud_loggers
from .places.recorder_repack import REPACKABLE, async_repack
from .places.recorder_rows import RecorderUnavailableError

LOOK_EVERY: Final = timedelta(minutes=5)
"""A library may change the level of its logger without telling."""


@callback
def async_advise(hass: HomeAssistant, options: Mapping[str, Any]) -> CALLBACK_TYPE:
    """Tell of what is there now, and go on until the returned function is called."""
    _advise_on_recordings(hass, options)
    return _advise_on_logs(hass)


@callback
def _advise_on_recordings(hass: HomeAssistant, options: Mapping[str, Any]) -> None:
    """Tell of debug recordings that nobody deletes; their folder is set at start only."""
    if has_debug_recordings(hass) and not options[CONF_ADOPT_DEBUG_RECORDINGS]:
        async_raise(hass, IssueId.DEBUG_RECORDINGS)
    else:
        async_clear(hass, IssueId.DEBUG_RECORDINGS)


@callback
def async_advise_on_residues(hass: HomeAssistant, residues: Collection[str]) -> None:
    """Tell of what a deletion that somebody asked for may have left in a database."""
    if REPACKABLE & {*residues}:
        async_raise(hass, IssueId.RECORDER_RESIDUE)


async def async_repack_or_tell(hass: HomeAssistant) -> None:
    """Repack the recorder's database; tell again of what is left if that fails."""
    try:
        await async_repack(hass)
    except (RecorderUnavailableError, SQLAlchemyError) as err:
        LOGGER.error(
            "The recorder's database could not be repacked: %s", type(err).__name__
        )
        async_raise(hass, IssueId.RECORDER_RESIDUE)
    else:
        async_clear(hass, IssueId.RECORDER_RESIDUE)


@callback
def _advise_on_logs(hass: HomeAssistant) -> CALLBACK_TYPE:
    """Tell of loggers that write what is said, until the returned function is called."""

    @callback
    def look(_: Event | datetime | None = None) -> None:
        """Look at the levels of all loggers."""
        if names := loud_loggers(hass):
            async_raise(
                hass,
                IssueId.DEBUG_LOGS,
                {"loggers": "\n".join(f"- {name}" for name in names)},
            )
        else:
            async_clear(hass, IssueId.DEBUG_LOGS)

    look()
    stop_listening = hass.bus.async_listen(EVENT_LOGGING_CHANGED, look)
    stop_timer = async_track_time_interval(hass, look, LOOK_EVERY)

    @callback
    def stop() -> None:
        """Look no more."""
        stop_listening()
        stop_timer()

    return stop
