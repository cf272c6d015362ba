"""A device in words, a network without its last part; whatever is sent, nothing identifying comes out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridloop.core.visitor import UNKNOWN, device, origin


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64) Chrome/124.0 Safari/537.36 Edg/124.0", "Windows · Edge"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) Version/17.4 Safari/604.1", "iPhone · Safari"),
        (
            "Mozilla/5.0 (Linux; Android 14; HarmonyOS) MicroMessenger/8.0",
            "鸿蒙 · 微信",
        ),  # before Android, before Linux
        ("Mozilla/5.0 (X11; Linux x86_64; rv:125.0) Firefox/125.0", "Linux · Firefox"),
        ("curl/8.5", UNKNOWN),
        ("", UNKNOWN),
    ],
)
def test_a_device_in_words(agent, words):
    assert device(agent) == words


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("203.0.113.57", "203.0.113.*"),
        ("10.20.30.40", "10.20.*(内网)"),
        ("192.168.1.2", "192.168.*(内网)"),
        ("::ffff:203.0.113.57", "203.0.113.*"),  # IPv4 as IPv6 writes it
        ("2001:db8:1:2:3::4", "2001:db8:1::*"),
        ("127.0.0.1", "本机"),
        ("::1", "本机"),
        ("nonsense", ""),
    ],
)
def test_a_network_without_its_last_part(address, words):
    assert origin(address) == words


@given(st.text())
def test_whatever_is_sent_the_words_are_short(text):
    assert len(device(text)) <= 40 and len(origin(text)) <= 60


@given(st.ip_addresses(v=4))
def test_the_last_part_of_an_address_is_never_told(address):
    assert str(address) not in origin(str(address))
