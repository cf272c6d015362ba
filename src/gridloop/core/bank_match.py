"""银企对接: the stages of one firm's demand for money and one bank's answer, and which products would suit it.

Terms
    *demand* (需求)       how much, what for, for how long, against what; nobody outside sees it yet
    *consent* (授权)      the firm agrees that a bank is told, who of it said so, how and when; without it nothing is shown to a bank
    *product* (产品)      what a bank offers: limit, rates, and conditions over facts of the firm and of the demand (``core.eligibility``)
    *match* (对接)        demand → consented → introduced → granted or declined → drawn; withdrawn from any stage before money is drawn
    *drawing* (放款)      money of the credit that reached the firm, on a day; a credit is drawn in one part or in several

Guarantees: a step out of turn is refused with a sentence that names the step before it; granted is never more than nobody asked for without
being told so (``asks_why``); the drawings together never exceed what was granted; totals are exact and each carries its n.

Worked example::

    >>> after("demand", "introduce")
    Traceback (most recent call last):
    ...
    gridloop.core.errors.Refused: 现在是“已登记需求”,还不能“介绍给银行”;请先做:记录企业授权。
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from gridloop.core.condition import Facts, Said, Value
from gridloop.core.eligibility import Clause, Verdict, judge
from gridloop.core.errors import Refused, WrongInput

STAGES: dict[str, str] = {
    "demand": "已登记需求", "consented": "企业已授权", "introduced": "已介绍给银行", "granted": "银行已授信", "declined": "银行未通过", "drawn": "已放款",
    "withdrawn": "已撤回",
}  # fmt: skip
OPEN = ("demand", "consented", "introduced", "granted")
SEEN_BY_BANK = frozenset({"introduced", "granted", "declined", "drawn"})
COLLATERALS: dict[str, str] = {
    "none": "信用,无抵押", "property": "房产抵押", "equipment": "设备抵押", "receivable": "应收账款质押", "guarantee": "保证担保", "stock": "存货质押",
}  # fmt: skip
PURPOSES: dict[str, str] = {"turnover": "流动资金周转", "renewal": "续贷过桥", "equipment": "购置设备", "expansion": "扩大经营", "wages": "发放工资", "other": "其他"}  # fmt: skip
LEAST, MOST = Decimal(1000), Decimal(10) ** 12
WAN = Decimal(10_000)
DEMAND_FACTS: dict[str, tuple[str, str]] = {
    "demand_amount": ("需求金额", "万元"), "demand_term": ("借款期限", "个月"), "demand_purpose": ("借款用途", ""), "demand_collateral": ("担保方式", ""),
    "established_months": ("成立时长", "个月"),
}  # fmt: skip
"""What a product's conditions may ask of the demand, besides the facts of the firm: label and unit."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step: what it is called, from which stages it leads, and where to."""

    name: str
    label: str
    sources: tuple[str, ...]
    target: str


STEPS: dict[str, Step] = {
    step.name: step
    for step in (
        Step("consent", "记录企业授权", ("demand",), "consented"),
        Step("introduce", "介绍给银行", ("consented",), "introduced"),
        Step("grant", "登记授信", ("introduced",), "granted"),
        Step("decline", "登记未通过", ("introduced",), "declined"),
        Step("draw", "登记放款", ("granted", "drawn"), "drawn"),
        Step("void_drawing", "作废一次放款", ("drawn",), "drawn"),
        Step("withdraw", "撤回需求", OPEN, "withdrawn"),
    )
}


def after(stage: str, step: str) -> str:
    """The stage to which the step leads. Raises Refused out of turn, naming what has to come before."""
    found = STEPS[step]
    if stage in found.sources:
        return found.target
    before = "" if stage not in OPEN or step == "withdraw" else _step_from(stage).label
    told = f";请先做:{before}" if before else ";这一笔已经结束"
    raise Refused("bank.out_of_turn", f"现在是“{STAGES[stage]}”,还不能“{found.label}”{told}。", stage=stage, step=step)


def steps_from(stage: str, *, left: Decimal | None = None) -> tuple[str, ...]:
    """The steps that can be taken in a stage; nothing is drawn of a credit of which nothing is ``left`` (元)."""
    steps = tuple(step.name for step in STEPS.values() if stage in step.sources)
    return tuple(name for name in steps if name != "draw") if left is not None and left <= 0 else steps


def _step_from(stage: str) -> Step:
    return next(step for step in STEPS.values() if stage in step.sources)


@dataclass(frozen=True, slots=True)
class Demand:
    """What the firm asks for; ``amount`` in 元, ``term`` in months."""

    amount: Decimal
    purpose: str
    term: int
    collateral: str


def check_demand(told: Demand) -> Demand:
    """The demand, if it makes sense. Raises WrongInput at the field at fault."""
    if not (told.amount.is_finite() and LEAST <= told.amount <= MOST):
        raise WrongInput(
            "bank.amount", f"需求金额在 {LEAST:,f} 元到 {MOST / 10**8:,f} 亿元之间;请核对单位。", field="amount"
        )
    if told.purpose not in PURPOSES:
        raise WrongInput("bank.purpose", f"用途可选:{'、'.join(PURPOSES.values())}。", field="purpose")
    if not 1 <= told.term <= 360:
        raise WrongInput("bank.term", "期限按月写,在 1 到 360 之间。", field="term")
    if told.collateral not in COLLATERALS:
        raise WrongInput("bank.collateral", f"担保方式可选:{'、'.join(COLLATERALS.values())}。", field="collateral")
    return told


def check_granted(asked: Decimal, granted: Decimal, *, why: str = "") -> Decimal:
    """The credit that was granted; more than was asked for needs a word of explanation. Raises WrongInput."""
    if not (granted.is_finite() and 0 < granted <= MOST):
        raise WrongInput("bank.granted", "请写授信金额(大于 0);银行没有给额度,请登记未通过的原因。", field="granted")
    if granted > asked and len(why.strip()) < 2:
        raise WrongInput(
            "bank.granted_more", f"授信多于需求的 {said(asked)} 万元;请核对单位,确实如此请写明说明。", field="granted"
        )
    return granted


def check_drawn(granted: Decimal, drawn: Decimal, *, before: Decimal = Decimal(0)) -> Decimal:
    """The money that was paid out this time, within what the drawings ``before`` have left of the credit. Raises WrongInput."""
    if drawn.is_finite() and 0 < drawn <= granted - before:
        return drawn
    if not before:
        raise WrongInput("bank.drawn", f"放款金额大于 0,不超过授信的 {said(granted)} 万元。", field="drawn")
    told = f"授信 {said(granted)} 万元,已放款 {said(before)} 万元,还可放款 {said(granted - before)} 万元"
    raise WrongInput("bank.drawn", f"放款金额大于 0,合计不超过授信:{told}。", field="drawn")


def check_drawn_on(drawn_on: date, *, today: date, demanded_on: date) -> date:
    """The day on which the money reached the firm: not to come, and not a year and more before it was asked for. Raises WrongInput."""
    if drawn_on > today:
        raise WrongInput("bank.drawn_on", "放款日期不能晚于今天。", field="drawn_on")
    if drawn_on < demanded_on - timedelta(days=366):
        raise WrongInput("bank.drawn_on", f"放款日期比登记需求({demanded_on})早了一年多;请核对年份。", field="drawn_on")
    return drawn_on


def said(amount: Decimal) -> str:
    """元 as 万元 without trailing zeros: 50, 12.5."""
    return f"{(amount / WAN).normalize():,f}"


def demand_facts(told: Demand, *, established: timedelta | None = None) -> dict[str, object]:
    """The demand as conditions see it; the amount in 万元."""
    found: dict[str, object] = {
        "demand_amount": told.amount / WAN, "demand_term": told.term, "demand_purpose": told.purpose, "demand_collateral": told.collateral,
    }  # fmt: skip
    return found if established is None else found | {"established_months": established.days * 12 // 365}


@dataclass(frozen=True, slots=True)
class Suiting:
    """What one product says of one demand: met, not met, or still unknown, clause by clause."""

    product: str
    verdict: Verdict


_BEST: dict[Value, int] = {"met": 0, "unknown": 1, "not_met": 2}


def suited(products: Mapping[str, Sequence[Clause]], facts: Facts, words: Said | None = None) -> list[Suiting]:
    """Every product with its verdict: those that fit first, then those that lack facts, then those that do not; else in their own order."""
    found = [Suiting(product, judge(clauses, facts, words)) for product, clauses in products.items()]
    return sorted(found, key=lambda each: _BEST[each.verdict.value])


@dataclass(frozen=True, slots=True)
class Line:
    """A match as the totals see it."""

    stage: str
    amount: Decimal
    granted: Decimal | None = None
    drawn: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Sum:
    """How many, and how much together."""

    n: int
    amount: Decimal


def totals(lines: Iterable[Line]) -> dict[str, Sum]:
    """Demand, granted and drawn, each with its n; what was withdrawn is no demand."""
    rows = [line for line in lines if line.stage != "withdrawn"]
    granted = [line.granted for line in rows if line.granted is not None]
    drawn = [line.drawn for line in rows if line.drawn is not None]
    return {
        "demand": Sum(len(rows), sum((line.amount for line in rows), Decimal(0))),
        "granted": Sum(len(granted), sum(granted, Decimal(0))),
        "drawn": Sum(len(drawn), sum(drawn, Decimal(0))),
    }
