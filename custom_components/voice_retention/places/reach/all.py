"""List everything that is out of reach of one purge."""

from collections.abc import Collection
from dataclasses import replace
from itertools import chain
from typing import Final, Protocol

from homeassistant.core import HomeAssistant

from ...assist.satellites import SatelliteDirectory
from ...const import LOGGER
from ...errors import VaultUnavailable
from ...policy.models import Content
from ...vault.books import Heard
from ..protocol import Target
from .backups import Backups, HistorySource
from .engines import Engines
from .protocol import Beyond, OutOfReach, Purged, Span
from .purged import facts_of, spans_of
from .satellites import Satellites
from .server_logs import ServerLogs

TEXT: Final = frozenset({Content.TRANSCRIPT, Content.RESPONSE})
UNKNOWN: Final = "unknown"


class LedgerSource(Protocol):
    """Where it is known which engines heard what; raises when it is out of order."""

    async def async_heard(
        self, run_ids: Collection[str], sent: Collection[Content]
    ) -> list[Heard]:
        """Return which engines got such content in some runs."""


class Reach:
    """Know what holds copies that a purge cannot reach."""

    def __init__(
        self,
        hass: HomeAssistant,
        ledger: LedgerSource,
        history: HistorySource,
        satellites: SatelliteDirectory,
    ) -> None:
        """Take where to look."""
        self._hass = hass
        self._ledger = ledger
        self._kinds: Final[tuple[Beyond, ...]] = (
            Engines(hass),
            ServerLogs(hass),
            Satellites(hass, satellites),
            Backups(hass, history),
        )

    async def async_note(self, target: Target) -> Purged:
        """Note where a target went, while the ledger still tells."""
        facts = await self._hass.async_add_executor_job(facts_of, target)
        heard = list(facts.heard)
        text, audio = target.contents & TEXT, target.contents - TEXT
        try:
            heard += await self._ledger.async_heard(facts.runs, text)
            heard += await self._ledger.async_heard(facts.other_runs, text | audio)
        except VaultUnavailable:
            LOGGER.debug("It is not known where all that is deleted went")
        spans = ((item.satellite_key, Span(item.first, item.last)) for item in heard)
        return Purged(
            heard=tuple(heard),
            spoken=spans_of(chain(facts.spoken.items(), spans)),
            since=facts.since,
        )

    async def async_list(
        self, purged: Purged, *, found: int, is_asked: bool
    ) -> tuple[OutOfReach, ...]:
        """Name what may still hold copies of something of which so much was found.

        Nothing is raised: what was purged is purged, and its receipt must be written.
        """
        purged = replace(purged, is_anything=found > 0, is_asked=is_asked)
        items: list[OutOfReach] = []
        for kind in self._kinds:
            try:
                items.extend(await kind.async_list(purged))
            except Exception as err:  # noqa: BLE001
                # As with places: they look into parts of Home Assistant that change.
                LOGGER.exception("Could not list what is out of reach: %s", kind.key)
                items.append(
                    OutOfReach(
                        kind=kind.key,
                        key=UNKNOWN,
                        name=UNKNOWN,
                        detail=type(err).__name__,
                    )
                )
        return tuple(items)
