"""Two firms of nearly the same name: probably one that was entered twice, to be looked at by a person.

The *core* of a name (字号) is what remains without brackets, the places in front and the legal form behind. Two names are near when their
cores are the same, or when one character was mistyped, left out or added in cores of five and more; never when what differs is a number
(一分店, 二分店 are two shops).

Worked example::

    >>> core_of("郑州市中原区示例机械制造有限公司")
    '示例机械制造'
    >>> near_pairs({"a": "示例机械制造有限公司", "b": "示例机械制照公司", "c": "别的商行"})
    [('a', 'b')]
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

_BRACKETS = re.compile(r"[(\[【〔].*?[)\]】〕]")
_PLACES = re.compile(r"^(?:中国)?(?:[一-龥]{2,3}省)?(?:郑州市?|河南省?|[一-龥]{2,3}市)?(?:[一-龥]{2,3}[区县])?")
_FORMS = re.compile(
    r"(?:股份有限公司|有限责任公司|集团有限公司|有限公司|分公司|总公司|公司|集团|个体工商户|合伙企业|工作室|经营部|商行|厂|店)+$"
)
_NUMBERS = frozenset("零〇一二三四五六七八九十甲乙丙丁东南西北0123456789ABCDEFGH")
LEAST = 5
MOST_ALIKE = 40
"""A key that this many names share says nothing about any two of them."""


def core_of(name: str) -> str:
    """What of the name tells the firm from others; the whole name where nothing would remain."""
    folded = re.sub(r"\s+", "", unicodedata.normalize("NFKC", name)).upper()
    bare = _BRACKETS.sub("", folded)
    core = _FORMS.sub("", _PLACES.sub("", bare, count=1))
    return core if len(core) >= 2 else bare or folded


def near_pairs(names: Mapping[str, str]) -> list[tuple[str, str]]:
    """The pairs of keys whose names are near, in the order of the mapping. Linear in the names."""
    cores = {key: core_of(name) for key, name in names.items()}
    shared: dict[str, list[str]] = {}
    for key, core in cores.items():
        for shape in _shapes(core):
            shared.setdefault(shape, []).append(key)
    order = {key: at for at, key in enumerate(names)}
    pairs = {
        (one, other)
        for keys in shared.values()
        if 1 < len(keys) <= MOST_ALIKE
        for at, one in enumerate(keys)
        for other in keys[at + 1 :]
        if is_near(cores[one], cores[other])
    }
    return sorted(pairs, key=lambda pair: (order[pair[0]], order[pair[1]]))


def is_near(one: str, other: str) -> bool:
    """The same core, or one that differs by a single character that is no number."""
    if one == other:
        return True
    if min(len(one), len(other)) < LEAST or abs(len(one) - len(other)) > 1:
        return False
    start = next(
        (at for at, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]), min(len(one), len(other))
    )
    rest_one, rest_other = one[start:], other[start:]
    if len(one) == len(other):
        differs, same = {rest_one[0], rest_other[0]}, rest_one[1:] == rest_other[1:]
    elif len(one) > len(other):
        differs, same = {rest_one[0]}, rest_one[1:] == rest_other
    else:
        differs, same = {rest_other[0]}, rest_one == rest_other[1:]
    return same and not differs & _NUMBERS


def _shapes(core: str) -> set[str]:
    """The core itself and, where it is long enough, the core without each of its characters: near cores share one."""
    if len(core) < LEAST:
        return {core}
    return {core} | {core[:at] + core[at + 1 :] for at in range(len(core))}
