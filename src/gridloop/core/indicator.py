"""How well does it go?  An indicator as data, never shown without its n.

Every reading carries what it was computed from, so that a rate cannot travel without its count and a nought in the
denominator is ``—`` rather than 0 % or 100 %.

* **ratio**: part of whole, with the Wilson interval: the range in which the true rate lies, at 95 %, given so few
  cases;
* **lower bound**: its lower end, the fair figure to compare by: 43 of 43 is 100 %, but only 91.8 % is *proven*;
* **on-time rate** (按时率): a ratio of the cases that are due; **growth** (同比, 环比): now over then, minus one;
* **caution**: a sentence where n is small; **unit sanity**: a question where a figure is likely in the wrong unit.

Guarantees: ``0 ≤ lower ≤ value ≤ upper ≤ 1``; more cases at the same rate never widen the interval; nothing is ever
corrected silently, only asked.

Worked example::

    >>> reading = ratio("solved", part=43, whole=43)
    >>> reading.shown, reading.lower_shown
    ('100%(43/43)', '91.8%')
    >>> ratio("solved", part=0, whole=0).shown
    '—'

Sources: E. B. Wilson, *Probable inference, the law of succession, and statistical inference*, JASA 22 (1927).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from statistics import median

from gridloop.core.errors import WrongInput

NOTHING = "—"
SMALL_N = 30
Z95 = 1.959963984540054

_JUMP = 20
_UNITS = {"元": Decimal(1), "万元": Decimal(10) ** 4, "亿元": Decimal(10) ** 8}


@dataclass(frozen=True, slots=True)
class Reading:
    """One value of one indicator.

    ``value`` and the interval are None where nothing can be said; ``n`` is the number of cases it rests on.
    """

    code: str
    kind: str
    value: float | None
    n: int
    part: int | None = None
    lower: float | None = None
    upper: float | None = None
    caution: str = ""

    @property
    def shown(self) -> str:
        """The value as people read it, with its n; ``—`` where there is none."""
        if self.value is None:
            return NOTHING
        if self.kind == "count":
            return str(self.n)
        if self.kind == "growth":
            return f"{self.value:+.2%}"
        return f"{_percent(self.value)}({self.part}/{self.n})"

    @property
    def percent_shown(self) -> str:
        """A rate without its counts, for where they stand beside it."""
        return NOTHING if self.value is None else _percent(self.value)

    @property
    def lower_shown(self) -> str:
        """The lower bound as people read it."""
        return NOTHING if self.lower is None else _percent(self.lower)

    @property
    def interval_shown(self) -> str:
        """The interval as people read it: ``91.8%–100%``."""
        return NOTHING if self.lower is None or self.upper is None else f"{_percent(self.lower)}–{_percent(self.upper)}"


@dataclass(frozen=True, slots=True)
class Amount:
    """A figure as it was typed, in 元, 万元 or 亿元; ``name`` is what it measures."""

    name: str
    value: Decimal
    unit: str

    @property
    def yuan(self) -> Decimal:
        """The figure in 元."""
        if self.unit not in _UNITS:
            raise WrongInput("indicator.unit", f"单位“{self.unit}”不认识,请用元、万元或亿元。", unit=self.unit)
        return self.value * _UNITS[self.unit]


def count(code: str, *, n: int) -> Reading:
    """A plain number of cases."""
    if n < 0:
        raise _bad_counts(n=n)
    return Reading(code, "count", float(n), n)


def ratio(code: str, *, part: int, whole: int) -> Reading:
    """``part`` of ``whole`` with its 95 % Wilson interval; no value where ``whole`` is 0, ``WrongInput`` if exceeded."""
    if not 0 <= part <= whole:
        raise _bad_counts(part=part, whole=whole)
    if whole == 0:
        return Reading(code, "ratio", None, 0, 0, caution="没有可统计的事项,不显示比率。")
    lower, upper = wilson_interval(part, whole)
    return Reading(code, "ratio", part / whole, whole, part, lower, upper, small_n_caution(part, whole))


def on_time_rate(code: str, deadlines: Iterable[tuple[datetime, datetime | None]], *, at: datetime) -> Reading:
    """The share on time of those that are finished or due by ``at``; each case is (due, finished or None).

    A case still open before its deadline is neither on time nor late and does not count; open past it, it is late.
    Finishing at the very deadline is on time.
    """
    on_time = late = 0
    for due_at, done_at in deadlines:
        if done_at is not None and done_at <= at:
            on_time, late = (on_time + 1, late) if done_at <= due_at else (on_time, late + 1)
        elif due_at < at:
            late += 1
    return ratio(code, part=on_time, whole=on_time + late)


def growth(code: str, *, now: Decimal, then: Decimal, n: int) -> Reading:
    """Change relative to ``then``; no value where then is nought or negative, because the sign would mislead."""
    if then <= 0:
        return Reading(code, "growth", None, n, caution="基期为零或负数,不计算增速。")
    return Reading(code, "growth", float(now / then - 1), n)


def wilson_interval(part: int, whole: int, *, z: float = Z95) -> tuple[float, float]:
    """The Wilson score interval of ``part`` in ``whole`` (at least 1) at ``z`` standard deviations."""
    if whole <= 0 or not 0 <= part <= whole:
        raise _bad_counts(part=part, whole=whole)
    rate, square = part / whole, z * z
    middle = (rate + square / (2 * whole)) / (1 + square / whole)
    half = z / (1 + square / whole) * math.sqrt(rate * (1 - rate) / whole + square / (4 * whole * whole))
    lower = 0.0 if part == 0 else max(middle - half, 0.0)
    upper = 1.0 if part == whole else min(middle + half, 1.0)
    return min(lower, rate), max(upper, rate)


def small_n_caution(part: int, whole: int) -> str:
    """What to bear in mind when so few cases carry a rate; empty from 30 on."""
    if whole >= SMALL_N:
        return ""
    lower, upper = wilson_interval(part, whole)
    return f"只有 {whole} 件,真实比率可能在 {_percent(lower)} 到 {_percent(upper)} 之间,不宜据此比较或排名。"


def unit_warning(amount: Amount, earlier: Sequence[Amount]) -> str:
    """A question where the figure is twenty times above or below its own earlier ones; empty if it fits or none are
    known.

    The sentence names the unit that would fit, if one would.
    """
    known = [float(each.yuan) for each in earlier if each.name == amount.name and each.yuan > 0]
    if not known or amount.yuan <= 0:
        return ""
    usual, given = median(known), float(amount.yuan)
    if usual / _JUMP <= given <= usual * _JUMP:
        return ""
    times = f"{given / usual:.0f} 倍" if given > usual else f"{usual / given:.0f} 分之一"
    likely = f"若单位是{unit}则相符;" if (unit := _fitting_unit(amount, usual)) else ""
    return f"“{amount.name}”{amount.value}{amount.unit}是以往的{times},{likely}请核对单位,系统不会自行改动。"


def peers_warning(amounts: Sequence[Amount]) -> list[str]:
    """A question for each figure in a smaller unit than its neighbours and at most a twentieth of their median.

    For a table without history, such as 固定资产投资 10.1亿元 beside 社零 1149.2万元: the second asks to be checked.
    """
    found = []
    for amount in amounts:
        others = [float(each.yuan) for each in amounts if each is not amount and each.yuan > 0]
        smaller = any(_UNITS[each.unit] > _UNITS[amount.unit] for each in amounts if each is not amount)
        if others and smaller and 0 < float(amount.yuan) * _JUMP <= median(others):
            found.append(
                f"“{amount.name}”{amount.value}{amount.unit}与同表其他数据相差悬殊,请核对单位,系统不会自行改动。"
            )
    return found


def _fitting_unit(amount: Amount, usual: float) -> str:
    """The unit in which the typed number would be nearest to the usual, if that is near."""
    units = {unit: float(amount.value * factor) for unit, factor in _UNITS.items() if unit != amount.unit}
    best = min(units, key=lambda unit: abs(math.log(units[unit] / usual)))
    return best if usual / _JUMP <= units[best] <= usual * _JUMP else ""


def _percent(value: float) -> str:
    """One decimal; whole numbers without; never 100 % or 0 % by rounding alone."""
    if value in {0.0, 1.0}:
        return f"{value:.0%}"
    return f"{min(max(value, 0.001), 0.999):.1%}"


def _bad_counts(**counts: int) -> WrongInput:
    return WrongInput("indicator.counts", "件数须为非负整数,且分子不超过分母,请核对统计口径。", **counts)
