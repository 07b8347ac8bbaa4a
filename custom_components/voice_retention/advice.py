"""Tell of what Home Assistant collects beside us, and what can be done about it."""

from collections.abc import Mapping
from typing import Any

from homeassistant.core import HomeAssistant, callback

from .const import CONF_ADOPT_DEBUG_RECORDINGS, IssueId
from .issue_registry import async_clear, async_raise
from .places.debug_recordings import has_debug_recordings


@callback
def async_advise(hass: HomeAssistant, options: Mapping[str, Any]) -> None:
    """Tell of debug recordings that nobody deletes; their folder is set at start only."""
    if has_debug_recordings(hass) and not options[CONF_ADOPT_DEBUG_RECORDINGS]:
        async_raise(hass, IssueId.DEBUG_RECORDINGS)
    else:
        async_clear(hass, IssueId.DEBUG_RECORDINGS)
