"""Plans of firms (一企一策), their measures by day, and the stalled firms that have none."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Prefetch, Q, QuerySet

from gridloop.core.access import Actor
from gridloop.core.errors import NotFound
from gridloop.core.firm_access import may_read
from gridloop.core.firm_plan import NEEDS_PLAN, Due, counted, effect, state_of
from gridloop.core.vitality import VITALITIES
from gridloop.offices.archive.keyset import Order
from gridloop.offices.archive.queries import TimelineEntry, timeline
from gridloop.offices.enterprise.models import Enterprise
from gridloop.offices.enterprise.queries import register
from gridloop.offices.enterprise.queries.solving import PAGE, seen
from gridloop.offices.enterprise.service_models import TeamMember
from gridloop.offices.enterprise.solution_models import FirmPlan, Measure

NEWEST = Order()


@dataclass(frozen=True, slots=True)
class MeasureShown:
    """A measure, its state today, and what came of it."""

    row: Measure
    state: str
    effect: str


@dataclass(frozen=True, slots=True)
class PlanShown:
    """A plan with its measures, how many are in each state, and whether its review is due."""

    row: FirmPlan
    measures: list[MeasureShown]
    counts: dict[str, int]
    is_review_due: bool


def plans(by: Actor, *, state: str = "open", kind: str = "firm") -> QuerySet[FirmPlan]:
    """The plans of a kind that the actor sees: of their firms, of their task forces, or with a measure of theirs; open, closed or all.

    Plans of groups and of projects hold no record of a firm: whoever reads firms reads them. Without a kind, all of them.
    """
    own = Q(measures__owner_id=by.person_id) | Q(
        team__members__person_id=by.person_id, team__members__ends_at__isnull=True
    )
    if may_read(by):
        own |= Q(enterprise__isnull=True)
    rows = seen(FirmPlan.objects.all(), by, own=own, by_case=False)
    if kind:
        rows = rows.filter(kind=kind)
    if state in ("open", "closed"):
        rows = rows.filter(closed_at__isnull=state == "open")
    measures = Prefetch("measures", Measure.objects.select_related("owner__unit", "case"))
    return rows.select_related("enterprise", "team", "opened_by").prefetch_related(measures).order_by("-pk").distinct()


def plan(ref: str, *, by: Actor) -> FirmPlan:
    """Raises NotFound."""
    found: FirmPlan | None = plans(by, state="", kind="").filter(ref=ref).first()
    if found is None:
        raise NotFound("plan.not_found", "没有这份方案,或不在您的责任范围内。", plan=ref)
    return found


def openable(by: Actor, refs: Iterable[str]) -> frozenset[str]:
    """Those of the plans (by ref) whose page the actor may open. No statement for none."""
    wanted = set(refs)
    if not wanted:
        return frozenset()
    seen_plans = plans(by, state="", kind="").filter(ref__in=wanted)
    return frozenset(seen_plans.order_by().values_list("ref", flat=True))


def measure(ref: str, *, by: Actor) -> Measure:
    """Raises NotFound."""
    found = (
        Measure.objects.filter(ref=ref, plan__in=plans(by, state="", kind="").order_by().values("pk"))
        .select_related("plan__enterprise", "owner")
        .first()
    )
    if found is None:
        raise NotFound("plan.no_measure", "没有这条措施;请刷新页面。", measure=ref)
    return found


def shown(row: FirmPlan, *, today: date) -> PlanShown:
    """The plan as a page shows it."""
    rows = list(row.measures.all())
    is_due = row.closed_at is None and row.review_on <= today
    return PlanShown(row, measures_shown(rows, today=today), counted(map(_due, rows), today=today), is_due)


def measures_shown(rows: Iterable[Measure], *, today: date) -> list[MeasureShown]:
    """Measures with their state and what came of them."""
    return [
        MeasureShown(each, state_of(_due(each), today=today), effect(each.before, each.after, each.unit))
        for each in rows
    ]


def _due(row: Measure) -> Due:
    return Due(row.due_on, row.ended)


def lacking(by: Actor) -> list[Enterprise]:
    """The stalled and half-stalled firms without an open plan, the gravest first."""
    open_plans = FirmPlan.objects.filter(kind="firm", closed_at__isnull=True).values("enterprise")
    rows = register.narrowed(by, register.Wanted()).filter(vitality__in=NEEDS_PLAN).exclude(pk__in=open_plans)
    return sorted(rows.select_related("grid"), key=lacking_key)


def lacking_key(firm: Enterprise) -> str:
    """Where the firm stands among those that lack a plan: the gravest first, of these the longest on the register."""
    return f"{len(VITALITIES) - list(VITALITIES).index(firm.vitality)}.{firm.pk:018d}"


def measure_key(shown: MeasureShown) -> str:
    """Where the measure stands among one's own: the nearest day first."""
    return f"{shown.row.due_on.toordinal():07d}.{shown.row.pk:018d}"


def my_measures(by: Actor) -> list[Measure]:
    """What the actor has promised to do in open plans, the nearest day first."""
    if not by.person_id:
        return []
    rows = Measure.objects.filter(owner_id=by.person_id, ended="", plan__closed_at__isnull=True)
    return list(rows.select_related("plan__enterprise", "owner", "case").order_by("due_on", "pk"))


def force_of(row: FirmPlan) -> list[TeamMember]:
    """Everybody who is or was in the plan's task force, the lead first, with their dates."""
    if row.team is None:
        return []
    rows = TeamMember.objects.filter(team=row.team).select_related("person__unit")
    return sorted(
        rows, key=lambda member: (member.ends_at is not None, member.kind != "leader", member.starts_at, member.pk)
    )


def open_plan_of(firm: Enterprise) -> FirmPlan | None:
    return FirmPlan.objects.filter(enterprise=firm, closed_at__isnull=True).first()


def of_firm(firm: Enterprise) -> list[FirmPlan]:
    return list(FirmPlan.objects.filter(enterprise=firm).order_by("-pk")[:PAGE])


def history_of(row: FirmPlan) -> list[TimelineEntry]:
    """What the ledger says of this plan."""
    return [entry for entry in timeline(row.subject) if entry.payload.get("plan") == row.ref]
