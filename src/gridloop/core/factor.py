"""The seven factors that a project or a firm may lack (要素保障): in what a gap is measured, and what became of the gaps.

Terms
    *factor* (要素)   土地, 资金, 用工, 供水, 供电, 供热, 供气; each with the unit in which a gap is told
    *gap* (缺口)      how much is lacking; the case that closes it carries the clock and the responsible unit
    *solved*          how much of the gap was met in the end, told once the case has an answer

Guarantees: amounts are exact; amounts of different units are never added; each gap is counted as exactly one of open, late and solved.

Worked example::

    >>> from decimal import Decimal
    >>> tally([Gap("power", Decimal("400"), solved=Decimal("315")), Gap("power", Decimal("200"), is_late=True)])["power"]
    Tally(n=2, open=0, late=1, solved=1, gap=Decimal('600'), met=Decimal('315'))
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from gridloop.core.errors import WrongInput

FACTORS: dict[str, str] = {
    "land": "土地", "funds": "资金", "labour": "用工", "water": "供水", "power": "供电", "heat": "供热", "gas": "供气",
}  # fmt: skip
UNITS: dict[str, str] = {
    "land": "亩", "funds": "万元", "labour": "人", "water": "吨/日", "power": "千伏安", "heat": "兆瓦", "gas": "立方米/日",
}  # fmt: skip
"""In what a gap of each factor is measured."""
WORDS: dict[str, tuple[str, ...]] = {
    "land": ("用地", "土地"), "funds": ("融资", "资金"), "labour": ("用工", "招工"), "water": ("供水",), "power": ("供电",),
    "heat": ("供热", "供暖"), "gas": ("供气", "燃气"),
}  # fmt: skip
"""A category whose path holds one of these words takes the factor's case."""
LARGEST = Decimal(10) ** 15
STATES: dict[str, str] = {"open": "办理中", "late": "已超期", "solved": "已解决"}


@dataclass(frozen=True, slots=True)
class Gap:
    """One gap: its amount in the factor's unit, how much was met, whether its case is over, whether it is late."""

    factor: str
    amount: Decimal
    solved: Decimal | None = None
    is_closed: bool = False
    is_late: bool = False

    @property
    def state(self) -> str:
        """solved once an amount was told or the case is struck off; else late, else open."""
        if self.solved is not None or self.is_closed:
            return "solved"
        return "late" if self.is_late else "open"


@dataclass(frozen=True, slots=True)
class Tally:
    """Of one factor: how many gaps there are, by state, how much is lacking in all, and how much of it was met."""

    n: int = 0
    open: int = 0
    late: int = 0
    solved: int = 0
    gap: Decimal = Decimal(0)
    met: Decimal = Decimal(0)


def tally(gaps: Iterable[Gap]) -> dict[str, Tally]:
    """A line for each of the seven factors, also for those that nobody lacks."""
    by_factor: dict[str, list[Gap]] = {factor: [] for factor in FACTORS}
    for gap in gaps:
        by_factor[gap.factor].append(gap)
    return {factor: _tally(rows) for factor, rows in by_factor.items()}


def _tally(rows: Sequence[Gap]) -> Tally:
    states = [row.state for row in rows]
    return Tally(
        len(rows), states.count("open"), states.count("late"), states.count("solved"), sum((row.amount for row in rows), Decimal(0)),
        sum((row.solved or Decimal(0) for row in rows), Decimal(0)),
    )  # fmt: skip


def check_gap(factor: str, amount: Decimal) -> Decimal:
    """The amount, if it can be a gap of the factor. Raises WrongInput."""
    if factor not in FACTORS:
        raise WrongInput("factor.unknown", f"要素只能是:{'、'.join(FACTORS.values())}。", field="factor")
    if not (amount.is_finite() and 0 < amount < LARGEST):
        raise WrongInput("factor.no_gap", f"请写缺口数量(大于 0),单位是{UNITS[factor]}。", field="gap")
    return amount


def check_solved(factor: str, gap: Decimal, solved: Decimal) -> Decimal:
    """The amount that was met, between nought and the gap. Raises WrongInput."""
    if not (solved.is_finite() and 0 <= solved <= gap):
        raise WrongInput(
            "factor.solved_range", f"解决数量在 0 到 {said(gap)} {UNITS[factor]}之间;缺口变大了请另登记一件。", field="solved"
        )  # fmt: skip
    return solved


def said(amount: Decimal) -> str:
    """The amount without trailing zeros: 2.5, 300."""
    return f"{amount.normalize():f}"


def category_among(paths: Sequence[str], factor: str) -> str:
    """The category for a factor; empty where no path speaks of it (the text then decides)."""
    for word in WORDS[factor]:
        found = [path for path in paths if word in path]
        if found:
            return min(found, key=lambda path: (word not in path.rsplit("/", 1)[-1], paths.index(path)))
    return ""
