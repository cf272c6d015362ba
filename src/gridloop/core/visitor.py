"""What a browser tells of itself, in a few words, and roughly where it stands: enough to recognise one's own session, no more.

Guarantees: nothing here identifies a device; the last part of a network address is dropped before anything is kept.

Worked example::

    device("Mozilla/5.0 (Windows NT 10.0; Win64; x64) … Edg/124.0")   # "Windows · Edge"
    origin("203.0.113.57")                                            # "203.0.113.*"
    origin("10.20.30.40")                                             # "10.20.*(内网)"
"""

from __future__ import annotations

import ipaddress

SYSTEMS = (
    ("OpenHarmony", "鸿蒙"), ("HarmonyOS", "鸿蒙"), ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"),
    ("Mac OS X", "macOS"), ("CrOS", "ChromeOS"), ("UOS", "统信 UOS"), ("Kylin", "麒麟"), ("Linux", "Linux"),
)  # fmt: skip
BROWSERS = (
    ("MicroMessenger", "微信"), ("DingTalk", "钉钉"), ("QQBrowser", "QQ 浏览器"), ("360SE", "360 浏览器"), ("UCBrowser", "UC 浏览器"),
    ("Edg", "Edge"), ("OPR/", "Opera"), ("Firefox", "Firefox"), ("FxiOS", "Firefox"), ("HuaweiBrowser", "华为浏览器"), ("Chrome", "Chrome"),
    ("CriOS", "Chrome"), ("Safari", "Safari"),
)  # fmt: skip
UNKNOWN = "其他设备"


def device(user_agent: str) -> str:
    """System and browser, for example ``Windows · Edge``; at most 40 characters, whatever was sent."""
    told = [next((word for mark, word in table if mark in user_agent), "") for table in (SYSTEMS, BROWSERS)]
    return " · ".join(word for word in told if word) or UNKNOWN


def origin(address: str) -> str:
    """The network without its last part: IPv4 to /24 (inside an office network to /16), IPv6 to /48; empty when unreadable."""
    try:
        found = ipaddress.ip_address(address.strip())
    except ValueError:
        return ""
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    if found.is_loopback:
        return "本机"
    if isinstance(found, ipaddress.IPv6Address):
        return f"{ipaddress.ip_network(f'{found}/48', strict=False).network_address}*"
    parts = str(found).split(".")
    return f"{parts[0]}.{parts[1]}.*(内网)" if _is_office(found) else f"{'.'.join(parts[:3])}.*"


OFFICE_NETWORKS = tuple(ipaddress.ip_network(each) for each in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"))


def _is_office(address: ipaddress.IPv4Address) -> bool:
    return any(address in network for network in OFFICE_NETWORKS)
