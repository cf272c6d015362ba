"""What a reporter may see of the trouble they told: found by the receipt's secret, and nothing else of the case.

Terms: *told* is the case in which the report was filed; *answering* is the case that answers it now (the same one, or the one it was
merged into); *offshoots* are troubles taken out of the telling, each with a case of its own.

Guarantees: an entry of the ledger is shown only when its kind is in ``SHOWN``, and of its payload only the fields named there;
what other reporters said, how they judged and what units wrote among themselves is left out. Of a case that another was merged
into, only what happened after the merging and concerns every reporter is shown.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from gridloop.core.access import Actor
from gridloop.core.clock import remaining_in_words
from gridloop.core.errors import NotFound
from gridloop.core.identity import mask_name, mask_phone
from gridloop.offices.archive import queries as archive
from gridloop.offices.archive.queries import TimelineEntry
from gridloop.offices.cases.actions.filing import hash_receipt
from gridloop.offices.cases.models import Case, Report
from gridloop.offices.cases.queries.finding import possible_verbs, told_of
from gridloop.offices.cases.queries.rules import rules_of
from gridloop.offices.notices.publicity.queries import publicity_of
from gridloop.offices.organisation import queries as organisation
from gridloop.offices.supervision import queries as supervision
from gridloop.offices.supervision.models import Clock

SHOWN: dict[str, str] = {
    "case.filed": "unit_name reason is_gap",
    "case.assigned": "unit",
    "case.routed_again": "unit",
    "case.accepted": "unit",
    "case.work_began": "",
    "case.progressed": "",
    "case.asked": "text",
    "case.supplemented": "text",
    "case.notice_given": "text",
    "case.answered": "text",
    "case.answered_in_part": "text",
    "case.returned": "unit",
    "case.return_taken": "unit",
    "case.return_deemed_taken": "unit",
    "case.designated": "unit",
    "case.deemed_accepted": "unit",
    "case.answer_duty_passed": "",
    "case.inspected": "",
    "case.consultation_called": "units",
    "case.consultation_concluded": "unit",
    "case.escalated": "unit",
    "case.pulled_back": "unit",
    "case.extension_approved": "amount unit_of_time",
    "case.suspended": "until",
    "case.resumed": "",
    "case.corrected": "",
    "case.graded": "grade",
    "case.grade_confirmed": "grade",
    "case.raised": "",
    "case.merged": "into",
    "case.unmerged": "",
    "case.split": "into",
    "case.verified": "",
    "case.verification_failed": "",
    "case.called_back": "outcome solved satisfied report",
    "case.judged": "solved satisfied comment report",
    "case.sent_back": "",
    "case.reopened": "",
    "case.cleared": "ground",
    "case.withdrawn": "",
    "clock.breached": "stage",
    "clock.reissued": "stage after",
    "attachment.added": "name",
    "case.contact_withdrawn": "report",
    "report.contact_changed": "report keeps_name keeps_phone",
    "report.contact_forgotten": "report",
}
OF_ONE_REPORTER = frozenset(
    {"case.called_back", "case.judged", "case.contact_withdrawn", "report.contact_changed", "report.contact_forgotten"}
)
"""Shown to the reporter whom the payload names."""
OWN_CASE_ONLY = frozenset({"case.filed", "case.supplemented", "case.merged", "case.split"})
"""Not shown of a case that the reporter's own was merged into."""
SAID_BY_REPORTERS = frozenset({"case.supplemented", "case.asked"})
"""What the first reporter was asked and said: shown to others only where they said it themselves."""
LONGEST_COUNT = 62
"""Days of a counting that are listed one by one; two months cover every shipped profile."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened, with the few values a reporter may know. ``seq`` is None until it is sealed."""

    kind: str
    at: datetime
    seq: int | None
    shown: dict[str, Any]


@dataclass(frozen=True, slots=True)
class CountedDay:
    """One day of the counting: whether it counted, why or why not, and whether it is the last."""

    on: date
    counted: bool
    why: str
    is_last: bool


@dataclass(frozen=True, slots=True)
class Promise:
    """One deadline: its stage, until when, what is left, and how it was counted."""

    stage: str
    due_at: datetime | None
    state: str
    remaining: str
    sentence: str
    is_provisional: bool
    is_changed: bool
    days: tuple[CountedDay, ...]


@dataclass(frozen=True, slots=True)
class Looks:
    """How often someone looked at the reporter's name and phone, and when last."""

    what: str
    times: int
    last_at: datetime


@dataclass(frozen=True, slots=True)
class Followed:
    """One report as its reporter sees it. ``verbs`` names what they may do now; ``others`` counts further reports, ``people``
    the other people behind them: of others a reporter learns that number and nothing else.

    ``title`` and ``address`` are this reporter's own: in a case that others filed, theirs are not shown.
    """

    report: Report
    told: Case
    answering: Case
    title: str
    address: str
    place: tuple[str, ...]
    is_outside: bool
    steps: tuple[Step, ...]
    promises: tuple[Promise, ...]
    verbs: frozenset[str]
    own_verbs: frozenset[str]
    others: int
    people: int
    name: str
    phone: str
    looks: tuple[Looks, ...]
    photos: tuple[Any, ...]
    answers: str


_WITH_CASES = (
    "case__lead", "case__first_contact", "case__answerer", "case__merged_into__lead", "case__merged_into__first_contact",
)  # fmt: skip


def report_of(secret: str) -> Report:
    """The report that the secret opens. Raises NotFound, which tells nothing about what exists."""
    rows = Report.objects.filter(token_hash=hash_receipt(secret))
    found = rows.select_related(*_WITH_CASES).first()
    if found is None:
        raise NotFound(
            "cases.no_such_receipt", "这个查询链接打不开任何事项;请核对回执上的 32 位查询码,或拨打值班电话。"
        )
    return found


def report_with_cases(report: Report) -> Report:
    """The same report with what the pages read of its cases."""
    return Report.objects.select_related(*_WITH_CASES).get(pk=report.pk)


def told_by(report: Report) -> list[Report]:
    """The report itself, then the troubles taken out of it."""
    rows = report.offshoots.select_related(*_WITH_CASES)
    return [report, *rows.order_by("id")]


def as_teller(by: Actor, report: str) -> Actor:
    """Whoever wrote the report down, who may do for its case what its reporter may: on behalf of the person who told it."""
    return replace(by, reports=by.reports | set(Report.objects.filter(ref=report).values_list("pk", flat=True)))


def reporter(reports: list[Report]) -> Actor:
    """The actor that holds the receipt of these reports: may do what concerns them, and nothing else."""
    first = reports[0]
    return Actor(
        kind="reporter",
        ref=first.ref,
        name="反映人",
        street=first.street,
        reports=frozenset(report.pk for report in reports),
    )


def follow(report: Report, *, by: Actor, at: datetime) -> Followed:
    """The report's whole story for its reporter ``by``, at the moment ``at``."""
    told, answering = report.case, report.case.merged_into or report.case
    history = archive.timeline(told.subject)
    rules = rules_of(told.street, version=organisation.version_of(told.street))
    subjects = [told] if told is answering else [told, answering]
    is_first = report.pk == min(told.reports.values_list("pk", flat=True), default=report.pk)
    return Followed(
        report=report,
        told=told,
        answering=answering,
        title=told.title
        if is_first
        else report.text.splitlines()[0][:60]
        if report.text
        else told.category.rsplit("/", 1)[-1],
        address=told.address if is_first else "",
        place=tuple(cell.name for cell in rules.atlas.lineage(told.place)),
        is_outside=told.lon is not None and told.placed_by == "none",
        steps=tuple(_steps(report, history, by, is_first=is_first)),
        promises=tuple(
            _promise(clock, answering, at=at)
            for clock in supervision.clocks_of(answering.subject)
            if clock.segment is None
        ),
        verbs=frozenset(verb.name for verb in possible_verbs(answering, by=by)),
        own_verbs=frozenset(verb.name for verb in possible_verbs(told, by=by)),
        others=Report.objects.filter(told_of(answering)).exclude(pk=report.pk).count(),
        people=_other_people(report, answering),
        name=mask_name(report.name),
        phone=mask_phone(report.phone),
        looks=tuple(_looks(subjects)),
        photos=tuple(own_attachments(report, by=by)),
        answers=answers_for(told, at=at),
    )


def answers_for(case: Case, *, at: datetime) -> str:
    """Who answers the reporter now, whoever handles the case: the post with its unit; the name only where the street shows names."""
    found = organisation.answering(case.answerer, at=at)
    post = f"{found.unit}{found.title}" if found.title else found.unit
    return f"{post}({found.person.name})" if publicity_of(case.street).shows_names or not post else post


def _other_people(report: Report, answering: Case) -> int:
    """How many other people told of this: two reports under one number are one person, a report without a number is one of its own."""
    rows = Report.objects.filter(told_of(answering), origin=None).values_list("pk", "phone_index")
    mine = report.phone_index or report.pk
    return len({phone or key for key, phone in rows} - {mine, report.pk})


def own_attachments(report: Report, *, by: Actor) -> list[Any]:
    """What this reporter added to the case, or to the one it was merged into; nothing that anyone else did."""
    cases = [case for case in (report.case, report.case.merged_into) if case]
    return [each for case in cases for each in archive.attachments_of(case.subject) if each.by == by.label]


def _steps(report: Report, history: list[TimelineEntry], by: Actor, *, is_first: bool) -> Iterator[Step]:
    """The told case's steps, then those of the case it was merged into since then.

    What others added in words to a case that they filed is left out for whoever joined it.
    """
    yield from (
        _step(entry)
        for entry in history
        if _concerns(entry, report, by) and (is_first or entry.kind not in SAID_BY_REPORTERS or entry.actor == by.label)
    )
    main = report.case.merged_into
    if main is None:
        return
    merged = max((entry.id for entry in history if entry.kind == "case.merged"), default=0)
    later = (entry for entry in archive.timeline(main.subject) if entry.id > merged and entry.kind not in OWN_CASE_ONLY)
    yield from (_step(entry) for entry in later if _concerns(entry, report, by))


def _concerns(entry: TimelineEntry, report: Report, by: Actor) -> bool:
    if entry.kind in OF_ONE_REPORTER:
        return bool(entry.payload.get("report") == report.ref)
    if entry.kind == "attachment.added":
        return entry.actor == by.label
    return entry.kind in SHOWN


def _step(entry: TimelineEntry) -> Step:
    fields = SHOWN[entry.kind].split()
    return Step(
        entry.kind, entry.at, entry.seq, {name: entry.payload[name] for name in fields if name in entry.payload}
    )


def _promise(clock: Clock, case: Case, *, at: datetime) -> Promise:
    """A clock of what was withdrawn is stopped, which is not to say that anything was done in time."""
    is_over = case.state == "withdrawn"
    why = supervision.why_this_date(clock, at=at)
    days = why.found.days
    listed = [CountedDay(day.date, day.counted, day.why, day is days[-1]) for day in days[:LONGEST_COUNT]]
    return Promise(
        stage=why.stage_name,
        due_at=why.state.due_at,
        state="paused" if is_over else "late" if why.state.is_late else why.state.state,
        remaining="不再计时" if is_over else remaining_in_words(why.state, at),
        sentence=why.found.sentence,
        is_provisional=why.state.provisional,
        is_changed=why.state.due_at != why.found.due_at,
        days=tuple(listed),
    )


def _looks(cases: list[Case]) -> Iterator[Looks]:
    notes = [note for case in cases for note in archive.access_notes(case.subject)]
    for what, times in Counter(note.what for note in notes).items():
        yield Looks(what, times, max(note.looked_at for note in notes if note.what == what))
