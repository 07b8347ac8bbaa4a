"""Gather the evidence for where an engine does its work."""

import asyncio
from collections.abc import Callable, Collection
from contextlib import suppress
from datetime import datetime, timedelta
from ipaddress import ip_address
import socket
from typing import TYPE_CHECKING, Final

from homeassistant.config_entries import (
    SIGNAL_CONFIG_ENTRY_CHANGED,
    ConfigEntry,
    ConfigEntryChange,
    ConfigEntryState,
)
from homeassistant.const import CONF_HOST
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.event import async_track_time_interval
from homeassistant.loader import IntegrationNotLoaded, async_get_loaded_integration
from homeassistant.util.network import is_local

from ..const import DOMAIN
from ..policy.locality import combine
from ..policy.models import Evidence, Locality, LocalityReport
from .wyoming_programs import KIND, program_evidence

if TYPE_CHECKING:
    # Importing it for real would need a package that is there only where Wyoming is used.
    from homeassistant.components.wyoming.models import DomainDataItem

WYOMING_DOMAIN: Final = "wyoming"
RESOLVE_INTERVAL: Final = timedelta(minutes=1)
"""A name that did not resolve for a moment makes its engine unproven for as long."""

RESOLVE_SECONDS: Final = 5


class LocalityBook:
    """Tell the locality of each engine at once, from evidence gathered beforehand.

    Nothing is asked over the network while somebody speaks: manifests and what Wyoming
    servers said of themselves are at hand, and host names are resolved in the background.
    A name that is not resolved yet is unproven.
    """

    def __init__(self, hass: HomeAssistant, attested: Collection[str]) -> None:
        """Take the engines that the user attested as local."""
        self._hass = hass
        self._attested = frozenset(attested)
        self._addresses: dict[str, tuple[str, ...]] = {}
        self._listeners: list[Callable[[], None]] = []

    async def async_start(self) -> Callable[[], None]:
        """Resolve the host names and keep doing so until the returned function is called."""
        unsubscribe = (
            async_dispatcher_connect(
                self._hass, SIGNAL_CONFIG_ENTRY_CHANGED, self._async_entry_changed
            ),
            async_track_time_interval(
                self._hass, self.async_resolve_hosts, RESOLVE_INTERVAL
            ),
        )
        await self.async_resolve_hosts()

        @callback
        def stop() -> None:
            """Stop following changes."""
            for function in unsubscribe:
                function()

        return stop

    @callback
    def async_listen(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call ``listener`` whenever an answer may have changed; the result stops that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    @callback
    def report(self, engine_id: str) -> LocalityReport:
        """Return the locality of an engine and the evidence for it."""
        return combine(
            _evidence(self._hass, engine_id, self._addresses),
            is_attested=engine_id in self._attested,
        )

    async def async_resolve_hosts(self, now: datetime | None = None) -> None:
        """Look up the addresses of every Wyoming host."""
        entries = self._hass.config_entries.async_entries(WYOMING_DOMAIN)
        hosts = {entry.data.get(CONF_HOST, "") for entry in entries}
        found = await asyncio.gather(*(_resolve(host) for host in hosts))
        addresses = dict(zip(hosts, found, strict=True))
        if addresses != self._addresses:
            self._addresses = addresses
            self._tell_listeners()

    @callback
    def _async_entry_changed(
        self, change: ConfigEntryChange, entry: ConfigEntry
    ) -> None:
        """Look again after a config entry was added, changed, reloaded or removed."""
        self._tell_listeners()
        if entry.domain == WYOMING_DOMAIN:
            self._hass.async_create_background_task(
                self.async_resolve_hosts(), "voice_retention resolve hosts"
            )

    def _tell_listeners(self) -> None:
        """Tell everybody who decides or shows anything by localities."""
        for listener in list(self._listeners):
            listener()


async def _resolve(host: str) -> tuple[str, ...]:
    """Return the addresses of a host, none if it has none or does not answer in time."""
    with suppress(OSError, TimeoutError, UnicodeError):
        async with asyncio.timeout(RESOLVE_SECONDS):
            found = await asyncio.get_running_loop().getaddrinfo(
                host, None, type=socket.SOCK_STREAM
            )
            return tuple(sorted({str(item[4][0]) for item in found}))
    return ()


def _evidence(
    hass: HomeAssistant, engine_id: str, addresses: dict[str, tuple[str, ...]]
) -> list[Evidence]:
    """Collect everything that is known about an engine."""
    entity = er.async_get(hass).async_get(engine_id)
    if entity is not None and entity.platform == DOMAIN:
        # Our own manifest says nothing about the engine behind a guard.
        return [Evidence(kind="guard", verdict=Locality.UNPROVEN, detail=engine_id)]
    # A legacy provider has no entity; its id is the domain of its integration.
    evidence = _manifest_evidence(hass, entity.platform if entity else engine_id)
    if entity is not None and entity.platform == WYOMING_DOMAIN:
        entry = hass.config_entries.async_get_entry(entity.config_entry_id or "")
        evidence.extend(_wyoming_evidence(entry, addresses))
    return evidence


def _manifest_evidence(hass: HomeAssistant, domain: str) -> list[Evidence]:
    """Read what the integration declares about itself."""
    try:
        integration = async_get_loaded_integration(hass, domain)
    except IntegrationNotLoaded:
        return [
            Evidence(kind="manifest", verdict=Locality.UNPROVEN, detail="not loaded")
        ]
    iot_class = integration.iot_class or "unknown"
    verdict = Locality.UNPROVEN
    if iot_class.startswith("cloud"):
        verdict = Locality.CLOUD
    elif iot_class.startswith("local"):
        verdict = Locality.LOCAL
    found = [Evidence(kind="iot_class", verdict=verdict, detail=iot_class)]
    # Manifests say how an integration connects only from 2026.11 on.
    connectivity: list[str] = getattr(integration, "connectivity", [])
    if "cloud" in connectivity:
        found.append(
            Evidence(
                kind="connectivity",
                verdict=Locality.CLOUD,
                detail=", ".join(connectivity),
            )
        )
    return found


def _wyoming_evidence(
    entry: ConfigEntry[DomainDataItem] | None, addresses: dict[str, tuple[str, ...]]
) -> list[Evidence]:
    """Look at the host of a Wyoming server and at what the server says of itself."""
    if entry is None:
        return [
            Evidence(kind="wyoming_host", verdict=Locality.UNPROVEN, detail="no entry")
        ]
    host = entry.data.get(CONF_HOST, "")
    return [
        _host_evidence(host, addresses.get(host, ())),
        *_program_evidence(entry),
    ]


def _program_evidence(entry: ConfigEntry[DomainDataItem]) -> list[Evidence]:
    """Read what a Wyoming server says of its speech-to-text programs."""
    if entry.state is ConfigEntryState.LOADED:
        programs = entry.runtime_data.service.info.asr
        if found := [program_evidence(item) for item in programs if item.installed]:
            return found
    return [Evidence(kind=KIND, verdict=Locality.UNPROVEN, detail="not connected")]


def _host_evidence(host: str, addresses: tuple[str, ...]) -> Evidence:
    """Judge a host by every address that its name leads to."""
    parsed = [ip_address(address.partition("%")[0]) for address in addresses]
    if not parsed:
        verdict = Locality.UNPROVEN
    elif all(is_local(address) for address in parsed):
        verdict = Locality.LOCAL
    else:
        verdict = Locality.CLOUD
    detail = host if host in addresses else f"{host} ({', '.join(addresses)})"
    return Evidence(kind="wyoming_host", verdict=verdict, detail=detail)
