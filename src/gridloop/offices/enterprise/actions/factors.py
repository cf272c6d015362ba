"""What a firm lacks of the seven factors: each gap is a case at once, routed and timed as any other; later, how much of it was met."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from gridloop.core.access import Actor
from gridloop.core.errors import Refused
from gridloop.core.factor import FACTORS, UNITS, check_gap, check_solved
from gridloop.core.factor import said as amount_said
from gridloop.core.firm_access import must_serve
from gridloop.core.lifecycle import CLOSED_STATES
from gridloop.offices.archive.actions import record
from gridloop.offices.archive.transaction import deed
from gridloop.offices.cases.actions.filing import Filing
from gridloop.offices.cases.actions.moves import said
from gridloop.offices.cases.models import Case
from gridloop.offices.enterprise.actions.cases import file_need
from gridloop.offices.enterprise.models import Enterprise
from gridloop.offices.enterprise.queries import register
from gridloop.offices.enterprise.queries.factors import category_for
from gridloop.offices.enterprise.queries.factors import gap as found_gap
from gridloop.offices.enterprise.queries.solving import firm_behind
from gridloop.offices.enterprise.solution_models import FactorGap


def need_firm_factor(
    *, by: Actor, at: datetime, enterprise: str, factor: str, gap: Decimal, text: str, category: str = "", priority: str = "normal"
) -> FactorGap:  # fmt: skip
    """The gap stands in the matrix of the seven factors, and the case that is to close it is with whom the routing table names.

    ``gap`` is in the factor's own unit (亩, 万元, 人, 千伏安 …). Raises NotFound, NotAllowed, WrongInput, Refused while a gap of this
    factor is open for the firm.
    """
    check_gap(factor, gap)
    with deed():
        firm = register.enterprise_to_change(enterprise, by=by)
        must_serve(by, firm.street)
        _must_not_be_open(firm, factor)
        told = f"{firm.name}{FACTORS[factor]}缺口 {amount_said(gap)} {UNITS[factor]}"
        filing = Filing(
            text=f"{told}。{text.strip()}", title=told[:60], source="enterprise", category=category or category_for(firm.street, factor),
            priority=priority,
        )  # fmt: skip
        filed = file_need(by=by, at=at, enterprise=firm.ref, filing=filing)
        return _kept(firm, filed.case, factor, gap, by=by, at=at)


def measure_gap(*, by: Actor, at: datetime, case: str, factor: str, gap: Decimal) -> FactorGap:
    """A case that was filed as any other is about so much of this factor: it stands in the matrix, with the clock it has.

    Raises NotFound, NotAllowed, WrongInput, Refused where the case stands there already.
    """
    check_gap(factor, gap)
    with deed():
        firm, behind = firm_behind("", case, by=by)
        must_serve(by, firm.street)
        if behind is None or FactorGap.objects.filter(case=behind).exists():
            raise Refused("enterprise.gap_told", "这件事项已登记过要素缺口。", case=case)
        return _kept(firm, behind, factor, gap, by=by, at=at)


def _must_not_be_open(firm: Enterprise, factor: str) -> None:
    rows = FactorGap.objects.filter(enterprise=firm, factor=factor).exclude(case__state__in=CLOSED_STATES)
    found = rows.select_related("case").first()
    if found:
        raise Refused(
            "enterprise.gap_open", f"{FACTORS[factor]}缺口正在办理({found.case.number});请在那一件上补充。", case=found.case.ref
        )  # fmt: skip


def _kept(firm: Enterprise, case: Case, factor: str, gap: Decimal, *, by: Actor, at: datetime) -> FactorGap:
    row = FactorGap.objects.create(
        street=firm.street, enterprise=firm, factor=factor, gap=gap, unit_of_gap=UNITS[factor], case=case, raised_at=at
    )
    record(
        "factor.needed", by=by, at=at, street=firm.street, subject=firm.subject,
        payload={
            "factor": factor, "factor_name": FACTORS[factor], "gap": f"{amount_said(gap)} {row.unit_of_gap}", "case": case.ref,
            "number": case.number, "unit": case.lead.name,
        },
    )  # fmt: skip
    return row


def settle_factor(*, by: Actor, at: datetime, gap: str, solved: Decimal, how: str) -> FactorGap:
    """So much of the gap was met, and how; told again, the ledger holds both. The case goes its own way.

    Raises NotFound, NotAllowed, WrongInput for more than was lacking.
    """
    with deed():
        row = found_gap(gap, by=by)
        must_serve(by, row.street)
        amount, words = check_solved(row.factor, row.gap, solved), said(how, field="how", longest=300)
        before = row.solved
        FactorGap.objects.filter(pk=row.pk).update(solved=amount, solved_how=words, solved_at=at)
        record(
            "factor.settled", by=by, at=at, street=row.street, subject=row.enterprise.subject,
            payload={
                "factor": row.factor, "factor_name": FACTORS[row.factor], "solved": f"{amount_said(amount)} {row.unit_of_gap}",
                "solved_before": "" if before is None else f"{amount_said(before)} {row.unit_of_gap}", "how": words, "case": row.case.ref,
            },
        )  # fmt: skip
    row.refresh_from_db()
    return row
