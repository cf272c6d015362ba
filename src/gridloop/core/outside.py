"""Which network addresses lie outside: what the whole internet may be reached at, and what an installation allows besides.

Terms: *inside* is everything else (this machine, the office's own network, link-local, multicast …), where a message could be made to reach
what nobody outside should (SSRF); a *tunnel* is an IPv6 network that leads to some IPv4 address, and none is needed to reach anyone.

Worked example::

    >>> is_allowed(ip_address("10.20.3.4"), ()), is_allowed(ip_address("10.20.3.4"), (ip_network("10.20.0.0/16"),))
    (False, True)
    >>> written_out("0x7f.1")
    IPv4Address('127.0.0.1')
"""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
TUNNELS = tuple(ip_network(each) for each in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "::/96"))
_MOST_OF_THE_LAST = {1: 2**32, 2: 2**24, 3: 2**16, 4: 2**8}


def is_allowed(address: Address, networks: Sequence[Network]) -> bool:
    """Is the address public, or in one of the allowed networks?"""
    plain = getattr(address, "ipv4_mapped", None) or address
    if any(plain in network for network in networks):
        return True
    is_tunnel = any(plain in network for network in TUNNELS)
    return plain.is_global and not (plain.is_multicast or plain.is_reserved or plain.is_unspecified or is_tunnel)


def written_out(host: str) -> Address | None:
    """The address that a host is when it is no name; also in the old ways of writing one (``127.1``, ``0x7f000001``). None for a name."""
    try:
        return ip_address(host.strip("[]"))
    except ValueError:
        return _old_way(host)


def _old_way(host: str) -> IPv4Address | None:
    """One to four numbers, decimal, octal or hexadecimal; the last fills what is left (inet_aton of POSIX)."""
    parts = host.rstrip(".").split(".")
    try:
        numbers = [_number(part) for part in parts]
    except ValueError:
        return None
    if (
        len(numbers) > 4
        or any(number > 255 for number in numbers[:-1])
        or numbers[-1] >= _MOST_OF_THE_LAST[len(numbers)]
    ):
        return None
    high = sum(number << (24 - 8 * at) for at, number in enumerate(numbers[:-1]))
    return IPv4Address(high + numbers[-1])


def _number(said: str) -> int:
    if not said.isascii() or not said[:1].isdigit():
        raise ValueError(said)
    base = 16 if said[:2] in ("0x", "0X") else 8 if len(said) > 1 and said[0] == "0" else 10
    return int(said, base)
