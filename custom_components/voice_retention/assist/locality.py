"""Tell the locality of each engine, from evidence that is gathered beforehand and checked."""

import asyncio
from collections.abc import Callable, Collection, Iterable
from datetime import datetime, timedelta
from typing import Any, Final

from homeassistant.config_entries import (
    SIGNAL_CONFIG_ENTRY_CHANGED,
    ConfigEntry,
    ConfigEntryChange,
    ConfigEntryState,
)
from homeassistant.const import CONF_HOST, Platform
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.event import async_track_time_interval
from homeassistant.util import dt as dt_util

from ..const import DOMAIN
from ..policy.locality import combine
from ..policy.models import Locality, LocalityReport
from .evidence.attestation import Attestations, attestation_evidence
from .evidence.collect import collect_evidence, engine_hosts, entry_of
from .evidence.hosts import Addresses, async_resolve, literal_address
from .evidence.service_urls import entry_hosts
from .evidence.wyoming_servers import (
    WYOMING_DOMAIN,
    Answer,
    async_ask,
    loosen,
    pin,
    unpin,
)

CHECK_INTERVAL: Final = timedelta(minutes=1)
"""A server that was away for a moment makes its engine unproven for as long at most."""

RESOLVE_SECONDS: Final = 5
PROVE_SECONDS: Final = 1
"""How long a name may take while somebody speaks."""

ENGINE_DOMAINS: Final = frozenset(
    {Platform.STT, Platform.CONVERSATION, Platform.TTS, Platform.WAKE_WORD}
)


class LocalityBook:
    """Know the locality of each engine, and check it before it is relied on.

    ``report`` answers at once, from manifests and from what was found out last. Before
    anything is entrusted to an engine that must be local, ``async_prove`` looks again: so
    that a host that has moved, or a server that has become another, is found out before
    the next byte. Nothing is asked over the network for speakers who may be heard anywhere.
    """

    def __init__(self, hass: HomeAssistant, attested: Attestations) -> None:
        """Take the engines that a user vouched for."""
        self._hass = hass
        self._attested = attested
        self._addresses: dict[str, Addresses] = {}
        self._answers: dict[str, Answer | None] = {}
        """By entry id."""

        self._checked: dict[str, datetime] = {}
        """When that was, by entry id."""

        self._listeners: list[Callable[[], None]] = []

    async def async_start(self) -> Callable[[], None]:
        """Check everything, and keep doing so until the returned function is called."""
        unsubscribe = (
            async_dispatcher_connect(
                self._hass, SIGNAL_CONFIG_ENTRY_CHANGED, self._async_entry_changed
            ),
            async_track_time_interval(self._hass, self.async_check, CHECK_INTERVAL),
        )
        await self.async_check()

        @callback
        def stop() -> None:
            """Stop following changes, and leave the engines as they were."""
            for function in unsubscribe:
                function()
            unpin(self._hass.config_entries.async_entries(WYOMING_DOMAIN))

        return stop

    @callback
    def async_listen(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call ``listener`` whenever an answer may have changed; the result stops that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    @callback
    def report(self, engine_id: str) -> LocalityReport:
        """Return the locality of an engine and the evidence for it, as known now."""
        evidence = collect_evidence(
            self._hass, engine_id, self._addresses, self._answers
        )
        return combine([*evidence, *attestation_evidence(self._attested, engine_id)])

    @callback
    def checked(self, engine_id: str) -> datetime | None:
        """Return when an engine was last looked at over the network or in its settings.

        None for one without a config entry: only its manifest can be read, at any time.
        """
        entry = entry_of(self._hass, engine_id)
        return None if entry is None else self._checked.get(entry.entry_id)

    async def async_check(self, now: datetime | None = None) -> None:
        """Look up every host and ask every Wyoming server anew."""
        await asyncio.gather(
            *(
                self._async_check_entry(entry, RESOLVE_SECONDS)
                for entry in _engine_entries(self._hass)
            )
        )

    async def async_prove(self, engine_ids: Iterable[str]) -> None:
        """Look again at engines that may be about to get what must not leave the home.

        All that count as local are looked at, so that none does without proof. Only if none
        is left, those are given a chance that were away.
        """
        wanted = list(dict.fromkeys(engine_ids))
        for locality in (Locality.LOCAL, Locality.UNPROVEN):
            asked = [item for item in wanted if self._locality(item) is locality]
            entries = {
                entry.entry_id: entry
                for engine_id in asked
                if (entry := entry_of(self._hass, engine_id)) is not None
            }
            if any(_needs_network(entry) for entry in entries.values()):
                await asyncio.gather(
                    *(self._async_prove_entry(entry) for entry in entries.values())
                )
            if any(self._locality(item) is Locality.LOCAL for item in wanted):
                return

    def _locality(self, engine_id: str) -> Locality:
        """Return only the locality of an engine."""
        return self.report(engine_id).locality

    async def _async_prove_entry(self, entry: ConfigEntry[Any]) -> None:
        """Check an entry, and hold its engines to what was found."""
        await self._async_check_entry(entry, PROVE_SECONDS)
        if entry.domain != WYOMING_DOMAIN:
            return
        answer = self._answers.get(entry.entry_id)
        for address in self._addresses.get(entry.data[CONF_HOST], ()):
            # One that is silent is used only if somebody vouched for it, and then where it
            # was looked for.
            pin(entry, address if answer is None else answer.address)
            break

    async def _async_check_entry(
        self, entry: ConfigEntry[Any], resolve_seconds: float
    ) -> None:
        """Look up the hosts of an entry, and ask its server what it is."""
        changed = False
        for host in engine_hosts(entry):
            addresses = await async_resolve(host, resolve_seconds)
            changed |= self._addresses.get(host) != addresses
            self._addresses[host] = addresses
        if entry.domain == WYOMING_DOMAIN:
            addresses = self._addresses.get(entry.data[CONF_HOST], ())
            answer = await async_ask(entry, addresses)
            changed |= self._answers.get(entry.entry_id) != answer
            self._answers[entry.entry_id] = answer
            loosen(entry, answer)
        self._checked[entry.entry_id] = dt_util.utcnow()
        if changed:
            self._tell_listeners()

    @callback
    def _async_entry_changed(
        self, change: ConfigEntryChange, entry: ConfigEntry[Any]
    ) -> None:
        """Look again after a config entry was added, changed, reloaded or removed."""
        self._tell_listeners()
        if entry.state is ConfigEntryState.LOADED and entry.domain != DOMAIN:
            self._hass.async_create_background_task(
                self._async_check_entry(entry, RESOLVE_SECONDS),
                "voice_retention check engine",
            )

    def _tell_listeners(self) -> None:
        """Tell everybody who decides or shows anything by localities."""
        for listener in list(self._listeners):
            listener()


def _engine_entries(hass: HomeAssistant) -> Collection[ConfigEntry[Any]]:
    """Return the config entries that have engines; a satellite's is none of them."""
    found = {
        entity.config_entry_id: entry
        for entity in er.async_get(hass).entities.values()
        if entity.domain in ENGINE_DOMAINS
        and entity.platform != DOMAIN
        and (entry := entry_of(hass, entity.entity_id)) is not None
    }
    return found.values()


def _needs_network(entry: ConfigEntry[Any]) -> bool:
    """Return whether something about an entry can change without anybody telling us."""
    return entry.domain == WYOMING_DOMAIN or any(
        literal_address(host) is None for host in entry_hosts(entry)
    )
