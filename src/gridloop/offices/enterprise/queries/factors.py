"""Factor gaps of firms: the rows, and for each of the seven factors how many there are, open, late and solved."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from gridloop.core.access import Actor
from gridloop.core.errors import NotFound
from gridloop.core.factor import FACTORS, STATES, Gap, Tally, category_among, said, tally
from gridloop.core.lifecycle import CLOSED_STATES
from gridloop.offices.cases.models import Case
from gridloop.offices.cases.queries.pages import categories
from gridloop.offices.enterprise.models import Enterprise
from gridloop.offices.enterprise.queries.solving import PAGE, seen
from gridloop.offices.enterprise.solution_models import FactorGap

_SOLVED = Q(solved__isnull=False) | Q(case__state__in=CLOSED_STATES)


@dataclass(frozen=True, slots=True)
class GapShown:
    """A gap with its state in words and amounts with their unit."""

    row: FactorGap
    state: str

    @property
    def state_label(self) -> str:
        return STATES[self.state]

    @property
    def gap(self) -> str:
        return f"{said(self.row.gap)} {self.row.unit_of_gap}"

    @property
    def met(self) -> str:
        return "" if self.row.solved is None else f"{said(self.row.solved)} {self.row.unit_of_gap}"


def gaps(by: Actor, *, factor: str = "", state: str = "", unit: str = "", firm: str = "") -> QuerySet[FactorGap]:
    """The gaps that the actor sees, the newest first; narrowed by factor, state (open, late, solved), unit (a code) and firm (a ref)."""
    rows = seen(FactorGap.objects.all(), by).select_related("enterprise", "case__lead")
    if factor:
        rows = rows.filter(factor=factor)
    if unit:
        rows = rows.filter(case__lead__code=unit)
    if firm:
        rows = rows.filter(enterprise__ref=firm)
    wanted = {"solved": _SOLVED, "late": ~_SOLVED & Q(case__is_late=True), "open": ~_SOLVED & Q(case__is_late=False)}
    if state:
        rows = rows.filter(wanted[state]) if state in wanted else rows.none()
    return rows.order_by("-pk")


def gap(ref: str, *, by: Actor) -> FactorGap:
    """Raises NotFound."""
    found: FactorGap | None = gaps(by).filter(ref=ref).first()
    if found is None:
        raise NotFound("enterprise.no_gap", "没有这条要素缺口,或不在您的责任范围内。", gap=ref)
    return found


def shown(rows: QuerySet[FactorGap]) -> list[GapShown]:
    """The rows with their states."""
    return [GapShown(row, told(row).state) for row in rows[:PAGE]]


def told(row: FactorGap) -> Gap:
    """The gap as the rules see it."""
    return Gap(row.factor, row.gap, row.solved, row.case.state in CLOSED_STATES, row.case.is_late)


def lines(rows: QuerySet[FactorGap]) -> list[tuple[str, str, Tally]]:
    """For each factor: its code, its name and its tally over the rows."""
    counted = tally(told(row) for row in rows)
    return [(factor, label, counted[factor]) for factor, label in FACTORS.items()]


def units_of(rows: QuerySet[FactorGap]) -> list[tuple[str, str]]:
    """The responsible units of the rows: code and name."""
    return sorted(set(rows.order_by().values_list("case__lead__code", "case__lead__name")))


def category_for(street: str, factor: str) -> str:
    """The street's category for a factor; empty where no path speaks of it."""
    return category_among([row.path for row in categories(street) if row.is_leaf], factor)


def of_case(case: Case, *, by: Actor) -> list[GapShown]:
    """The gap that the case is to close, if it is one."""
    return shown(gaps(by).filter(case=case))


def of_firm(firm: Enterprise) -> list[GapShown]:
    """What the firm lacks and lacked."""
    return shown(FactorGap.objects.filter(enterprise=firm).select_related("enterprise", "case__lead").order_by("-pk"))
