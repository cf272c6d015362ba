"""What lies outside, and the many ways of writing an address that does not."""

from __future__ import annotations

from ipaddress import ip_address

import pytest

from gridloop.core.outside import written_out


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1", "127.0.0.1"),
        ("[::1]", "::1"),
        ("127.1", "127.0.0.1"),
        ("127.0.1", "127.0.0.1"),
        ("2130706433", "127.0.0.1"),
        ("0x7f000001", "127.0.0.1"),
        ("0x7f.1", "127.0.0.1"),
        ("0177.0.0.1", "127.0.0.1"),
        ("127.0.0.1.", "127.0.0.1"),
        ("example.org", None),
        ("1.2.3.4.5", None),  # more numbers than an address has
        ("256.1", None),
        ("4294967296", None),  # one more than there are addresses
        ("7f.example", None),
        ("", None),
    ],
)
def test_an_address_is_known_however_it_is_written(host, address):
    assert written_out(host) == (ip_address(address) if address else None)
