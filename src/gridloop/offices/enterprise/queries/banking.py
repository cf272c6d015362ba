"""Bank products, the matches of firms with banks, their board and totals; and which products would suit a demand, clause by clause."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet

from gridloop.core import bank_match
from gridloop.core.access import Actor
from gridloop.core.bank_match import COLLATERALS, DEMAND_FACTS, PURPOSES, STAGES, Demand, Line, Sum
from gridloop.core.condition import explain, facts_named, parse
from gridloop.core.eligibility import Clause, Verdict
from gridloop.core.errors import NotFound, Refused, WrongInput
from gridloop.offices.archive.queries import TimelineEntry, timeline
from gridloop.offices.cases.models import BEIJING
from gridloop.offices.enterprise.forum_models import Forum
from gridloop.offices.enterprise.models import Enterprise
from gridloop.offices.enterprise.queries.facts import FACTS, Fact, facts_of
from gridloop.offices.enterprise.queries.solving import PAGE, seen
from gridloop.offices.enterprise.solution_models import BankDrawing, BankMatch, BankProduct

WAYS = {"none": "一对一", "any": "对接会"}
_KINDS: dict[str, tuple[str, Mapping[str, str] | None]] = {
    "demand_purpose": ("choice", PURPOSES), "demand_collateral": ("choice", COLLATERALS), "demand_amount": ("money", None),
}  # fmt: skip


def _fact(name: str, label: str, unit: str) -> Fact:
    kind, choices = _KINDS.get(name, ("number", None))
    return Fact(name, label, kind, unit, choices)


ASKABLE: dict[str, Fact] = FACTS | {name: _fact(name, label, unit) for name, (label, unit) in DEMAND_FACTS.items()}
"""What a condition of a product may ask: the facts of the firm, and those of its demand."""


def products(street: str, *, bank: str = "") -> list[BankProduct]:
    """The products on offer."""
    rows = BankProduct.objects.filter(street=street, ended_at__isnull=True)
    return list(rows.filter(bank=bank) if bank else rows)


def product(ref: str, *, by: Actor) -> BankProduct:
    """Raises NotFound."""
    found = BankProduct.objects.filter(ref=ref, ended_at__isnull=True).first()
    if found is None or (by.kind != "system" and found.street != by.street):
        raise NotFound("bank.no_product", "没有这个银行产品,或已下架;请从产品列表中选择。", product=ref)
    return found


def clauses_of(written: Sequence[Mapping[str, Any]]) -> list[Clause]:
    """A product's conditions. Raises WrongInput for a malformed one or an unknown fact."""
    found = []
    for number, each in enumerate(written, start=1):
        condition = parse(each.get("condition"))
        unknown = sorted(facts_named(condition) - set(ASKABLE))
        if unknown:
            raise WrongInput(
                "bank.no_fact",
                f"第 {number} 条用了没有的项:{'、'.join(unknown)};可用:{'、'.join(ASKABLE)}。",
                field="clauses",
            )
        found.append(Clause(condition, str(each.get("quote", ""))))
    return found


def explained(clause: Clause) -> str:
    """What a condition asks, in one sentence."""
    return explain(clause.condition, {name: fact.label for name, fact in ASKABLE.items()}, words)


def words(fact: str, value: object) -> str:
    """A value of a fact as people call it."""
    known = ASKABLE.get(fact)
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list | tuple | set | frozenset):
        return "、".join(words(fact, each) for each in value)
    if known and known.choices:
        return known.choices.get(str(value), str(value))
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)


@dataclass(frozen=True, slots=True)
class ProductShown:
    """A product and what it says of one demand."""

    product: BankProduct
    verdict: Verdict


def demand_of(row: BankMatch) -> Demand:
    return Demand(row.amount, row.purpose, row.term, row.collateral)


def suited(row: BankMatch, *, at: datetime) -> list[ProductShown]:
    """Every product on offer with its verdict of this demand, those that fit first; limit and term are conditions like the others."""
    by_ref = {each.ref: each for each in products(row.street)}
    since = row.enterprise.registered_on
    age = at.astimezone(BEIJING).date() - since if since else None
    facts = facts_of(row.enterprise) | bank_match.demand_facts(demand_of(row), established=age)
    asked = {ref: [*_of_offer(each), *clauses_of(each.clauses)] for ref, each in by_ref.items()}
    return [ProductShown(by_ref[each.product], each.verdict) for each in bank_match.suited(asked, facts, words)]


def _of_offer(row: BankProduct) -> list[Clause]:
    return [
        Clause(
            parse(
                {
                    "fact": "demand_amount",
                    "at_most": _plain(row.limit / bank_match.WAN),
                    "label": "需求金额",
                    "unit": "万元",
                }
            )
        ),
        Clause(parse({"fact": "demand_term", "at_most": row.longest, "label": "借款期限", "unit": "个月"})),
    ]


def _plain(amount: Decimal) -> int | float:
    """As JSON writes it: 10, 12.5."""
    return int(amount) if amount == amount.to_integral_value() else float(amount)


def matches(by: Actor, *, stage: str = "", bank: str = "", forum: str = "") -> QuerySet[BankMatch]:
    """The matches that the actor sees, the newest first; ``forum`` is a forum's ref (or an older row's own word), ``any`` or ``none``."""
    rows = seen(BankMatch.objects.all(), by, own=Q(officer_id=by.person_id))
    rows = rows.select_related("enterprise", "case", "product", "officer", "event")
    if stage:
        rows = rows.filter(stage=stage)
    if bank:
        rows = rows.filter(product__bank=bank)
    if forum in WAYS:
        one_to_one = Q(event__isnull=True, forum="")
        rows = rows.filter(one_to_one if forum == "none" else ~one_to_one)
    elif forum:
        rows = rows.filter(Q(event__ref=forum) | Q(forum=forum))
    return rows.order_by("-pk")


def bank_forums(street: str) -> list[Forum]:
    """The 银企对接会 of the street that were not cancelled, the latest first."""
    return list(Forum.objects.filter(street=street, kind="bank").exclude(state="cancelled"))


def bank_forum(street: str, ref: str) -> Forum:
    """Raises WrongInput for what is no 银企对接会 of the street."""
    found = next((row for row in bank_forums(street) if row.ref == ref.strip()), None)
    if found is None:
        raise WrongInput(
            "bank.no_forum",
            "没有这场银企对接会;请从列表选择,没有排进日历的写在说明里。",
            field="forum",
        )
    return found


def by_way(rows: QuerySet[BankMatch]) -> dict[str, int]:
    """How many came one to one and how many of an event; the two sum to all."""
    told = rows.order_by().values_list("event_id", "forum")
    at_events = sum(bool(event or words) for event, words in told)
    return {"none": len(told) - at_events, "any": at_events}


def match(ref: str, *, by: Actor) -> BankMatch:
    """Raises NotFound."""
    found: BankMatch | None = matches(by).filter(ref=ref).first()
    if found is None:
        raise NotFound("bank.no_match", "没有这笔银企对接,或不在您的责任范围内。", match=ref)
    return found


def drawings(row: BankMatch) -> list[BankDrawing]:
    """What was drawn of the credit, by its day, the voided ones among them."""
    return list(BankDrawing.objects.filter(match=row).select_related("told_by"))


def drawing(row: BankMatch, ref: str) -> BankDrawing:
    """A drawing of the match that counts. Raises NotFound, Refused when it was voided."""
    found = BankDrawing.objects.filter(match=row, ref=ref).first()
    if found is None:
        raise NotFound("bank.no_drawing", "没有这次放款;请从放款列表中选择。", drawing=ref)
    if found.void_at is not None:
        raise Refused("bank.drawing_void", "这次放款已经作废;请刷新页面。", drawing=ref)
    return found


def steps_of(row: BankMatch) -> list[str]:
    """The steps that can be taken with the match now."""
    return list(bank_match.steps_from(row.stage, left=row.left))


def board(rows: QuerySet[BankMatch]) -> list[tuple[str, str, list[BankMatch]]]:
    """The matches by stage: code, word, rows."""
    found = list(rows[:PAGE])
    return [(stage, label, [row for row in found if row.stage == stage]) for stage, label in STAGES.items()]


def totals(rows: QuerySet[BankMatch]) -> dict[str, Sum]:
    """Demand, granted and drawn in 元, each with its n."""
    told = rows.order_by().values_list("stage", "amount", "granted", "drawn")
    return bank_match.totals(Line(*each) for each in told)


def sheet_for_bank(row: BankMatch) -> list[tuple[str, str]]:
    """What a bank is shown of the firm and its demand. Raises Refused without the firm's consent."""
    if row.consented_at is None:
        raise Refused("bank.no_consent", "企业还没有授权,不能把它的情况交给银行;请先记录授权。", match=row.ref)
    return sheet_of(row)


def sheet_of(row: BankMatch) -> list[tuple[str, str]]:
    """What the firm is asked to consent to: all that a bank will be shown. Telephone numbers are not among it."""
    facts = facts_of(row.enterprise)
    names = ("industry", "registered_on", "capital", "staff", "revenue", "assets", "figures_year", "size")
    told = [(FACTS[name].label, f"{words(name, facts[name])}{FACTS[name].unit}") for name in names if name in facts]
    return [
        ("企业名称", row.enterprise.name), (row.enterprise.get_code_kind_display(), row.enterprise.code), *told,
        ("需求金额", f"{bank_match.said(row.amount)}万元"), ("借款用途", PURPOSES[row.purpose]), ("借款期限", f"{row.term} 个月"),
        ("担保方式", COLLATERALS[row.collateral]),
    ]  # fmt: skip


def history_of(row: BankMatch) -> list[TimelineEntry]:
    """What the ledger says of this match, the oldest first."""
    return [entry for entry in timeline(row.enterprise.subject) if entry.payload.get("match") == row.ref]


def is_open(row: BankMatch) -> bool:
    return row.stage in bank_match.OPEN


def of_case(case: str, *, by: Actor) -> list[BankMatch]:
    """The matches that came of a case (its ref)."""
    return list(matches(by).filter(case__ref=case))


def introduced(firm: Enterprise) -> list[BankMatch]:
    """The matches in which a bank was told of the firm, the latest first."""
    rows = BankMatch.objects.filter(enterprise=firm, introduced_at__isnull=False).select_related("product")
    return list(rows.order_by("-introduced_at"))


def of_firm(firm: Enterprise) -> list[BankMatch]:
    return list(BankMatch.objects.filter(enterprise=firm).select_related("product").order_by("-pk")[:PAGE])
