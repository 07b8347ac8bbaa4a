"""Look at the server that an integration was told to use, such as an OpenAI-compatible one.

An integration that can speak to any server of a kind is as local as the server in its entry.
That the server is near proves nothing about what it does next, unless it is known to run its
models where it stands.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from homeassistant.config_entries import ConfigEntry

from ...policy.models import Evidence, EvidenceKind, Locality

URL_KEYS: Final = (
    "api_base",
    "api_url",
    "base_url",
    "endpoint",
    "host",
    "hostname",
    "server_url",
    "url",
)

ON_DEVICE_SERVICES: Final[Mapping[str, str]] = {
    "llama_cpp": "https://www.home-assistant.io/integrations/llama_cpp",
    "marytts": "https://www.home-assistant.io/integrations/marytts",
    "ollama": "https://www.home-assistant.io/integrations/ollama",
}
"""Integrations whose servers run their models where they stand, each with its source."""

ANY_SERVICES: Final[Mapping[str, str]] = {
    "extended_openai_conversation": "https://github.com/jekalmin/extended_openai_conversation",
    "litellm": "https://www.home-assistant.io/integrations/litellm",
    "openai_tts": "https://github.com/sfortis/openai_tts",
}
"""Integrations that call themselves a cloud after the service that they were made for, but
speak to whatever server they are told to, each with its source."""

CLOUD_MODEL_ENDINGS: Final = ("-cloud", ":cloud")
"""How Ollama names models that the server at home passes on to its vendor."""


def entry_hosts(entry: ConfigEntry[Any]) -> list[str]:
    """Return the hosts of the servers that an entry names."""
    hosts = (_host(value) for value in _values(entry, URL_KEYS))
    return list(dict.fromkeys(host for host in hosts if host))


def service_evidence(domain: str) -> Evidence:
    """Judge the kind of server that an integration speaks to."""
    return Evidence(
        kind=EvidenceKind.SERVICE,
        verdict=Locality.LOCAL if domain in ON_DEVICE_SERVICES else Locality.UNPROVEN,
        detail=domain,
    )


def model_evidence(entry: ConfigEntry[Any], subentry_id: str | None) -> list[Evidence]:
    """Find a model that does not run where its server stands."""
    subentry = entry.subentries.get(subentry_id or "")
    chosen = [subentry.data] if subentry is not None else [entry.data, entry.options]
    return [
        Evidence(kind=EvidenceKind.MODEL, verdict=Locality.CLOUD, detail=model)
        for values in chosen
        if isinstance(model := values.get("model"), str)
        and model.lower().endswith(CLOUD_MODEL_ENDINGS)
    ]


def weigh_manifest(
    domain: str, manifest: list[Evidence], hosts: list[Evidence]
) -> list[Evidence]:
    """Return what a manifest is worth once the server is known.

    Of an integration that speaks to any server, the manifest's cloud is only the usual one.
    """
    at_home = bool(hosts) and all(item.verdict is Locality.LOCAL for item in hosts)
    if domain not in ANY_SERVICES or not at_home:
        return manifest
    return [
        Evidence(kind=item.kind, verdict=Locality.UNPROVEN, detail=item.detail)
        for item in manifest
    ]


def _values(entry: ConfigEntry[Any], keys: tuple[str, ...]) -> Iterator[str]:
    """Return what an entry holds under these keys, its subentries included."""
    for values in (
        entry.data,
        entry.options,
        *(subentry.data for subentry in entry.subentries.values()),
    ):
        for key in keys:
            if isinstance(value := values.get(key), str) and value.strip():
                yield value.strip()


def _host(value: str) -> str:
    """Return the host in an address or URL; what cannot be read is its own name."""
    try:
        return urlsplit(value if "//" in value else f"//{value}").hostname or value
    except ValueError:
        return value
