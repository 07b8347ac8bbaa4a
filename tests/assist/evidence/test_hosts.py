"""Names are looked up, and nobody waits for a name service that does not answer."""

import asyncio
import socket
from typing import Any
from unittest.mock import patch

import pytest

from custom_components.voice_retention.assist.evidence.hosts import (
    async_resolve,
    host_evidence,
    literal_address,
)
from custom_components.voice_retention.policy.models import Locality
from homeassistant.core import HomeAssistant
from tests.assist.wyoming_house import name_service

HOST = "whisper.local"


async def test_a_name_leads_to_all_its_addresses(hass: HomeAssistant) -> None:
    """Any of them may be connected to."""
    with name_service() as names:
        names[HOST] = ["192.168.1.7", "10.0.0.1", "192.168.1.7"]
        assert await async_resolve(HOST, 1) == ("10.0.0.1", "192.168.1.7")
        assert await async_resolve("nowhere.local", 1) == ()


async def test_an_address_on_the_same_cable_keeps_its_interface(
    hass: HomeAssistant,
) -> None:
    """Without it nothing can be reached there."""

    def resolve(*args: Any, **kwargs: Any) -> list[Any]:
        found = [("fe80::1", 0, 0, 3), ("fd00::7", 0, 0, 0), ("fe80::2%eth0", 0, 0, 2)]
        return [(socket.AF_INET6, socket.SOCK_STREAM, 6, "", item) for item in found]

    with patch("socket.getaddrinfo", resolve):
        assert await async_resolve(HOST, 1) == ("fd00::7", "fe80::1%3", "fe80::2%eth0")


async def test_a_name_that_no_server_can_have_leads_nowhere(
    hass: HomeAssistant,
) -> None:
    """Python refuses to even ask for it."""
    with name_service():
        assert await async_resolve("a" * 70 + ".example", 1) == ()


async def test_a_name_service_that_does_not_answer_is_not_waited_for(
    hass: HomeAssistant,
) -> None:
    """Setting up must not hang on it, and speech even less."""

    async def hang(*args: object, **kwargs: object) -> None:
        await asyncio.sleep(60)

    with patch.object(asyncio.get_running_loop(), "getaddrinfo", hang):
        assert await async_resolve(HOST, 0.01) == ()
        # An address is its own.
        assert await async_resolve("10.0.0.1", 0.01) == ("10.0.0.1",)


@pytest.mark.parametrize("host", ["10.0.0.1", "::1", "fe80::1%eth0"])
def test_an_address_needs_no_name_service(host: str) -> None:
    """Nor can it change."""
    assert literal_address(host) == host
    assert literal_address(HOST) is None


@pytest.mark.parametrize(
    ("addresses", "kind", "locality", "detail"),
    [
        ((), "unresolved", Locality.UNPROVEN, HOST),
        (("10.0.0.1",), "host", Locality.LOCAL, f"{HOST} (10.0.0.1)"),
        (
            ("10.0.0.1", "8.8.8.8"),
            "host",
            Locality.CLOUD,
            f"{HOST} (10.0.0.1, 8.8.8.8)",
        ),
    ],
)
def test_a_host_is_judged_by_where_it_leads(
    addresses: tuple[str, ...], kind: str, locality: Locality, detail: str
) -> None:
    """A name that ends in ".local" says nothing: it may lead to the internet too."""
    evidence = host_evidence(HOST, addresses)
    assert (evidence.kind, evidence.verdict, evidence.detail) == (
        kind,
        locality,
        detail,
    )
