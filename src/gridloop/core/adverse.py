"""Adverse factors (不利因素): what stands behind a firm's problem besides the problem itself, as tags that a person puts on the case.

The list is data: a street sets it up (设置 › 不利因素); until it does, the shipped one holds. A tag says what weighs on the firm, never whose fault it is.

Worked example::

    >>> in_force({}, retired=frozenset({"market"}))["energy"], "market" in in_force({}, retired=frozenset({"market"}))
    ('能源供应紧张', False)
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from gridloop.core.access import Actor
from gridloop.core.errors import NotAllowed

SHIPPED: dict[str, str] = {
    "energy": "能源供应紧张", "funds": "资金周转困难", "labour": "用工短缺", "logistics": "物流通行受阻", "market": "订单和市场萎缩", "land": "土地规划受限",
    "materials": "原材料涨价或断供", "epidemic": "疫情停工停业",
}  # fmt: skip
"""By code: what is offered where the street has set nothing else."""
CODE = re.compile(r"[a-z][a-z0-9_]{1,19}")
TAGS = frozenset({"desk", "leader", "lead_unit", "co_unit", "handler", "first_contact", "system"})
"""Relations to the case that may put a tag on: who took it in, classifies or handles it."""


def in_force(own: Mapping[str, str], *, retired: Collection[str]) -> dict[str, str]:
    """By code: the factors on offer: the shipped ones, renamed or retired by the street's own, then the street's others."""
    return {code: name for code, name in {**SHIPPED, **own}.items() if code not in retired}


def must_tag(actor: Actor, related: frozenset[str]) -> None:
    """Raises NotAllowed for whoever neither took the case in nor classifies or handles it."""
    if not related & TAGS:
        raise NotAllowed("adverse.may_not_tag", "不利因素由受理、分类或承办这件事的人标注;请联系他们。")
