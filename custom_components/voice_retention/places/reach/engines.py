"""Name the engines outside the home that were sent what was purged."""

from collections import defaultdict
from typing import override

from homeassistant.core import HomeAssistant

from ...assist.engines import engine_name
from ...policy.models import Locality
from ...vault.books import Heard
from .amounts import amount_of, first_of, last_of
from .protocol import Beyond, Kind, OutOfReach, Purged


class Engines(Beyond):
    """Engines that are not proven local; what they were sent is theirs."""

    key = Kind.ENGINE

    def __init__(self, hass: HomeAssistant) -> None:
        """Look up names in this Home Assistant."""
        self._hass = hass

    @override
    async def async_list(self, purged: Purged) -> list[OutOfReach]:
        """Name each engine once, with the least that was proven of it."""
        sent: defaultdict[tuple[str, str], list[Heard]] = defaultdict(list)
        for heard in purged.heard:
            if heard.locality is not Locality.LOCAL:
                locality = heard.locality or Locality.UNPROVEN
                sent[heard.engine_id, locality].append(heard)
        return [
            OutOfReach(
                kind=self.key,
                key=engine_id,
                name=engine_name(self._hass, engine_id),
                detail=locality,
                since=first_of(items),
                until=last_of(items),
                amount=amount_of(items),
            )
            for (engine_id, locality), items in sorted(sent.items())
        ]
