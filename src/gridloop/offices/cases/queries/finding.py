"""The tested doors to a case: nothing outside an actor's scope can be fetched, whatever is asked."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from gridloop.core.access import SEES_THE_UNIT, Actor, CaseStanding, Scope, instead_of, relations, scope_of
from gridloop.core.errors import NotFound, Outdated
from gridloop.core.lifecycle import CASE, Verb, permit, possible
from gridloop.core.returns import UNIT
from gridloop.offices.cases.models import Case, Participation, Report, Request, Return

__all__ = [
    "case_by_number", "case_for_verb", "in_scope", "openable", "possible_verbs", "scoped_case", "standing_of", "told_of", "under", "visible_to",
]  # fmt: skip


def in_scope(scope: Scope) -> QuerySet[Case]:
    """The cases an actor may see, as a query to be narrowed further."""
    if scope.everything:
        return Case.objects.all()
    if scope.is_empty:
        return Case.objects.none()
    allowed = Q(pk__in=[])
    for place in scope.places:
        allowed |= under("place", place)
    if scope.units:
        taken_part = Participation.objects.filter(case=OuterRef("pk"), unit__code__in=scope.units)
        allowed |= Q(lead__code__in=scope.units) | Q(Exists(taken_part))
    if scope.person_id:
        allowed |= Q(first_contact_id=scope.person_id) | Q(answerer_id__in=scope.answers_for)
    if scope.reports:
        told = Report.objects.filter(Q(case=OuterRef("pk")) | Q(case__merged_into=OuterRef("pk")), pk__in=scope.reports)
        allowed |= Q(Exists(told))
    return Case.objects.filter(allowed)


def under(field: str, path: str) -> Q:
    """The path itself and everything below it. On SQLite as a range, which its indexes understand; LIKE they do not."""
    if connection.vendor == "sqlite":
        return Q(**{field: path}) | Q(**{f"{field}__gt": f"{path}/", f"{field}__lt": f"{path}0"})  # "0" follows "/"
    return Q(**{field: path}) | Q(**{f"{field}__startswith": f"{path}/"})


def visible_to(actor: Actor) -> QuerySet[Case]:
    """The cases an actor may see. Units are named within a street, so the street is part of the scope.

    Whoever watches over a whole street sees its cases by the street's code alone, which is what the indexes begin with.
    """
    scope = scope_of(actor)
    if actor.kind == "system" or not actor.street:
        return in_scope(scope)
    sees_street = any(place.rpartition("/")[2] == actor.street for place in scope.places)
    if sees_street and not scope.reports and not _districts(actor):
        return Case.objects.filter(street=actor.street)
    return in_scope(scope).filter(_in_streets(actor))


def openable(actor: Actor, refs: Iterable[str | None]) -> frozenset[str]:
    """Those of the cases (by ref) whose page the actor may open: a page draws no link to the others. No statement for none."""
    wanted = {ref for ref in refs if ref}
    if not wanted:
        return frozenset()
    return frozenset(visible_to(actor).filter(ref__in=wanted).values_list("ref", flat=True))


def _in_streets(actor: Actor) -> Q:
    """A person of one street sees that street; someone with a post for a district sees what lies below it."""
    allowed = Q(street=actor.street)
    for place in _districts(actor):
        allowed |= under("place", place)
    return allowed


def _districts(actor: Actor) -> list[str]:
    return [post.place for post in actor.posts if "/" not in post.place and post.role not in SEES_THE_UNIT]


def scoped_case(ref: str, *, by: Actor) -> Case:
    """The case by ref, if the actor may see it. Raises NotFound, without telling whether it exists."""
    found = (
        visible_to(by)
        .filter(ref=ref)
        .select_related("lead", "first_contact", "answerer", "grid", "merged_into", "table")
        .first()
    )
    if found is None:
        raise NotFound("cases.not_found", "没有这个事项,或不在您的责任范围内;请核对编号。", case=ref)
    return found


def case_by_number(number: str, *, by: Actor) -> Case:
    """The case by the number people say (``20220529-000017``), if the actor may see it. Raises NotFound."""
    digits = number.strip().replace("-", "")
    found = visible_to(by).filter(pk=int(digits[8:])).first() if digits.isdecimal() and 8 < len(digits) < 26 else None
    if found is None or found.number.replace("-", "") != digits:
        raise NotFound(
            "cases.no_such_number",
            f"没有编号为“{number.strip()}”的事项,或不在您的责任范围内;请核对编号。",
            field="into",
        )
    return found


def case_for_verb(ref: str, *, by: Actor, verb: str, rev: int | None = None) -> tuple[Case, Verb]:
    """The case, locked, and the verb, if the actor may do it now. Called inside a deed.

    Raises NotFound outside the scope, NotAllowed, Refused in the wrong state, Outdated when ``rev`` is not the present one.
    """
    case = scoped_case(ref, by=by)
    if connection.vendor != "sqlite":
        Case.objects.select_for_update().get(pk=case.pk)
        case = scoped_case(ref, by=by)
    _must_be_present(case, rev)  # first: whoever looks again also sees why a verb is gone
    standing = standing_of(case)
    found = permit(CASE, verb=verb, state=case.state, actor_relations=relations(by, standing))
    case.done_for = instead_of(by, by=found.by, standing=standing)  # type: ignore[attr-defined]  # the record says so
    return case, found


def _must_be_present(case: Case, rev: int | None) -> None:
    if rev is not None and rev != case.rev:
        raise Outdated("cases.outdated", "此件刚刚被别人处理过;请刷新页面,看过最新情况再决定。", rev=case.rev)


def standing_of(case: Case) -> CaseStanding:
    """What a decision about the case needs to know."""
    parts = list(Participation.objects.filter(case=case).select_related("unit"))
    open_request = Request.objects.filter(case=case, decided_at__isnull=True).order_by("id").first()
    return CaseStanding(
        state=case.state,
        street=case.street,
        place=case.place,
        lead_unit=case.lead.code,
        co_units=frozenset(part.unit.code for part in parts if part.role == "co"),
        asked_unit=_asked_unit(case),
        handlers=frozenset(part.person_id for part in parts if part.role == "handler" and part.person_id),
        answered_by=case.answered_by or 0,
        first_contact=case.first_contact_id,
        answerer=case.answerer_id,
        requester=open_request.requested_by_id if open_request else 0,
        grader=case.graded_by or 0,
        reports=frozenset(Report.objects.filter(told_of(case)).values_list("pk", flat=True)),
    )


def _asked_unit(case: Case) -> str:
    """The unit whose answer to a return is waited for."""
    if case.state != "returned":
        return ""
    rows = Return.objects.filter(case=case, outcome="", awaits=UNIT)
    return rows.values_list("side__code", flat=True).first() or ""


def told_of(case: Case) -> Q:
    """The reports of a case and of those merged into it. By way of the cases: an OR across the join would read every report."""
    return Q(case__in=Case.objects.filter(Q(pk=case.pk) | Q(merged_into=case)).values("pk"))


def possible_verbs(case: Case, *, by: Actor) -> list[Verb]:
    """What this actor may do with the case now, in the order of the chart."""
    return possible(CASE, state=case.state, actor_relations=relations(by, standing_of(case)))
