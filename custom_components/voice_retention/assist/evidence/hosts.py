"""Know the addresses behind host names."""

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from ipaddress import ip_address
import socket

from ...policy.addresses import judge_addresses
from ...policy.models import Evidence, EvidenceKind, Locality

type Addresses = tuple[str, ...]


async def async_resolve(host: str, seconds: float) -> Addresses:
    """Return the addresses of a host, none if it has none or does not answer in time."""
    if (address := literal_address(host)) is not None:
        return (address,)
    with suppress(OSError, TimeoutError, UnicodeError):
        async with asyncio.timeout(seconds):
            found = await asyncio.get_running_loop().getaddrinfo(
                host, None, type=socket.SOCK_STREAM
            )
            return tuple(sorted({_address(item[4]) for item in found}))
    return ()


def literal_address(host: str) -> str | None:
    """Return the address that a host is given by, none if it is a name."""
    with suppress(ValueError):
        ip_address(host.partition("%")[0])
        return host
    return None


def host_evidence(host: str, addresses: Addresses) -> Evidence:
    """Judge a host by every address that its name leads to."""
    if not addresses:
        return Evidence(
            kind=EvidenceKind.UNRESOLVED, verdict=Locality.UNPROVEN, detail=host
        )
    return Evidence(
        kind=EvidenceKind.HOST,
        verdict=judge_addresses(addresses),
        detail=host if host in addresses else f"{host} ({', '.join(addresses)})",
    )


def _address(sockaddr: Iterable[object]) -> str:
    """Return a found address; one of the same cable needs its interface to be reached."""
    parts = list(sockaddr)
    address = str(parts[0])
    if len(parts) > 3 and parts[3] and "%" not in address:  # noqa: PLR2004 - IPv6 has a scope
        return f"{address}%{parts[3]}"
    return address
