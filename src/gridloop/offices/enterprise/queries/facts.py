"""What may be asked of an enterprise: one table of facts, read for one firm or for a whole street with the same result.

Policies, plans and filters state conditions over these names (``core.condition``). Money is in 万元, dates are days, an unknown fact is absent.

Worked example::

    evaluate(parse({"all": [{"fact": "section", "equals": "C"}, {"fact": "staff", "at_most": 300}]}), facts_of(firm))
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from gridloop.core.firm_size import SIZES, WAN
from gridloop.core.industry import DIVISIONS, SECTIONS
from gridloop.core.vitality import VITALITIES
from gridloop.offices.enterprise.models import CODE_KINDS, CONSENTS, PRIORITIES, STANDING_CONSENTS, Consent, Enterprise


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact by name: what people call it, its kind (text, choice, number, money, day, yes_no, path, list), unit and choices."""

    name: str
    label: str
    kind: str
    unit: str = ""
    choices: Mapping[str, str] | None = None


FACTS: dict[str, Fact] = {
    fact.name: fact
    for fact in (
        Fact("name", "企业名称", "text"),
        Fact("code_kind", "代码类别", "choice", choices=CODE_KINDS),
        Fact("kind", "企业类型", "text"),
        Fact("section", "行业门类", "choice", choices=SECTIONS),
        Fact("division", "行业大类", "choice", choices=DIVISIONS),
        Fact("industry", "行业代码", "text"),
        Fact("business", "经营范围", "text"),
        Fact("registered_on", "成立日期", "day"),
        Fact("capital", "注册资本", "money", "万元"),
        Fact("staff", "从业人员", "number", "人"),
        Fact("revenue", "营业收入", "money", "万元"),
        Fact("assets", "资产总额", "money", "万元"),
        Fact("figures_year", "数据年度", "number", "年"),
        Fact("size", "规模", "choice", choices=SIZES),
        Fact("above_threshold", "限额以上", "yes_no"),
        Fact("place", "所在地", "path"),
        Fact("cluster", "集聚区", "text"),
        Fact("priority", "重点级别", "choice", choices=PRIORITIES),
        Fact("vitality", "经营状态", "choice", choices=VITALITIES),
        Fact("consents", "授权事项", "list", choices=CONSENTS),
    )
}
_COLUMNS = (
    "pk", "ref", "name", "code_kind", "kind", "section", "industry", "business", "registered_on", "capital", "staff", "revenue", "assets",
    "figures_year", "size", "above_threshold", "place", "cluster__name", "priority", "vitality",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class FirmFacts:
    """An enterprise as a condition sees it."""

    id: int
    ref: str
    name: str
    facts: dict[str, object]


def facts_of(enterprise: Enterprise) -> dict[str, object]:
    """The facts of one enterprise."""
    return facts_of_all(Enterprise.objects.filter(pk=enterprise.pk))[0].facts


def facts_of_all(rows: QuerySet[Enterprise]) -> list[FirmFacts]:
    """The facts of every enterprise of the query, in the order of their ids; two statements whatever their number."""
    agreed = _consents(rows)
    return [
        _facts(row, agreed.get(row["pk"], {}))
        for row in rows.order_by("pk").values(*_COLUMNS).iterator(chunk_size=5000)
    ]


def present(street: str) -> QuerySet[Enterprise]:
    """The enterprises of the street that have not left."""
    return Enterprise.objects.filter(street=street, left_at__isnull=True)


def _facts(row: dict[str, Any], answers: Mapping[str, bool]) -> FirmFacts:
    told: dict[str, object] = {
        name: row[name]
        for name in _COLUMNS[2:]
        if name not in ("cluster__name", "capital", "revenue", "assets") and row[name] not in (None, "")
    }
    if row["industry"]:
        told["division"] = row["industry"][:2]
    if row["cluster__name"]:
        told["cluster"] = row["cluster__name"]
    for name in ("capital", "revenue", "assets"):
        if row[name] is not None:
            told[name] = in_wan(row[name])
    told["priority"] = row["priority"] or "none"
    told["consents"] = tuple(kind for kind in CONSENTS if answers.get(kind, kind in STANDING_CONSENTS))
    return FirmFacts(row["pk"], row["ref"], row["name"], told)


def in_wan(amount: Decimal) -> Decimal:
    """元 as 万元, without trailing zeros."""
    found = (Decimal(amount) / WAN).normalize()
    return found.quantize(Decimal(1)) if found == found.to_integral_value() else found


def _consents(rows: QuerySet[Enterprise]) -> dict[int, dict[str, bool]]:
    """By enterprise id and kind: the answers that hold now."""
    found: dict[int, dict[str, bool]] = {}
    answers = Consent.objects.filter(ends_at__isnull=True, enterprise__in=rows.order_by().values("pk"))
    for key, kind, granted in answers.values_list("enterprise_id", "kind", "granted"):
        found.setdefault(key, {})[kind] = granted
    return found


def agrees(enterprise: Enterprise, kind: str, *, at: datetime | None = None) -> bool:
    """Whether the enterprise agrees to this now (or did at a moment): its own answer, else what holds without one."""
    return agreeing([enterprise.pk], kind, at=at)[enterprise.pk]


def agreeing(enterprises: Iterable[int], kind: str, *, at: datetime | None = None) -> dict[int, bool]:
    """By id: whether each agrees to this."""
    keys = list(enterprises)
    found = dict.fromkeys(keys, kind in STANDING_CONSENTS)
    for start in range(0, len(keys), 500):
        rows = Consent.objects.filter(enterprise_id__in=keys[start : start + 500], kind=kind)
        rows = (
            rows.filter(ends_at__isnull=True) if at is None else rows.filter(starts_at__lte=at).exclude(ends_at__lte=at)
        )
        found |= dict(rows.order_by("starts_at", "pk").values_list("enterprise_id", "granted"))
    return found
