"""What the pages and the API show of cases: lists, the whole case, why it is here, why it is due then, who was late."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from gridloop.core.access import Actor, relations, scope_of
from gridloop.core.clock import Segment as Held
from gridloop.core.clock import attribute_lateness, rests_of
from gridloop.core.lifecycle import CASE, LIVE_STATES, OPEN_STATES, STATES, possible
from gridloop.core.route_row import CaseFacts
from gridloop.core.routing import TraceRow, trace_document
from gridloop.offices.archive import queries as archive
from gridloop.offices.archive.queries import TimelineEntry
from gridloop.offices.cases.models import (
    Callback,
    Case,
    Category,
    Consultation,
    ConsultationDecision,
    OutsideLink,
    Report,
    Request,
    Return,
    RoutingTable,
    Segment,
    Verification,
)
from gridloop.offices.cases.queries.court import precedents_for, to_answer, to_rule
from gridloop.offices.cases.queries.explaining import facts_decided_on
from gridloop.offices.cases.queries.finding import standing_of, told_of, visible_to
from gridloop.offices.cases.queries.inspecting import to_inspect
from gridloop.offices.cases.queries.outside import OutsideTask, links_of, outside_tasks
from gridloop.offices.cases.queries.rules import facts_of, rules_of
from gridloop.offices.organisation import queries as organisation
from gridloop.offices.supervision import queries as supervision
from gridloop.offices.supervision.models import Clock
from gridloop.offices.supervision.queries import WhyThisDate


@dataclass(frozen=True, slots=True)
class Desk:
    """My desk: what waits for me, what is due soon, what came back, what waits for my approval, what nobody routes, what is late anywhere."""

    to_do: list[Case]
    due_soon: list[Case]
    came_back: list[Case]
    to_approve: list[Request]
    to_grade: list[Case]
    to_verify: list[Case]
    gaps: list[Case]
    overdue: list[Case]
    mine: list[Case]
    outside: list[OutsideTask]
    decisions: list[ConsultationDecision]
    ask_again: list[Case]
    to_answer: list[Return]
    to_rule: list[Return]
    to_inspect: list[Any]


ASK_AFTER, ASK_UNTIL = timedelta(days=28), timedelta(days=60)
"""When somebody asks once more whether it is still well: four weeks after the end, and no more after two months."""


def desk(actor: Actor, *, at: datetime, size: int = 20) -> Desk:
    """The desk of this actor now; each list the most pressing first."""
    visible = visible_to(actor).select_related("lead", "first_contact", "grid")
    led = visible.filter(lead__code__in=actor.units())
    roles = actor.roles()
    is_desk = bool(roles & {"duty_desk", "street_leader"})
    verifies = bool(roles & {"duty_desk", "verifier", "env_monitor", "street_leader"})

    def pressing(found: QuerySet[Case]) -> list[Case]:
        return list(found.order_by("due_at", "id")[:size])

    return Desk(
        to_do=pressing(led.filter(state__in=("routed", "accepted", "handling", "consulting"))),
        due_soon=pressing(led.filter(state__in=OPEN_STATES, due_at__lte=at + timedelta(days=2))),
        came_back=pressing((visible if is_desk else led).filter(state="returned")),
        to_approve=_to_approve(actor, size),
        to_grade=pressing(
            visible.exclude(proposed_grade="").exclude(graded_by=actor.person_id).filter(state__in=LIVE_STATES)
        )
        if is_desk
        else [],
        to_verify=pressing(visible.filter(state__in=("answered", "verified"))) if verifies else [],
        gaps=pressing(visible.filter(is_gap=True, assigned_at__isnull=True, state__in=OPEN_STATES)) if is_desk else [],
        overdue=pressing(visible.filter(is_late=True, state__in=OPEN_STATES)) if is_desk else [],
        mine=list(visible.filter(answerer_id__in=actor.answers_for, state__in=LIVE_STATES).order_by("-id")[:size]),
        outside=outside_tasks(actor, size=size),
        decisions=_decisions_to_do(actor, size),
        ask_again=_to_ask_again(actor, at=at, size=size),
        to_answer=to_answer(actor, size=size),
        to_inspect=to_inspect(actor, at=at, size=size),
        to_rule=to_rule(actor, size=size) if "street_leader" in roles else [],
    )


def _to_ask_again(actor: Actor, *, at: datetime, size: int) -> list[Case]:
    """Cases that ended four weeks ago, whose reporter left a number, has not judged the answer, and has not been called since: the one longest ended first.

    They lie before the first contact, and before the duty desk for what residents told directly.
    """
    mine = Q(answerer_id__in=actor.answers_for)
    if "duty_desk" in actor.roles():
        mine |= Q(source__in=("public", "enterprise"))
    ended = visible_to(actor).filter(
        mine, state="cleared", cleared_at__gt=at - ASK_UNTIL, cleared_at__lte=at - ASK_AFTER
    )
    unasked = Report.objects.filter(case=OuterRef("pk"), judged_at__isnull=True).exclude(phone_index="")
    called = Callback.objects.filter(case=OuterRef("pk"), called_at__gt=OuterRef("cleared_at"))
    found = ended.filter(Exists(unasked), ~Exists(called)).select_related("lead", "first_contact", "grid")
    return list(found.order_by("cleared_at", "id")[:size])


def _decisions_to_do(actor: Actor, size: int) -> list[ConsultationDecision]:
    """What consultations decided that the actor's units should do, the earliest date first."""
    rows = ConsultationDecision.objects.filter(
        done_at__isnull=True, owner__code__in=actor.units(), owner__street=actor.street,
        consultation__case__in=visible_to(actor), consultation__case__state__in=[*LIVE_STATES, "cleared"],
    )  # fmt: skip
    found = rows.select_related("owner", "consultation__case")
    return list(found.order_by(F("due_on").asc(nulls_last=True), "id")[:size])


def _to_approve(actor: Actor, size: int) -> list[Request]:
    """Requests this actor may decide: not the actor's own, in cases where the chart permits it."""
    cases = visible_to(actor)
    rows = Request.objects.filter(decided_at__isnull=True, case__in=cases, case__state__in=LIVE_STATES).exclude(
        requested_by_id=actor.person_id
    )
    found = rows.select_related("case__lead", "requested_by").order_by("requested_at")[: size * 2]
    return [row for row in found if relations(actor, standing_of(row.case)) & {"desk", "leader", "lead_leader"}][:size]


@dataclass(frozen=True, slots=True)
class SegmentLine:
    """One responsibility segment as shown: who, as what, from when until when, its share of the lateness."""

    unit: str
    role: str
    starts_at: datetime
    ends_at: datetime | None
    why: str
    late_for: timedelta
    share: float


@dataclass(frozen=True, slots=True)
class CaseFile:
    """The whole case for one reader: the timeline is the ledger itself."""

    case: Case
    timeline: list[TimelineEntry]
    verbs: list[Any]
    relations: frozenset[str]
    dates: list[WhyThisDate]
    segments: list[SegmentLine]
    route: list[TraceRow]
    route_version: int
    reports: list[Report]
    requests: list[Request]
    returns: list[Return]
    consultations: list[Consultation]
    verifications: list[Verification]
    callbacks: list[Callback]
    attachments: list[Any]
    lineage: list[Any]
    merged: list[Case]
    split: list[Case]
    links: list[OutsideLink]
    answering: Any
    rulings: list[Any]
    precedents: list[Any]


def case_file(case: Case, *, by: Actor, at: datetime) -> CaseFile:
    """Everything about a case that this actor has already been allowed to fetch."""
    timeline = archive.timeline(case.subject)
    version, trace = why_here(case, timeline)
    rules = rules_of(case.street, version=organisation.version_of(case.street))
    standing = relations(by, standing_of(case))
    return CaseFile(
        case=case,
        timeline=timeline,
        verbs=possible(CASE, state=case.state, actor_relations=standing),
        relations=standing,
        dates=[supervision.why_this_date(clock, at=at) for clock in supervision.clocks_of(case.subject)],
        segments=segment_lines(case, at=at),
        route=trace,
        route_version=version,
        reports=list(Report.objects.filter(told_of(case)).select_related("case").order_by("id")),
        requests=list(case.requests.select_related("requested_by", "decided_by").order_by("id")),
        returns=list(
            case.returned.select_related("unit", "duty_item", "by", "side", "answer_item", "answered_by").order_by("id")
        ),
        consultations=list(
            case.consultations.select_related("lead").prefetch_related("units", "decisions__owner").order_by("id")
        ),
        verifications=list(case.verifications.select_related("by").order_by("id")),
        callbacks=list(case.callbacks.select_related("by", "report").order_by("id")),
        attachments=archive.attachments_of(case.subject),
        lineage=rules.atlas.lineage(case.place),
        merged=list(case.merged_cases.order_by("id")),
        split=list(case.split_cases.order_by("id")),
        links=links_of(case),
        answering=organisation.answering(case.answerer, at=at),
        rulings=list(case.rulings.select_related("unit", "by", "change_set").prefetch_related("duty_items")),
        precedents=[each for each in precedents_for(case) if each.case_id != case.pk],
    )


def why_here(case: Case, timeline: Sequence[TimelineEntry]) -> tuple[int, list[TraceRow]]:
    """Each row of the table version that routed the case which was considered, and why it won or lost.

    By the facts as they were when it was decided, as the ledger tells them: a category corrected afterwards changes nothing here.
    """
    if case.table is None:
        return 0, []
    rules = rules_of(case.street, version=organisation.version_of(case.street))
    tables = {key: table for _, key, table in rules.tables}
    facts = facts_decided_on(timeline) or facts_of(case, rules)
    return case.table.version, tables[case.table.pk].trace(facts) if case.table.pk in tables else []


def trace(street: str, facts: CaseFacts, *, at: datetime) -> dict[str, object]:
    """What the table in force at the moment decides on these facts, and why each row won or lost.

    An empty time class is taken from the calendar.
    """
    rules = rules_of(street, version=organisation.version_of(street))
    _, table = rules.table_at(at)
    return trace_document(table, replace(facts, time_class=facts.time_class or rules.time_class(at)))


def segment_lines(case: Case, *, at: datetime) -> list[SegmentLine]:
    """The responsibility segments, which tile the case, with the lateness and the share of the time of each."""
    rows = list(Segment.objects.filter(case=case).select_related("unit").order_by("starts_at", "id"))
    late = _lateness(rows, case, at=at)
    held_for = [(row.ends_at or at) - row.starts_at for row in rows]
    whole = sum(held_for, timedelta()).total_seconds() or 1.0
    return [
        SegmentLine(
            unit=row.unit.name, role=row.role, starts_at=row.starts_at, ends_at=row.ends_at, why=row.why,
            late_for=late.get(f"{row.pk}", timedelta()), share=span.total_seconds() / whole,
        )
        for row, span in zip(rows, held_for, strict=True)
    ]  # fmt: skip


def _lateness(rows: list[Segment], case: Case, *, at: datetime) -> dict[str, timedelta]:
    """By segment id: how much of the clock's lateness it held. While the clock stood still (paused, answered) nobody is late."""
    clock = _clock_that_matters(case)
    if clock is None:
        return {}
    events, state = supervision.events_of(clock), supervision.truth(clock, at=at)
    if not state.is_late or state.due_at is None:
        return {}
    stopped_at = events[-1].at if state.state == "stopped" else at
    held = [Held(holder=f"{row.pk}", role=row.role, start=row.starts_at, end=row.ends_at) for row in rows]
    rests = rests_of(events, profile=supervision.profile_of(clock), at=at)
    return attribute_lateness(held, due_at=state.due_at, ended_at=stopped_at, except_for=rests)


def _clock_that_matters(case: Case) -> Clock | None:
    """The case's own handling clock, else the one that gives it its date."""
    own = [clock for clock in supervision.clocks_of(case.subject) if clock.segment is None]
    handling = [clock for clock in own if clock.stage == "handle"]
    return next(iter(handling or [clock for clock in own if clock.due_at == case.due_at]), None)


def categories(street: str) -> list[Category]:
    return list(Category.objects.filter(street=street, retired_at__isnull=True))


def routing_tables(street: str) -> list[RoutingTable]:
    return list(RoutingTable.objects.filter(street=street))


def table_in_force(street: str, *, at: datetime) -> RoutingTable | None:
    """The routing table in force at the moment."""
    rows = RoutingTable.objects.filter(street=street, state=RoutingTable.State.PUBLISHED, valid_from__lte=at)
    return rows.order_by("-valid_from", "-version").first()


def report_by_receipt(token_hash: str) -> Report | None:
    """The report that a receipt's secret opens."""
    return Report.objects.filter(token_hash=token_hash).select_related("case__lead", "case__merged_into__lead").first()


def offshoots(report: Report) -> list[Report]:
    """Troubles taken out of this telling, each with its own answer."""
    return list(report.offshoots.select_related("case__lead").order_by("id"))


def state_label(state: str) -> str:
    return STATES[state]


def open_points(actor: Actor, *, limit: int = 2000) -> list[Case]:
    """The actor's open cases that have a point, for the map."""
    return list(
        visible_to(actor)
        .filter(state__in=LIVE_STATES, lon__isnull=False)
        .only("ref", "title", "lon", "lat", "state", "is_late", "due_at", "answered_at")[:limit]
    )


def open_counts_by_place(actor: Actor, *, at: datetime) -> dict[str, tuple[int, int]]:
    """By place path: how many of the actor's live cases lie exactly there, and how many of them are late at the moment."""
    is_late = Q(is_late=True) | Q(due_at__lt=at, answered_at__isnull=True)
    rows = visible_to(actor).filter(state__in=LIVE_STATES).order_by().values("place")
    counted = rows.annotate(n=Count("pk"), late=Count("pk", filter=is_late))
    return {row["place"]: (row["n"], row["late"]) for row in counted}


def sees_anything(actor: Actor) -> bool:
    return not scope_of(actor).is_empty
