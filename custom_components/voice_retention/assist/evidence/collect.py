"""Collect everything that is known about an engine."""

from collections.abc import Mapping
from typing import Any, Final

from homeassistant.components.conversation import (
    DOMAIN as CONVERSATION_DOMAIN,
    HOME_ASSISTANT_AGENT,
)
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_HOST
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er

from ...const import DOMAIN
from ...policy.models import Evidence, EvidenceKind, Locality
from .hosts import Addresses, host_evidence
from .manifest import manifest_evidence
from .service_urls import entry_hosts, model_evidence, service_evidence, weigh_manifest
from .wyoming_servers import WYOMING_DOMAIN, Answer, answer_evidence

BUILT_INS: Final = frozenset({CONVERSATION_DOMAIN, HOME_ASSISTANT_AGENT})
"""What the default agent is called: it understands sentences inside Home Assistant."""


@callback
def collect_evidence(
    hass: HomeAssistant,
    engine_id: str,
    addresses: Mapping[str, Addresses],
    answers: Mapping[str, Answer | None],
) -> list[Evidence]:
    """Return what is known, given addresses by host and servers' answers by entry id."""
    entity = er.async_get(hass).async_get(engine_id)
    entry = entry_of(hass, engine_id)
    # A legacy engine has no entity; its id is its entry's, or its integration's domain.
    domain = entity.platform if entity else entry.domain if entry else engine_id
    if domain == DOMAIN:
        # Our own manifest says nothing about the engine behind a guard.
        return [_evidence(EvidenceKind.GUARD, Locality.UNPROVEN, engine_id)]
    if domain in BUILT_INS:
        # No manifest says so.
        return [_evidence(EvidenceKind.BUILT_IN, Locality.LOCAL, domain)]
    manifest = manifest_evidence(hass, domain)
    hosts = [
        host_evidence(host, addresses.get(host, ())) for host in engine_hosts(entry)
    ]
    if entity is not None and domain == WYOMING_DOMAIN:
        answer = answers.get(entity.config_entry_id or "")
        return [*manifest, *hosts, *answer_evidence(entry, answer, entity.domain)]
    if entry is None:
        return manifest
    return [
        *weigh_manifest(domain, manifest, hosts),
        *hosts,
        *([service_evidence(domain)] if hosts else []),
        *model_evidence(entry, entity.config_subentry_id if entity else None),
    ]


@callback
def entry_of(hass: HomeAssistant, engine_id: str) -> ConfigEntry[Any] | None:
    """Return the config entry of an engine; a legacy agent is called like its entry."""
    entity = er.async_get(hass).async_get(engine_id)
    entry_id = engine_id if entity is None else entity.config_entry_id
    return hass.config_entries.async_get_entry(entry_id or "")


@callback
def engine_hosts(entry: ConfigEntry[Any] | None) -> list[str]:
    """Return the hosts that the engines of an entry send to, as far as it names any."""
    if entry is None:
        return []
    if entry.domain == WYOMING_DOMAIN:
        return [entry.data[CONF_HOST]]
    return entry_hosts(entry)


def _evidence(kind: EvidenceKind, verdict: Locality, detail: str) -> Evidence:
    """Return a piece of evidence."""
    return Evidence(kind=kind, verdict=verdict, detail=detail)
