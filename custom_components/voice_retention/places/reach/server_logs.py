"""Name the programs that worked on what was purged, since each keeps a log of its own.

Wyoming servers said what they are when Home Assistant connected; nobody asks them again.
Tried on 2026.6.0, 2026.10.4 and 2026.11.0.
"""

from collections import defaultdict
from dataclasses import dataclass
from typing import Final, override

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er

from ...assist.engines import engine_name
from ...assist.evidence.wyoming_servers import WYOMING_DOMAIN
from ...policy.models import Locality
from ...vault.books import Heard
from .amounts import amount_of, first_of, last_of
from .protocol import Beyond, Kind, OutOfReach, Purged
from .wyoming import programs_of

CORE: Final = "conversation"
"""The platform of Home Assistant's own agent, whose log is within reach."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Server:
    """One program, or several behind one address."""

    key: str
    name: str
    detail: str


class ServerLogs(Beyond):
    """Logs of the programs behind engines."""

    key = Kind.SERVER_LOG

    def __init__(self, hass: HomeAssistant) -> None:
        """Look up engines in this Home Assistant."""
        self._hass = hass

    @override
    async def async_list(self, purged: Purged) -> list[OutOfReach]:
        """Name each Wyoming server once, and every other engine that works in the home."""
        servers: defaultdict[_Server, list[Heard]] = defaultdict(list)
        for heard in purged.heard:
            if (server := self._server(heard)) is not None:
                servers[server].append(heard)
        return [
            OutOfReach(
                kind=self.key,
                key=server.key,
                name=server.name,
                detail=server.detail,
                since=first_of(items),
                until=last_of(items),
                amount=amount_of(items),
            )
            for server, items in sorted(
                servers.items(), key=lambda pair: (pair[0].name, pair[0].key)
            )
        ]

    def _server(self, heard: Heard) -> _Server | None:
        """Return what is behind an engine; what a cloud logs is no separate thing."""
        entity = er.async_get(self._hass).async_get(heard.engine_id)
        if entity is not None and entity.platform == WYOMING_DOMAIN:
            entry = self._hass.config_entries.async_get_entry(
                entity.config_entry_id or ""
            )
            if entry is not None:
                return _Server(
                    key=entry.entry_id, name=entry.title, detail=programs_of(entry)
                )
        # A legacy provider has no entity; its id is the domain of its integration.
        platform = heard.engine_id if entity is None else entity.platform
        if heard.locality is not Locality.LOCAL or platform == CORE:
            return None
        return _Server(
            key=heard.engine_id,
            name=engine_name(self._hass, heard.engine_id),
            detail=platform,
        )
