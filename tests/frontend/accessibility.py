"""axe-core on an open page, and what else every page keeps: no inline style or script, no sideways scrolling at 320 px, a small load.

Used by ``test_axe`` on the sample street and by ``script/audit`` on a running server. axe is evaluated through the debugger, so the pages'
Content-Security-Policy stays as strict as it is for everybody.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

AXE = Path(__file__).parents[2] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
MODES = {
    "light": {},
    "dark": {"theme": "dark"},
    "large": {"type": "large"},
}
"""The reader's modes by the cookies that set them."""
LARGEST_LOAD = 100 * 1024
"""Bytes that a page without map and charts may transfer, style sheet and script included, compressed."""
NARROW = {"width": 320, "height": 640}
"""1280 px at 400 % (WCAG 2.2, 1.4.10)."""
INLINE = re.compile(
    r"""<style\b|<script(?![^>]*\bsrc=)(?![^>]*type="application/(?:ld\+)?json")[^>]*>|\sstyle=["']|\son[a-z]+=["']|javascript:""",
    re.I,
)
OVERFLOW = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
TOO_WIDE = """() => [...document.querySelectorAll("body *")].filter((e) => e.getBoundingClientRect().right > innerWidth + 1 && e.checkVisibility())
  .slice(0, 5).map((e) => `${e.tagName}.${e.className.baseVal ?? e.className}`)"""


@cache
def axe() -> str:
    """The source of axe-core, from the front end's packages."""
    return AXE.read_text(encoding="utf-8")


def violations(page: Any) -> list[str]:
    """What axe finds wrong with the open page: rule, impact and the first three places of each."""
    page.evaluate(axe())
    found = page.evaluate("() => axe.run(document, { resultTypes: ['violations'] })")
    return [
        f"{each['id']} ({each['impact']}): {'; '.join(' '.join(node['target']) for node in each['nodes'][:3])}"
        for each in found["violations"]
    ]


def inline_parts(html: str) -> list[str]:
    """Styles and scripts that stand in the page itself: the policy would refuse them, so there must be none."""
    return [html[max(found.start() - 40, 0) : found.end() + 40] for found in INLINE.finditer(html)]


def sideways(page: Any) -> list[str]:
    """The widest elements of a page that scrolls sideways; empty when it does not."""
    return page.evaluate(TOO_WIDE) or ["?"] if page.evaluate(OVERFLOW) > 0 else []
