"""How large is a firm, and is it above the statistical threshold? The national rules as tables and two pure functions.

* **规模** (大型、中型、小型、微型): 国家统计局《统计上大中小微型企业划分办法(2017)》(国统字〔2017〕213号). For each group of industries one
  to two of three measures count: staff (X), revenue (Y), assets (Z), the latter two in 万元. A firm is large, medium or small when it
  reaches the lower limit of *every* measure of its group, else it falls one class; it is micro as soon as one measure is.
* **限额以上 / 规模以上**: the reporting thresholds of the national statistics, by revenue; every real-estate developer counts, and in
  construction the licence decides, which no figure tells.

What is unknown stays unknown: without a measure that could still lower the class there is no class, and the sentence says what is
missing. Finance, education, health, railways and public administration are not in the table of 2017.

Worked example::

    >>> sized("52", staff=60, revenue=wan("600")).size
    'medium'
    >>> sized("52", staff=60, revenue=None).reason
    '零售业看从业人员和营业收入,还缺营业收入。'
    >>> threshold("52", revenue=wan("499")).above
    False
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cache

SOURCE = "国统字〔2017〕213号《统计上大中小微型企业划分办法(2017)》"
SIZES: dict[str, str] = {"large": "大型", "medium": "中型", "small": "小型", "micro": "微型"}
WAN = Decimal(10000)
MEASURES: dict[str, str] = {"staff": "从业人员", "revenue": "营业收入", "assets": "资产总额"}
_UNITS = {"staff": "人", "revenue": "万元", "assets": "万元"}


@dataclass(frozen=True, slots=True)
class Group:
    """A row of the table: what it covers by the first digits of the code, and for each measure the lower limits of 大, 中, 小."""

    name: str
    codes: tuple[str, ...]
    limits: dict[str, tuple[int, int, int]]


GROUPS: tuple[Group, ...] = (
    Group("农、林、牧、渔业", ("01", "02", "03", "04", "05"), {"revenue": (20000, 500, 50)}),
    Group(
        "工业", tuple(f"{code:02d}" for code in range(6, 47)), {"staff": (1000, 300, 20), "revenue": (40000, 2000, 300)}
    ),
    Group("建筑业", ("47", "48", "49", "50"), {"revenue": (80000, 6000, 300), "assets": (80000, 5000, 300)}),
    Group("批发业", ("51",), {"staff": (200, 20, 5), "revenue": (40000, 5000, 1000)}),
    Group("零售业", ("52",), {"staff": (300, 50, 10), "revenue": (20000, 500, 100)}),
    Group(
        "交通运输业", ("54", "55", "56", "57", "58", "591"), {"staff": (1000, 300, 20), "revenue": (30000, 3000, 200)}
    ),
    Group(
        "仓储业", ("592", "593", "594", "595", "596", "599"), {"staff": (200, 100, 20), "revenue": (30000, 1000, 100)}
    ),
    Group("邮政业", ("60",), {"staff": (1000, 300, 20), "revenue": (30000, 2000, 100)}),
    Group("住宿业", ("61",), {"staff": (300, 100, 10), "revenue": (10000, 2000, 100)}),
    Group("餐饮业", ("62",), {"staff": (300, 100, 10), "revenue": (10000, 2000, 100)}),
    Group("信息传输业", ("63", "64"), {"staff": (2000, 100, 10), "revenue": (100000, 1000, 100)}),
    Group("软件和信息技术服务业", ("65",), {"staff": (300, 100, 10), "revenue": (10000, 1000, 50)}),
    Group("房地产开发经营", ("701",), {"revenue": (200000, 1000, 100), "assets": (10000, 5000, 2000)}),
    Group("物业管理", ("702",), {"staff": (1000, 300, 100), "revenue": (5000, 1000, 500)}),
    Group("租赁和商务服务业", ("71", "72"), {"staff": (300, 100, 10), "assets": (120000, 8000, 100)}),
    Group(
        "其他未列明行业",
        ("703", "709", *(str(code) for code in range(73, 83)), "85", "86", "87", "88", "89", "90"),
        {"staff": (300, 100, 10)},
    ),
)
"""The table of 2017. 704 (自有房地产经营活动) and 53 (铁路运输业) are left out by its notes; 59 and 70 need the third digit."""


@dataclass(frozen=True, slots=True)
class Sized:
    """The class (empty when the rule gives none), the group it was read from, and why."""

    size: str
    group: str
    reason: str

    @property
    def label(self) -> str:
        return SIZES.get(self.size, "")


@dataclass(frozen=True, slots=True)
class Threshold:
    """Above (True), below (False) or unknown (None), what the threshold is called, and why."""

    above: bool | None
    name: str
    reason: str


def wan(amount: str | int | Decimal) -> Decimal:
    """That many 万元, in 元."""
    return Decimal(amount) * WAN


def sized(code: str, *, staff: int | None, revenue: Decimal | None, assets: Decimal | None = None) -> Sized:
    """The class of a firm of the industry ``code`` (two to four digits); money in 元.

    A firm of 59 or 70 whose third digit is unknown has no group yet, and the sentence asks for it.
    """
    group = _group(code)
    if group is None:
        return Sized("", "", _no_group(code))
    told = {"staff": staff, "revenue": revenue, "assets": assets}
    ranks = {name: _rank(told[name], name, limits) for name, limits in group.limits.items()}
    known = [rank for rank in ranks.values() if rank is not None]
    if max(known, default=0) == 3:  # one measure in the lowest class decides, whatever the others are
        return Sized("micro", group.name, _because(group, told, 3))
    missing = [MEASURES[name] for name, rank in ranks.items() if rank is None]
    if missing:
        looks_at = "和".join(MEASURES[name] for name in group.limits)
        return Sized("", group.name, f"{group.name}看{looks_at},还缺{'和'.join(missing)}。")
    rank = max(known)
    return Sized(tuple(SIZES)[rank], group.name, _because(group, told, rank))


def _rank(value: int | Decimal | None, name: str, limits: tuple[int, int, int]) -> int | None:
    """0 large, 1 medium, 2 small, 3 micro by this measure alone."""
    if value is None:
        return None
    amount = Decimal(value) if name == "staff" else Decimal(value) / WAN
    return next((rank for rank, limit in enumerate(limits) if amount >= limit), 3)


def _because(group: Group, told: dict[str, int | Decimal | None], rank: int) -> str:
    parts = []
    for name in group.limits:
        value = told[name]
        if value is not None:
            amount = Decimal(value) if name == "staff" else Decimal(value) / WAN
            parts.append(f"{MEASURES[name]} {amount.normalize():f} {_UNITS[name]}")
    return f"{group.name}:{'、'.join(parts)},划为{tuple(SIZES.values())[rank]}。"


@cache
def _group(code: str) -> Group | None:
    """The row whose code is the longest beginning of this one."""
    fitting = [(len(each), group) for group in GROUPS for each in group.codes if code.startswith(each)]
    return max(fitting, key=lambda found: found[0])[1] if fitting else None


def _no_group(code: str) -> str:
    if not code:
        return "还没有登记行业,不能划型。"
    if code in ("59", "70"):
        return "这个大类里各行业标准不同,请把行业代码写到三位或四位。"
    return "2017 年划型办法没有包括这个行业,不划型。"


@dataclass(frozen=True, slots=True)
class Line:
    """A reporting threshold: its name, the codes it is for, and the least revenue in 万元 (0: every firm)."""

    name: str
    codes: tuple[str, ...]
    least: int


THRESHOLDS: tuple[Line, ...] = (
    Line("规模以上工业", tuple(f"{code:02d}" for code in range(6, 47)), 2000),
    Line("限额以上批发业", ("51",), 2000),
    Line("限额以上零售业", ("52",), 500),
    Line("限额以上住宿业", ("61",), 200),
    Line("限额以上餐饮业", ("62",), 200),
    Line("房地产开发经营业", ("701",), 0),
    Line(
        "规模以上服务业",
        ("54", "55", "56", "57", "58", "59", "60", "63", "64", "65", "76", "77", "78", "79", "84"),
        2000,
    ),
    Line("规模以上服务业", ("702", "703", "704", "709", "71", "72", "73", "74", "75", "83"), 1000),
    Line("规模以上服务业", ("80", "81", "82", "85", "86", "87", "88", "89", "90"), 500),
)
"""《一套表统计调查制度》: annual revenue from the main business. Construction (47 to 50) goes by licence, not by revenue."""


def threshold(code: str, *, revenue: Decimal | None) -> Threshold:
    """Is the firm above the threshold of its industry? Revenue in 元."""
    line = _line(code)
    if line is None:
        why = (
            "建筑业按资质纳统,请按资质登记。"
            if code[:2] in ("47", "48", "49", "50")
            else "这个行业没有按营业收入定的纳统标准。"
        )
        return Threshold(None, "", why if code else "还没有登记行业,不能判断。")
    if line.least == 0:
        return Threshold(True, line.name, f"{line.name}全部纳统。")
    if revenue is None:
        return Threshold(None, line.name, f"{line.name}为年营业收入 {line.least} 万元及以上,还缺营业收入。")
    above = revenue >= line.least * WAN
    amount = f"{(revenue / WAN).normalize():f}"
    return Threshold(above, line.name, f"{line.name}为年营业收入 {line.least} 万元及以上,该企业为 {amount} 万元。")


@cache
def _line(code: str) -> Line | None:
    """The threshold whose code is the longest beginning of this one."""
    fitting = [(len(each), line) for line in THRESHOLDS for each in line.codes if code.startswith(each)]
    return max(fitting, key=lambda found: found[0])[1] if fitting else None
