"""Test who can be behind an address."""

import pytest

from custom_components.voice_retention.policy.addresses import (
    judge_address,
    judge_addresses,
)
from custom_components.voice_retention.policy.models import Locality

CLOUD, LOCAL, UNPROVEN = Locality.CLOUD, Locality.LOCAL, Locality.UNPROVEN


@pytest.mark.parametrize(
    ("address", "locality"),
    [
        pytest.param("127.0.0.1", LOCAL, id="this machine"),
        pytest.param("127.8.9.10", LOCAL, id="this machine by another name"),
        pytest.param("10.0.0.1", LOCAL, id="private"),
        pytest.param("172.16.3.4", LOCAL, id="private, of Docker"),
        pytest.param("172.32.0.1", CLOUD, id="just outside of private"),
        pytest.param("192.168.1.7", LOCAL, id="private, of a home"),
        pytest.param("169.254.7.7", LOCAL, id="on the same cable"),
        pytest.param("8.8.8.8", CLOUD, id="public"),
        pytest.param("100.64.0.1", UNPROVEN, id="of a provider, or an overlay network"),
        pytest.param("100.128.0.1", CLOUD, id="just outside of those"),
        pytest.param("203.0.113.7", CLOUD, id="for documentation"),
        pytest.param("198.18.0.1", CLOUD, id="for tests of networks"),
        pytest.param("224.0.0.251", CLOUD, id="to many"),
        pytest.param("0.0.0.0", UNPROVEN, id="no address"),  # noqa: S104 - not bound to
        pytest.param("::1", LOCAL, id="this machine, IPv6"),
        pytest.param("fd00::7", LOCAL, id="private, IPv6"),
        pytest.param("fc00::7", LOCAL, id="private, IPv6, assigned"),
        pytest.param("fe80::1%eth0", LOCAL, id="on the same cable, IPv6"),
        pytest.param("fec0::1", CLOUD, id="a kind of private that was given up"),
        pytest.param("2001:db8::1", CLOUD, id="for documentation, IPv6"),
        pytest.param("2003:e5:1::7", CLOUD, id="public, IPv6, perhaps at home"),
        pytest.param("::", UNPROVEN, id="no address, IPv6"),
        pytest.param("::ffff:192.168.1.7", LOCAL, id="private IPv4 in IPv6"),
        pytest.param("::ffff:8.8.8.8", CLOUD, id="public IPv4 in IPv6"),
        pytest.param("64:ff9b::c0a8:107", CLOUD, id="through a translator"),
        pytest.param("2002:c0a8:107::1", CLOUD, id="through a tunnel"),
        pytest.param("whisper.local", UNPROVEN, id="no address at all"),
    ],
)
def test_an_address_is_judged_by_who_can_be_there(
    address: str, locality: Locality
) -> None:
    """Only what no router passes on to the internet is at home."""
    assert judge_address(address) is locality


@pytest.mark.parametrize(
    ("addresses", "locality"),
    [
        ([], UNPROVEN),
        (["10.0.0.1", "fd00::7"], LOCAL),
        (["10.0.0.1", "100.64.0.1"], UNPROVEN),
        (["10.0.0.1", "100.64.0.1", "8.8.8.8"], CLOUD),
    ],
)
def test_a_host_is_as_local_as_its_worst_address(
    addresses: list[str], locality: Locality
) -> None:
    """A connection may take any of them."""
    assert judge_addresses(addresses) is locality
