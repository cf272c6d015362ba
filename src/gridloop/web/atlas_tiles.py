"""The street map below the grids: none by default; what an installation chooses is shown only with its review number (审图号).

``GRIDLOOP_TILES`` is an address with ``{z}``, ``{x}``, ``{y}``, or ``tianditu`` together with ``GRIDLOOP_TIANDITU_KEY``. ``GRIDLOOP_TILES_NOTE`` is
the review number as the map's publisher gives it (such as ``GS(2024)0568号``); without it nothing is shown. ``GRIDLOOP_TILES_CREDIT`` names
the publisher. ``GRIDLOOP_TILES_SYSTEM`` is wgs84 (also CGCS2000, 天地图), gcj02 or bd09: what is shifted is said to be shifted, and no
boundary is drawn on it.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from django.conf import settings
from django.utils.translation import gettext as _

TIANDITU = (
    "https://t0.tianditu.gov.cn/DataServer?T=vec_w&x={x}&y={y}&l={z}&tk=%s",
    "https://t0.tianditu.gov.cn/DataServer?T=cva_w&x={x}&y={y}&l={z}&tk=%s",
)
SHIFTED = frozenset({"gcj02", "bd09"})


@dataclass(frozen=True, slots=True)
class Tiles:
    """The raster tiles below the grids: addresses from bottom to top, and what must stand beside them."""

    addresses: tuple[str, ...] = ()
    note: str = ""
    credit: str = ""
    system: str = "wgs84"
    problem: str = ""

    @property
    def is_shifted(self) -> bool:
        return self.system in SHIFTED


def tiles() -> Tiles:
    """What the installation has chosen; no addresses, and the reason, where it is incomplete."""
    chosen = settings.MAP_TILES
    addresses = _addresses(chosen["address"], chosen["key"])
    if not addresses:
        return Tiles(problem=_("配置了天地图但没有密钥,底图不显示。") if chosen["address"] else "")
    if not chosen["note"].strip():
        return Tiles(problem=_("底图没有填审图号,不显示;请系统管理员设置 GRIDLOOP_TILES_NOTE。"))
    return Tiles(addresses, chosen["note"], chosen["credit"], chosen["system"].lower().replace("-", ""))


def _addresses(address: str, key: str) -> tuple[str, ...]:
    if address == "tianditu":
        return tuple(each % quote(key) for each in TIANDITU) if key else ()
    return (address,) if all(part in address for part in ("{z}", "{x}", "{y}")) else ()
