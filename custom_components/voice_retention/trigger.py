"""Triggers: what happens to voices, for automations."""

from typing import TYPE_CHECKING, Any, cast, override

import voluptuous as vol

from homeassistant.const import ATTR_ENTITY_ID, CONF_OPTIONS, CONF_TARGET
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers import config_validation as cv, entity_registry as er
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.trigger import Trigger, TriggerActionRunner, TriggerConfig
from homeassistant.helpers.typing import ConfigType
from homeassistant.util.signal_type import SignalType

from .const import VoiceEvent
from .notices import (
    SIGNAL_LEAVING,
    SIGNAL_PURGE_FAILED,
    SIGNAL_VOICE,
    Notice,
    VoiceNotice,
)
from .targets import async_known_satellites

if TYPE_CHECKING:
    # From 2026.10 on.
    from homeassistant.helpers.trigger import TriggerNotTriggeredReporter

_NO_OPTIONS = {vol.Optional(CONF_OPTIONS): vol.Any(None, {})}
_SATELLITES_SCHEMA = vol.Schema(
    {vol.Optional(CONF_TARGET): cv.TARGET_FIELDS} | _NO_OPTIONS
)
_HOUSEHOLD_SCHEMA = vol.Schema(_NO_OPTIONS)


class NoticeTrigger(Trigger):
    """Trigger on notices about satellites, or about the household as a whole."""

    _signal: SignalType[Notice] | SignalType[VoiceNotice]
    _event: VoiceEvent | None = None
    """Which of the events of a sentence is meant."""

    _schema = _SATELLITES_SCHEMA
    _description: str
    """For traces and logs, as "triggered by …"."""

    @override
    @classmethod
    async def async_validate_config(
        cls, hass: HomeAssistant, config: ConfigType
    ) -> ConfigType:
        """Check the target; that it exists can be known only once everything is loaded."""
        return cast(ConfigType, cls._schema(config))

    def __init__(self, hass: HomeAssistant, config: TriggerConfig) -> None:
        """Remember the target; none is everybody."""
        super().__init__(hass, config)
        self._target = config.target

    @override
    async def async_attach_runner(
        self,
        run_action: TriggerActionRunner,
        did_not_trigger: TriggerNotTriggeredReporter | None = None,
    ) -> CALLBACK_TYPE:
        """Run the action with each notice that is meant."""

        @callback
        def noticed(notice: Notice) -> None:
            """Run the action, without a word of what was said."""
            if self._is_meant(notice):
                run_action(self._payload(notice), self._description)

        return async_dispatcher_connect(self._hass, self._signal, noticed)

    def _is_meant(self, notice: Notice) -> bool:
        """Return whether it is this event, of one of the targeted satellites as they are now."""
        if isinstance(notice, VoiceNotice) and notice.event is not self._event:
            return False
        satellite_keys = async_known_satellites(self._hass, self._target or {})
        return satellite_keys is None or notice.satellite_key in satellite_keys

    def _payload(self, notice: Notice) -> dict[str, Any]:
        """Return what an automation gets to know."""
        key = notice.satellite_key
        entry = (
            None if key is None else er.async_get(self._hass).entities.get_entry(key)
        )
        return {
            "satellite": key,
            ATTR_ENTITY_ID: None if entry is None else entry.entity_id,
            **notice.attributes,
        }


class RecordingKeptTrigger(NoticeTrigger):
    """Trigger when something of a sentence was stored."""

    _signal = SIGNAL_VOICE
    _event = VoiceEvent.KEPT
    _description = "recording kept"


class BlockedTrigger(NoticeTrigger):
    """Trigger when a sentence, transcript or reply was refused, as it had to stay at home."""

    _signal = SIGNAL_VOICE
    _event = VoiceEvent.BLOCKED
    _description = "sending blocked"


class PurgedTrigger(NoticeTrigger):
    """Trigger when recordings were deleted."""

    _signal = SIGNAL_VOICE
    _event = VoiceEvent.PURGED
    _description = "recordings deleted"


class SentToCloudTrigger(NoticeTrigger):
    """Trigger when voice or text went to an engine that is not proven local."""

    _signal = SIGNAL_LEAVING
    _description = "voice sent to the cloud"


class PurgeFailedTrigger(NoticeTrigger):
    """Trigger when a deletion left something in some place."""

    _signal = SIGNAL_PURGE_FAILED
    _schema = _HOUSEHOLD_SCHEMA
    _description = "deletion failed"


TRIGGERS: dict[str, type[Trigger]] = {
    "blocked": BlockedTrigger,
    "purge_failed": PurgeFailedTrigger,
    "purged": PurgedTrigger,
    "recording_kept": RecordingKeptTrigger,
    "sent_to_cloud": SentToCloudTrigger,
}


async def async_get_triggers(hass: HomeAssistant) -> dict[str, type[Trigger]]:
    """Return the triggers."""
    return TRIGGERS
