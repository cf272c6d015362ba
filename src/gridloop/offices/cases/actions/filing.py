"""Filing: a problem arrives and, in one transaction, is placed, classified, routed, timed and recorded.

Steps for one filing (``plan``), all of them calculations on the rules in force:

1. *what was said* is checked: text, title, phone, enterprise;
2. *where*: a point leads to its cell, else the address, else the picked cell; otherwise "no place" is stated;
3. *what*: the category as given, else as the model suggests, else "不确定";
4. *how hard*: 疑难 needs a reason now and a second person later; until then the case counts as 一般;
5. *who*: the routing table in force names exactly one lead unit, with its reason; no row fits → the sub-district itself
   leads (属地兜底) and the case is marked as a routing gap;
6. *by when*: the clocks of the profile's stages whose start has happened;
7. *recorded*: one ledger entry.

``file_cases`` writes any number of planned filings with the same few statements as ``file_case`` writes one.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from gridloop.core.access import FILES_CASES, OUTSIDE, Actor
from gridloop.core.errors import GridloopError, NotAllowed, NotFound, WrongInput
from gridloop.core.identity import normal_phone
from gridloop.core.returns import window_closes
from gridloop.core.route_row import VALUE_WORDS, CaseFacts
from gridloop.core.routing import Decision
from gridloop.offices.archive.actions import Fact, record_many
from gridloop.offices.archive.concealed import blind
from gridloop.offices.archive.identifiers import new_ref, new_secret
from gridloop.offices.archive.rows import write_rows, write_rows_with_keys
from gridloop.offices.archive.transaction import deed
from gridloop.offices.cases.models import GRADES, PRIORITIES, SOURCES, Case, Report, Segment
from gridloop.offices.cases.queries.rules import UNSURE, Rules, UnitInForce, rules_of, suggest_category
from gridloop.offices.organisation import queries as organisation
from gridloop.offices.organisation.models import Person
from gridloop.offices.supervision.actions import Start, opened_together
from gridloop.offices.supervision.models import Clock
from gridloop.offices.territory.queries import Cell

LONGEST_TEXT = 10_000
LONGEST_TITLE = 60
LEVELS = {"": "未填", **VALUE_WORDS["level"]}


@dataclass(frozen=True, slots=True)
class Filing:
    """What is told about a problem. Only ``text`` is required; coordinates are WGS-84 degrees; ``grid`` is a code or ref."""

    text: str
    source: str = "public"
    title: str = ""
    category: str = ""
    grade: str = "ordinary"
    grade_reason: str = ""
    priority: str = "normal"
    level: str = "street"
    lon: float | None = None
    lat: float | None = None
    address: str = ""
    grid: str = ""
    enterprise: str = ""
    enterprise_ref: str = ""
    reporter_name: str = ""
    reporter_phone: str = ""
    external_id: str = ""


@dataclass(frozen=True, slots=True)
class Filed:
    """A filed case, its lead, the secret of the reporter's follow-up page (shown once, only its hash is kept), and the report's ref."""

    case: Case
    receipt: str
    lead: UnitInForce
    report: str


@dataclass(slots=True)
class Plan:
    """A filing, decided but not yet written."""

    case: Case
    report: Report
    receipt: str
    decision: Decision
    lead: UnitInForce
    text_category: str
    time_class: str


def file_case(*, by: Actor, at: datetime, street: str, filing: Filing, first_contact: Person | None = None) -> Filed:
    """The case is filed, placed, classified, routed, timed and recorded.

    Raises WrongInput for what was told badly, NotAllowed when the actor may not file here, Refused when the street cannot
    take cases (no desk, no routing table).
    """
    results = file_cases(by=by, at=at, street=street, filings=[filing], first_contact=first_contact)
    if isinstance(results[0], GridloopError):
        raise results[0]
    return results[0]


def file_cases(
    *, by: Actor, at: datetime, street: str, filings: Sequence[Filing], told_at: Sequence[datetime] | None = None,
    first_contact: Person | None = None,
) -> list[Filed | GridloopError]:  # fmt: skip
    """Every good filing is filed; every bad one comes back as the error that says what to do. Order is kept.

    ``told_at`` gives each filing its own moment (imports of old records); by default all are filed ``at``.
    """
    with deed():
        version = organisation.version_of(street)
        rules = rules_of(street, version=version)
        contact = first_contact or _first_contact(by, street=street, version=version, at=at)
        moments = told_at or [at] * len(filings)
        results: list[Plan | GridloopError] = []
        for filing, moment in zip(filings, moments, strict=True):
            try:
                _may_file(by, filing, street)
                results.append(_plan(filing, by=by, at=moment, rules=rules, contact=contact))
            except GridloopError as error:
                results.append(error)
        _write([plan for plan in results if isinstance(plan, Plan)], by=by, at=at, rules=rules)
    return [
        Filed(result.case, result.receipt, result.lead, result.report.ref) if isinstance(result, Plan) else result
        for result in results
    ]


def must_file(by: Actor, street: str) -> None:
    """Raises NotAllowed for somebody who holds no post of the street that files cases."""
    if by.kind != "system" and by.kind not in OUTSIDE and not by.roles(street) & FILES_CASES:
        raise NotAllowed("cases.may_not_file", "您的岗位不登记事项;请联系值班受理岗。")


def _may_file(by: Actor, filing: Filing, street: str) -> None:
    must_file(by, street)
    if by.kind != "system" and by.kind not in OUTSIDE and filing.source not in SOURCES:
        raise WrongInput("cases.unknown_source", f"来源只能是:{'、'.join(SOURCES)}。", field="source")


def _first_contact(by: Actor, *, street: str, version: int, at: datetime) -> Person:
    """Whoever takes the filing is the first contact for good; a public report falls to the duty desk."""
    if by.person_id:
        return organisation.known_person(by.person_id, street=street, version=version)
    return organisation.desk_person(street, at=at)


def _plan(filing: Filing, *, by: Actor, at: datetime, rules: Rules, contact: Person) -> Plan:
    """The seven steps, as values."""
    text, title = said_in(filing)
    cell, placed_by = _place(filing, rules)
    category, category_by, suggested = _category(filing, text, rules)
    place = cell.path if cell else rules.street.place
    proposed = _proposed_grade(filing)
    grade = "simple" if filing.grade == "simple" else "ordinary"
    facts = CaseFacts(
        category=category, place=place, level=_one_of(filing.level, LEVELS, "level"), source=filing.source, priority=_one_of(filing.priority, PRIORITIES, "priority"),
        time_class=rules.time_class(at), grade=grade,
    )  # fmt: skip
    table_id, table = rules.table_at(at)
    decision = table.decide(facts)
    lead = rules.units.get(decision.unit, rules.backstop)
    is_gap = decision.is_fallback or category == UNSURE
    case = Case(
        ref=new_ref(), street=rules.street.code, state="routed", title=title, text=text, enterprise=filing.enterprise.strip()[:120],
        enterprise_ref=filing.enterprise_ref,
        source=filing.source, filed_at=at, filed_by=by.label, first_contact=contact, answerer=contact,
        placed_by=placed_by, grid_id=cell.id if cell else None, place=place, address=filing.address.strip()[:200],
        lon=filing.lon, lat=filing.lat,
        category=category, category_by=category_by, level=filing.level, grade=grade,
        proposed_grade=proposed, grade_reason=filing.grade_reason.strip()[:300],
        graded_by=by.person_id or None if proposed else None, priority=facts.priority,
        lead_id=lead.id, profile=decision.profile, table_id=table_id, route_row=decision.row, route_reason=decision.reason[:300],
        is_gap=is_gap, assigned_at=None if is_gap else at,
        return_closes_at=None if is_gap or filing.source == "import" else _return_closes(rules, decision.profile, at=at),
    )  # fmt: skip
    receipt = new_secret()
    return Plan(case, report_for(filing, text, case, receipt, at), receipt, decision, lead, suggested, facts.time_class)


def _return_closes(rules: Rules, profile: str, *, at: datetime) -> datetime:
    """Until when the lead unit may return the case; imported cases are history and never come before the court of returns."""
    return window_closes(at, grade="ordinary", rule=rules.profile(profile)[1].returns, calendar=rules.calendar)


def said_in(filing: Filing) -> tuple[str, str]:
    """The text and its title. Raises WrongInput when nothing was said or too much."""
    text = filing.text.replace("\x00", "").strip()
    if len(text) < 2:
        raise WrongInput("cases.no_text", "请用一两句话说明遇到了什么问题。", field="text")
    if len(text) > LONGEST_TEXT:
        raise WrongInput(
            "cases.text_too_long",
            f"内容有 {len(text)} 字,超过 {LONGEST_TEXT} 字;请精简,或把详情放进附件。",
            field="text",
        )
    title = filing.title.replace("\x00", "").strip() or text.splitlines()[0]
    return text, title if len(title) <= LONGEST_TITLE else f"{title[: LONGEST_TITLE - 1]}…"


def _place(filing: Filing, rules: Rules) -> tuple[Cell | None, str]:
    """The cell and how it was found. Raises WrongInput for impossible coordinates, NotFound for an unknown cell."""
    if filing.grid:
        cell = rules.atlas.by_code.get(filing.grid) or rules.atlas.by_ref.get(filing.grid)
        if cell is None:
            raise NotFound("cases.no_such_grid", f"本街道没有网格“{filing.grid}”;请重新选择。", field="grid")
        return cell, "picked"
    if (filing.lon is None) != (filing.lat is None):
        missing = "lon" if filing.lon is None else "lat"
        raise WrongInput("cases.half_a_point", "经度和纬度要一起给;请补上另一个,或两个都不填。", field=missing)
    if filing.lon is not None and filing.lat is not None:
        if not (-180 <= filing.lon <= 180 and -90 <= filing.lat <= 90):
            raise WrongInput("cases.bad_point", "经纬度超出范围;请在地图上重新点选。", field="lon")
        cell = rules.atlas.locate(filing.lon, filing.lat)
        if cell is not None:
            return cell, "point"
    cell = rules.atlas.find_address(filing.address) if filing.address else None
    return (cell, "address") if cell else (None, "none")


def _category(filing: Filing, text: str, rules: Rules) -> tuple[str, str, str]:
    """The category path, who chose it, and what the model said. Raises WrongInput for a category the street lacks."""
    if filing.category and filing.category != UNSURE:
        path = filing.category if filing.category in rules.categories else rules.category_by_name.get(filing.category)
        if path is None:
            raise WrongInput(
                "cases.unknown_category", f"没有类别“{filing.category}”;请从类别列表中选择,或留空。", field="category"
            )
        return path, "person", ""
    path, suggestion = suggest_category(rules, f"{filing.title}\n{text}")
    return path, "model" if path != UNSURE else "unsure", suggestion.category or ""


def _proposed_grade(filing: Filing) -> str:
    """疑难 is only proposed at filing. Raises WrongInput for an unknown grade or 疑难 without a reason."""
    _one_of(filing.grade, GRADES, "grade")
    if filing.grade != "difficult":
        return ""
    if len(filing.grade_reason.strip()) < 4:
        raise WrongInput(
            "cases.no_grade_reason", "定为疑难要写明理由(例如:涉及三个部门、权属不清)。", field="grade_reason"
        )
    return "difficult"


def _one_of(value: str, choices: dict[str, str], field: str) -> str:
    if value not in choices:
        raise WrongInput("cases.unknown_choice", f"{field} 只能是:{'、'.join(filter(None, choices))}。", field=field)
    return value


def report_for(filing: Filing, text: str, case: Case, receipt: str, at: datetime) -> Report:
    """The telling as an unsaved row of the case. Raises WrongInput for a phone that is none."""
    phone = _phone(filing.reporter_phone)
    return Report(
        ref=new_ref(), street=case.street, name=filing.reporter_name.strip()[:60], phone=phone, phone_index=blind(phone),
        is_enterprise=bool(filing.enterprise), text=text, token_hash=hash_receipt(receipt), told_at=at,
    )  # fmt: skip


def _phone(said: str) -> str:
    """The phone in one form. Raises WrongInput when it is no phone number; leaving it out is fine."""
    if not said.strip():
        return ""
    found = normal_phone(said)
    if found is None:
        raise WrongInput(
            "cases.bad_phone", "电话号码不完整;请写 11 位手机号或带区号的座机,也可以不留。", field="reporter_phone"
        )
    return found


def hash_receipt(receipt: str) -> str:
    """What is kept of a receipt's secret."""
    return hashlib.sha256(receipt.encode()).hexdigest()


def _write(plans: list[Plan], *, by: Actor, at: datetime, rules: Rules) -> None:
    """All rows of the planned filings, in five statements (the cases in parts of some 600)."""
    if not plans:
        return
    clocks = _timed(plans, rules)
    write_rows_with_keys([plan.case for plan in plans])
    for plan in plans:
        plan.report.case = plan.case
    write_rows([plan.report for plan in plans])
    write_rows([_segment(plan) for plan in plans])
    write_rows([clock for each in clocks for clock in each])
    record_many(
        [_fact(plan, each) for plan, each in zip(plans, clocks, strict=True)], by=by, at=at, street=rules.street.code
    )


def _timed(plans: Sequence[Plan], rules: Rules) -> list[list[Clock]]:
    """The clocks that each filing starts; the case shows the date that matters."""
    clocks = opened_together(_start(plan, rules) for plan in plans)
    for plan, started in zip(plans, clocks, strict=True):
        plan.case.due_at = due_of(started)
    return clocks


def _start(plan: Plan, rules: Rules) -> Start:
    """Filed, and assigned at the same moment unless it is a routing gap."""
    case = plan.case
    happened = {"filed": case.filed_at} if case.is_gap else {"filed": case.filed_at, "assigned": case.filed_at}
    return Start(
        street=case.street, subject=case.subject, holder=plan.lead.code, grade=case.grade, priority=case.priority,
        profile=rules.profile(case.profile), calendar=(rules.calendar_id, rules.calendar), happened=happened,
    )  # fmt: skip


def due_of(clocks: Sequence[Clock]) -> datetime | None:
    """The date a list shows: that of the handling stage, else the earliest one running."""
    running = [clock for clock in clocks if clock.state != Clock.State.STOPPED and clock.due_at]
    handling = [clock.due_at for clock in running if clock.stage == "handle" and clock.segment is None]
    dates = handling or [clock.due_at for clock in running]
    return min((date for date in dates if date), default=None)


def _segment(plan: Plan) -> Segment:
    role = "dispatch" if plan.case.is_gap else "handle"
    return Segment(
        case=plan.case, unit_id=plan.lead.id, role=role, starts_at=plan.case.filed_at, why=plan.case.route_reason[:200]
    )


def _fact(plan: Plan, clocks: Sequence[Clock]) -> Fact:
    case = plan.case
    return Fact(
        "case.filed",
        case.subject,
        {
            "number": case.number, "title": case.title, "source": case.source, "first_contact": case.first_contact.name,
            "first_contact_ref": case.first_contact.ref,
            "place": case.place, "placed_by": case.placed_by, "category": case.category, "category_by": case.category_by,
            "suggested": plan.text_category, "grade": case.grade, "proposed_grade": case.proposed_grade,
            "unit": plan.lead.code, "unit_name": plan.lead.name, "row": case.route_row, "reason": case.route_reason,
            "level": case.level, "priority": case.priority, "time_class": plan.time_class,
            "is_gap": case.is_gap, "profile": case.profile, "state": case.state, "report": plan.report.ref,
            "due": {clock.stage: clock.due_at.isoformat() if clock.due_at else None for clock in clocks},
            "text_sha256": hashlib.sha256(case.text.encode()).hexdigest(), "filed_at": case.filed_at.isoformat(),
        },
    )  # fmt: skip


def fingerprint(filing: Filing) -> str:
    """The content of a filing as text, to tell a repeated submission from a different one."""
    return json.dumps(asdict(filing), sort_keys=True)
