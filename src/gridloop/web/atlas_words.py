"""The map's words: what a flaw of the ground is called, and where it is in words of the neighbourhood."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gridloop.offices.territory.queries import Placed

FLAW_LABELS = {
    "gap": gettext_lazy("空白"),
    "overlap": gettext_lazy("重叠"),
    "contested": gettext_lazy("争议地带"),
    "outside": gettext_lazy("越界"),
    "sliver": gettext_lazy("碎屑"),
}
SIDES = {
    "e": gettext_lazy("%(name)s东侧"),
    "ne": gettext_lazy("%(name)s东北侧"),
    "n": gettext_lazy("%(name)s北侧"),
    "nw": gettext_lazy("%(name)s西北侧"),
    "w": gettext_lazy("%(name)s西侧"),
    "sw": gettext_lazy("%(name)s西南侧"),
    "s": gettext_lazy("%(name)s南侧"),
    "se": gettext_lazy("%(name)s东南侧"),
}


def where_words(each: Placed) -> str:
    """``西南小区东侧、东南小区西侧``; coordinates where nothing is near."""
    if not each.where:
        lon, lat = each.flaw.point
        return _("东经 %(lon)s、北纬 %(lat)s 附近") % {"lon": f"{lon:.5f}", "lat": f"{lat:.5f}"}
    return _("、").join(str(SIDES[side]) % {"name": name} for name, side in each.where)


def area_words(area_m2: float) -> str:
    """Square metres with thousands, or hectares from ten of them."""
    if area_m2 >= 100_000:
        return _("%(n)s 公顷") % {"n": f"{area_m2 / 10_000:,.1f}"}
    return _("%(n)s 平方米") % {"n": f"{area_m2:,.0f}"}
