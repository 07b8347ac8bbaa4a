"""Ask Wyoming servers what they are, and hold their engines to the address that answered."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.const import CONF_HOST, CONF_PORT
from homeassistant.core import callback

from ...const import LOGGER
from ...policy.addresses import judge_addresses
from ...policy.models import Evidence, EvidenceKind, Locality
from .hosts import Addresses
from .wyoming_programs import programs_evidence

if TYPE_CHECKING:
    # Importing these for real would need a package that is there only where Wyoming is used.
    from wyoming.info import Info

    from homeassistant.components.wyoming.models import DomainDataItem

    type WyomingEntry = ConfigEntry[DomainDataItem]

WYOMING_DOMAIN: Final = "wyoming"
DESCRIBE_SECONDS: Final = 1.0
"""How long a server may take to say what it is; a sentence may have to wait for it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What a server said of itself, and at which of its addresses."""

    host: str
    """The name or address that its entry had then."""

    port: int
    address: str
    info: Info


async def async_ask(entry: WyomingEntry, addresses: Addresses) -> Answer | None:
    """Return the answer of a server, from the first of its addresses that gives one."""
    if entry.state is not ConfigEntryState.LOADED:
        # Nothing can be sent to it, and something else may listen there by now.
        return None
    if judge_addresses(addresses) is Locality.CLOUD:
        # Whatever it says would not help it.
        return None
    host, port = entry.data[CONF_HOST], entry.data[CONF_PORT]
    try:
        async with asyncio.timeout(DESCRIBE_SECONDS):
            for address in addresses:
                info = await _async_describe(address, port)
                if info is not None:
                    return Answer(host=host, port=port, address=address, info=info)
    except TimeoutError:
        LOGGER.debug("A Wyoming server did not say in time what it is")
    return None


def answer_evidence(
    entry: WyomingEntry | None, answer: Answer | None, domain: str
) -> list[Evidence]:
    """Judge what a server said of its programs for engines of this domain."""
    if (
        answer is not None
        and entry is not None
        # Nothing is known of an entry that leads elsewhere since, or is being set up anew.
        and entry.state is ConfigEntryState.LOADED
        and (entry.data[CONF_HOST], entry.data[CONF_PORT]) == (answer.host, answer.port)
        and (found := programs_evidence(answer.info, domain))
    ):
        return found
    return [
        Evidence(
            kind=EvidenceKind.WYOMING_SILENT,
            verdict=Locality.UNPROVEN,
            detail="" if entry is None else entry.title,
        )
    ]


@callback
def pin(entry: WyomingEntry, address: str) -> None:
    """Let the engines of a server connect to this address, whatever its name means by then.

    They connect anew for each sentence, and would look the name up anew for each.
    """
    if entry.state is ConfigEntryState.LOADED:
        entry.runtime_data.service.host = address


@callback
def loosen(entry: WyomingEntry, answer: Answer | None) -> None:
    """Hold a server no longer to an address at which it does not answer any more."""
    if answer is None or (
        entry.state is ConfigEntryState.LOADED
        and entry.runtime_data.service.host != answer.address
    ):
        unpin([entry])


@callback
def unpin(entries: Iterable[WyomingEntry]) -> None:
    """Let engines look up the names of their servers again."""
    for entry in entries:
        pin(entry, entry.data[CONF_HOST])


async def _async_describe(address: str, port: int) -> Info | None:
    """Ask whoever answers at an address what it is."""
    # Loaded already, since the integration is.
    from homeassistant.components.wyoming.data import load_wyoming_info  # noqa: PLC0415

    try:
        return await load_wyoming_info(
            address, port, retries=0, retry_wait=0, timeout=DESCRIBE_SECONDS
        )
    except Exception:  # noqa: BLE001
        # Whatever listens there may answer anything, and then it is no Wyoming server.
        LOGGER.debug("Somebody does not speak Wyoming", exc_info=True)
        return None
