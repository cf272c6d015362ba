"""The court of returns, read: whose move it is, what the citations speak for, which returns wait too long, and the precedents."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from gridloop.core.access import Actor
from gridloop.core.errors import Refused
from gridloop.core.returns import ADJUDICATOR, UNIT, Cited, Proposal, proposed_lead
from gridloop.offices.cases.court_models import Ruling
from gridloop.offices.cases.models import Case, Return, RoutingTable
from gridloop.offices.cases.queries.finding import under, visible_to
from gridloop.offices.cases.queries.rules import rules_of
from gridloop.offices.organisation import queries as organisation
from gridloop.offices.organisation.models import Unit

MOST_LISTED = 200
DRAFT_WORDS = {
    "draft": "路由行已起草,待提交核对", "submitted": "路由行待第二人发布", "published": "路由行已发布,待生效", "in_force": "已成为路由行",
    "failed": "路由行未能生效", "discarded": "路由行草稿已作废",
}  # fmt: skip


def waiting_return(case: Case) -> Return | None:
    """The return of the case that waits for a move."""
    rows = Return.objects.filter(case=case, outcome="").select_related("side", "unit", "duty_item")
    return rows.first()


def awaits(case: Case) -> str:
    """Whose move it is; empty when no return waits."""
    found = waiting_return(case)
    return found.awaits if found else ""


def must_not_be_ruled(case: Case) -> None:
    """Raises Refused where the desk has no say any more: a ruling is awaited, or was made."""
    if case.state == "returned" and awaits(case) == ADJUDICATOR:
        raise Refused(
            "cases.awaits_ruling",
            f"此件已退回 {case.returns} 次,由街道领导裁定主办单位,不再转派。",
            returns=case.returns,
        )
    ruling = Ruling.objects.filter(case=case).select_related("unit").first()
    if ruling and case.is_binding:
        raise Refused(
            "cases.ruled", f"此件已裁定由{ruling.unit.name}主办,不再转派;办不了请会商或提级。", unit=ruling.unit.code
        )


def own_units(street: str) -> frozenset[str]:
    """The codes of units that the sub-district itself may make answer: in force, and not above it."""
    rows = Unit.objects.filter(street=street, valid_until__isnull=True, is_superior=False)
    return frozenset(rows.values_list("code", flat=True))


def proposal_for(case: Case) -> Proposal:
    """The unit that the rows cited so far speak for, by all sides."""
    backstop = rules_of(case.street, version=organisation.version_of(case.street)).backstop.code
    return proposed_lead(citations_of(case), backstop=backstop, own=own_units(case.street))


def citations_of(case: Case) -> list[Cited]:
    """Every row of the duty list cited in the case's returns and in the answers to them, in that order."""
    found = []
    for row in (
        Return.objects.filter(case=case).select_related("duty_item", "answer_item", "unit", "side").order_by("id")
    ):
        found.append(Cited(row.duty_item.code, row.duty_item.kind, row.duty_item.unit_code, row.unit.code))
        if row.answer_item and row.side:
            found.append(Cited(row.answer_item.code, row.answer_item.kind, row.answer_item.unit_code, row.side.code))
    return found


def returns_overdue(street: str, *, at: datetime) -> list[str]:
    """The refs of returns whose answer is overdue, the oldest first."""
    rows = Return.objects.filter(outcome="", due_at__lt=at, case__street=street, case__state="returned")
    return list(rows.order_by("due_at", "id").values_list("ref", flat=True)[:MOST_LISTED])


def windows_closed(street: str, *, at: datetime) -> list[str]:
    """The refs of cases that nobody has accepted or returned inside the window, the oldest first."""
    rows = Case.objects.filter(street=street, state="routed", return_closes_at__lt=at)
    return list(rows.order_by("return_closes_at", "id").values_list("ref", flat=True)[:MOST_LISTED])


def to_answer(actor: Actor, *, size: int) -> list[Return]:
    """Returns that were put to the actor's units, the earliest deadline first."""
    rows = Return.objects.filter(
        outcome="", awaits=UNIT, side__code__in=actor.units(), side__street=actor.street, case__state="returned"
    )
    return list(
        rows.select_related("case__lead", "case__first_contact", "unit", "duty_item").order_by("due_at", "id")[:size]
    )


def to_rule(actor: Actor, *, size: int) -> list[Return]:
    """Returns that wait for a ruling, in cases that the actor sees."""
    rows = Return.objects.filter(outcome="", awaits=ADJUDICATOR, case__in=visible_to(actor), case__state="returned")
    return list(
        rows.select_related("case__lead", "case__first_contact", "unit", "duty_item").order_by("due_at", "id")[:size]
    )


@dataclass(frozen=True, slots=True)
class PrecedentShown:
    """A precedent as listed: the ruling, where it speaks of, its row's standing, and whether the reader may open the case."""

    ruling: Ruling
    place: str
    standing: str
    is_in_force: bool
    sees_case: bool


def precedents(
    actor: Actor, street: str, *, text: str = "", category: str = "", unit: str = "", limit: int = MOST_LISTED
) -> list[PrecedentShown]:
    """The street's precedents, the newest first, narrowed by words, by category (and those above and below it), by unit."""
    rows = Ruling.objects.filter(street=street).select_related("unit", "by", "case", "change_set")
    if text:
        rows = rows.filter(
            Q(reason__icontains=text) | Q(number__icontains=text) | Q(category__icontains=text) | Q(unit__name__icontains=text)
            | Q(duty_items__code__iexact=text) | Q(duty_items__title__icontains=text)
        ).distinct()  # fmt: skip
    if category:
        rows = rows.filter(under("category", category))
    if unit:
        rows = rows.filter(unit__code=unit)
    found = list(rows.prefetch_related("duty_items")[:limit])
    seen = set(visible_to(actor).filter(pk__in=[row.case_id for row in found]).values_list("pk", flat=True))
    labels = _rows_in_force(street)
    atlas = rules_of(street, version=organisation.version_of(street)).atlas
    return [_shown(row, labels, seen, atlas) for row in found]


def _shown(row: Ruling, labels: dict[str, str], seen: set[int], atlas: object) -> PrecedentShown:
    lineage = atlas.lineage(row.place) if row.place else []  # type: ignore[attr-defined]
    in_force = bool(row.row) and labels.get(row.row) == row.unit.code
    standing = DRAFT_WORDS.get(row.change_set.state, "") if row.change_set else "现行路由表已是如此"
    return PrecedentShown(row, " › ".join(cell.name for cell in lineage), standing, in_force, row.case_id in seen)


def _rows_in_force(street: str) -> dict[str, str]:
    """By label, the unit of each row of the newest published table."""
    table = (
        RoutingTable.objects.filter(street=street, state=RoutingTable.State.PUBLISHED)
        .order_by("-valid_from", "-version")
        .first()
    )
    return {str(record["row"]): str(record["unit"]) for record in table.rows} if table else {}


def precedents_for(case: Case) -> list[Ruling]:
    """Precedents that speak of a case like this one: its category and its place; for the case page."""
    rows = Ruling.objects.filter(street=case.street, category=case.category).select_related("unit", "change_set")
    return [row for row in rows[:50] if not row.place or f"{case.place}/".startswith(f"{row.place}/")][:5]
