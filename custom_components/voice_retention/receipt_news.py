"""Tell entities and automations of what a purge did."""

from collections.abc import Mapping

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_send

from .advice import async_advise_on_residues
from .const import VoiceEvent
from .coordinator import StatusCoordinator
from .notices import (
    SIGNAL_CHANGED,
    SIGNAL_VOICE,
    Change,
    VoiceNotice,
    async_tell_failed,
)
from .purge.receipts import Receipt


@callback
def async_tell_of_receipt(
    hass: HomeAssistant,
    status: StatusCoordinator,
    receipt: Receipt,
    counts: Mapping[str, int],
) -> None:
    """Tell everybody whom a purge concerned."""
    async_dispatcher_send(hass, SIGNAL_CHANGED, Change.RECEIPTS)
    async_tell_failed(hass, receipt)
    asked_by = receipt.scope.asked_by
    for satellite_key, count in counts.items():
        async_dispatcher_send(
            hass,
            SIGNAL_VOICE,
            VoiceNotice(
                satellite_key=satellite_key,
                event=VoiceEvent.PURGED,
                attributes={"count": str(count), "reason": str(asked_by)},
            ),
        )
    if asked_by.is_person:
        async_advise_on_residues(
            hass, [result.residue for result in receipt.places if result.residue]
        )
        status.async_purged(receipt.finished)
    else:
        status.async_something_happened()
