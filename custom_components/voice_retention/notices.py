"""Pass on what happened to a sentence, within Home Assistant."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_send
from homeassistant.util.signal_type import SignalType

from .const import DOMAIN, VoiceEvent
from .policy.models import Locality
from .purge.receipts import Receipt
from .vault.books import LedgerEntry


@dataclass(frozen=True, kw_only=True, slots=True)
class Notice:
    """Something that happened to voices."""

    satellite_key: str | None = None
    """None when it is no satellite's in particular."""

    attributes: Mapping[str, str] = field(default_factory=dict)
    """Reason, engine, route, recording id or a count; never what was said."""


@dataclass(frozen=True, kw_only=True, slots=True)
class VoiceNotice(Notice):
    """What happened to a sentence of one satellite."""

    event: VoiceEvent


class Change(StrEnum):
    """What the panel may have to look at anew."""

    STATUS = "status"
    COVERAGE = "coverage"
    """Where voice goes, or who speaks."""

    RECORDINGS = "recordings"
    """What is kept, or for how long."""

    RECEIPTS = "receipts"


SIGNAL_CHANGED: SignalType[Change] = SignalType(f"{DOMAIN}_changed")
"""For who shows something; what exactly has changed they ask for."""

SIGNAL_LEAVING: SignalType[Notice] = SignalType(f"{DOMAIN}_leaving")
"""What went to an engine that is not proven local, of each kind of content on its own."""

SIGNAL_PURGE_FAILED: SignalType[Notice] = SignalType(f"{DOMAIN}_purge_failed")
SIGNAL_VOICE: SignalType[VoiceNotice] = SignalType(f"{DOMAIN}_voice")


@callback
def async_tell_leaving(hass: HomeAssistant, entry: LedgerEntry) -> None:
    """Tell if something left the home, as the ledger has it."""
    if entry.engine_id is None or entry.locality in (None, Locality.LOCAL):
        return
    async_dispatcher_send(
        hass,
        SIGNAL_LEAVING,
        Notice(
            satellite_key=entry.satellite_key,
            attributes={
                "content": str(entry.sent),
                "engine": entry.engine_id,
                "locality": str(entry.locality),
                "reason": ", ".join(entry.reasons),
            },
        ),
    )


@callback
def async_tell_failed(hass: HomeAssistant, receipt: Receipt) -> None:
    """Tell if a purge left something."""
    if receipt.is_complete:
        return
    async_dispatcher_send(
        hass,
        SIGNAL_PURGE_FAILED,
        Notice(
            attributes={
                "asked_by": str(receipt.scope.asked_by),
                "places": ", ".join(receipt.failed_places),
                "receipt_id": receipt.receipt_id,
            },
        ),
    )
