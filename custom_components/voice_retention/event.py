"""Events: what happened to each sentence."""

from typing import override

from homeassistant.components.event import EventEntity, EventEntityDescription
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import VoiceEvent
from .data import VoiceRetentionConfigEntry
from .entity import SatelliteEntity
from .notices import SIGNAL_VOICE, VoiceNotice
from .satellite_entities import async_follow_satellites

PARALLEL_UPDATES = 0

SATELLITE_EVENTS = (
    EventEntityDescription(
        key="voice",
        translation_key="voice",
        event_types=[event.value for event in VoiceEvent],
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: VoiceRetentionConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the event entity of each satellite."""
    async_follow_satellites(
        hass,
        entry,
        Platform.EVENT,
        async_add_entities,
        lambda satellite_key: (
            VoiceEventEntity(hass, entry.runtime_data, satellite_key, description)
            for description in SATELLITE_EVENTS
        ),
    )


class VoiceEventEntity(SatelliteEntity, EventEntity):
    """Tell what happened to the sentences of one satellite."""

    @override
    async def async_added_to_hass(self) -> None:
        """Listen for notices."""
        await super().async_added_to_hass()
        self.async_on_remove(
            async_dispatcher_connect(self.hass, SIGNAL_VOICE, self._async_notice)
        )

    @callback
    def _async_notice(self, notice: VoiceNotice) -> None:
        """Show a notice about this satellite."""
        if notice.satellite_key == self.satellite_key:
            self._trigger_event(notice.event, dict(notice.attributes))
            self.async_write_ha_state()
