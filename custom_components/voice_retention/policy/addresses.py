"""Judge network addresses by who can be behind them."""

from collections.abc import Iterable
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from typing import Final

from .models import Locality

HOME_NETWORKS: Final = tuple(
    ip_network(network)
    for network in (
        "127.0.0.0/8",  # this machine
        "10.0.0.0/8",  # private
        "172.16.0.0/12",
        "192.168.0.0/16",
        "169.254.0.0/16",  # the same cable
        "::1/128",  # and the same for IPv6
        "fc00::/7",
        "fe80::/10",
    )
)
"""Addresses that no router passes on to the internet."""

DOUBTFUL_NETWORKS: Final = tuple(
    ip_network(network)
    for network in (
        # Shared by the customers of a provider, but also by the machines of an overlay
        # network such as Tailscale, wherever those stand.
        "100.64.0.0/10",
        # "No address": to connect to it leads to this machine on some systems only.
        "0.0.0.0/32",
        "::/128",
    )
)


def judge_address(address: str) -> Locality:
    """Return whether what answers at an address is in the home.

    Everything that is neither known nor doubtful is taken for the internet: public
    addresses, also those that a provider gives to the machines of a home, networks for
    documentation and tests, and translations of IPv4 into IPv6.
    """
    try:
        # The part after "%" names the interface that leads there.
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return Locality.UNPROVEN
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is not None:
        # The system speaks IPv4 to it.
        parsed = parsed.ipv4_mapped
    if _is_in(parsed, HOME_NETWORKS):
        return Locality.LOCAL
    if _is_in(parsed, DOUBTFUL_NETWORKS):
        return Locality.UNPROVEN
    return Locality.CLOUD


def judge_addresses(addresses: Iterable[str]) -> Locality:
    """Return the worst of what the addresses of one host say; none say nothing."""
    verdicts = {judge_address(address) for address in addresses}
    if Locality.CLOUD in verdicts:
        return Locality.CLOUD
    if verdicts == {Locality.LOCAL}:
        return Locality.LOCAL
    return Locality.UNPROVEN


def _is_in(
    address: IPv4Address | IPv6Address,
    networks: Iterable[IPv4Network | IPv6Network],
) -> bool:
    """Return whether an address belongs to one of these networks."""
    return any(address in network for network in networks)
