"""Buttons: delete what a satellite has heard."""

from typing import override

from homeassistant.components.button import ButtonEntity, ButtonEntityDescription
from homeassistant.const import EntityCategory, Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .asker import async_asker
from .data import VoiceRetentionConfigEntry
from .entity import SatelliteEntity
from .errors import PurgeIncomplete
from .purge.scope import AskedBy, Scope
from .satellite_entities import async_follow_satellites

PARALLEL_UPDATES = 1

SATELLITE_BUTTONS = (
    ButtonEntityDescription(
        key="purge",
        translation_key="purge",
        entity_category=EntityCategory.CONFIG,
    ),
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: VoiceRetentionConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the button of each satellite."""
    async_follow_satellites(
        hass,
        entry,
        Platform.BUTTON,
        async_add_entities,
        lambda satellite_key: (
            PurgeButton(hass, entry.runtime_data, satellite_key, description)
            for description in SATELLITE_BUTTONS
        ),
    )


class PurgeButton(SatelliteEntity, ButtonEntity):
    """Delete everything that one satellite has heard, held recordings excepted."""

    @override
    async def async_press(self) -> None:
        """Purge, and say so when something is left."""
        asker = await async_asker(self.hass, self._context)
        receipt = await self.data.purger.async_purge(
            Scope(
                asked_by=AskedBy.BUTTON,
                user_id=asker.user_id,
                user_name=asker.user_name,
                asked_through=asker.through,
                satellite_keys=frozenset({self.satellite_key}),
            )
        )
        if not receipt.is_complete:
            raise PurgeIncomplete(receipt.failed_places)
