"""A case file as the case page shows it: finished values only, so that the template asks for nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from gridloop.core.adverse import TAGS
from gridloop.core.firm_access import may_read
from gridloop.offices.archive import queries as archive
from gridloop.offices.cases.actions.contact import Contact, sees_looks
from gridloop.offices.cases.queries.adverse import factors_of, is_of_a_firm, offered_factors
from gridloop.offices.cases.queries.finding import openable
from gridloop.offices.cases.queries.pages import CaseFile, SegmentLine
from gridloop.offices.cases.queries.troubles import may_join, proposals_of, recurrence_of, recurrences_of, trouble_of
from gridloop.offices.cases.queries.words import in_words
from gridloop.offices.enterprise.queries.forums import forums_of_case
from gridloop.offices.enterprise.queries.visits import visit_of_case
from gridloop.offices.organisation import queries as organisation
from gridloop.offices.supervision.queries import WhyThisDate
from gridloop.web import wording
from gridloop.web.case_choices import candidates, choices_of, hints_of, inserts_for
from gridloop.web.dates import until
from gridloop.web.drawing import Drawing, draw_place
from gridloop.web.forms import CaseForm
from gridloop.web.reader import Reader
from gridloop.web.sheets import SHEETS
from gridloop.web.verbs import Offer, grouped, offers

FIRST = 3  # verbs shown as buttons before the rest
FOREMOST = frozenset({
    "accept", "begin_work", "answer", "decide_extension", "decide_suspension", "confirm_grade", "extend_outside", "review_outside",
    "verify", "strike_off",
})  # fmt: skip
"""What carries the case on, or what somebody waits for: never folded away behind what may also be done."""
MOST_DAYS = 45  # days of a counting shown one by one
LATEST = 8  # entries of the history shown before the rest is folded away


@dataclass(frozen=True, slots=True)
class ReportShown:
    """One reporter's telling; name and phone masked unless just unmasked with a reason."""

    ref: str
    name: str
    phone: str
    text: str
    told_at: datetime
    answer: str
    solved: bool | None
    satisfied: str
    comment: str
    number: str
    callbacks: tuple[Any, ...]
    is_masked: bool
    told: bool


@dataclass(frozen=True, slots=True)
class FileShown:
    """An attachment with how it is shown: picture, sound or file."""

    ref: str
    name: str
    size: int
    added_at: datetime
    kind: str


@dataclass(frozen=True, slots=True)
class DayShown:
    """One day of the counting: yes, no, or last."""

    on: Any
    counted: str
    why: str


@dataclass(frozen=True, slots=True)
class DateShown:
    """One clock: its stage, its date, its state in words, how it was counted."""

    stage: str
    limit: str
    holder: str
    due_at: datetime | None
    state: str
    words: str
    sentence: str
    is_provisional: bool
    days: tuple[DayShown, ...]
    days_left_out: int
    events: tuple[tuple[str, datetime, str], ...]


@dataclass(frozen=True, slots=True)
class SegmentShown:
    """One responsibility segment with its width and its share of the lateness."""

    unit: str
    role: str
    starts_at: datetime
    ends_at: datetime | None
    length: timedelta
    late_for: timedelta
    why: str
    share: int
    tone: str


def shown(
    found: CaseFile, reader: Reader, *, refused: tuple[str, CaseForm] | None, contacts: list[Contact] | None
) -> dict[str, Any]:
    """Everything the template needs."""
    reports = _reports(found, contacts)
    like = candidates(found, reader)
    choices = choices_of(found, reader, reports=reports, like=like)
    verb, form = refused or ("", None)
    made = offers(
        found,
        choices=choices,
        refused=form,
        refused_verb=verb,
        hints=hints_of(found, reader),
        templates=inserts_for(found),
    )
    made.sort(key=lambda offer: offer.name not in FOREMOST)
    names = {unit.code: unit.name for unit in organisation.units(found.case.street)}
    entries = [wording.entry_shown(entry, units=names) for entry in reversed(found.timeline)]
    recurrence, came_back = recurrence_of(found.case), recurrences_of(found.case)
    return {
        "openable": openable(reader.actor, _beside(found, recurrence, came_back)),
        "at": reader.at, "case": found.case, "file": found, "offers": made[:FIRST], "more_offers": grouped(made[FIRST:]), "more_count": len(made[FIRST:]), "like": like,
        "has_open_more": any(offer.is_open for offer in made[FIRST:]), "refused_form": _orphan(made, refused),
        "open_form": form, "reports": reports, "is_masked": contacts is None,
        "entries": entries[:LATEST], "older": entries[LATEST:], "entry_count": len(entries),
        "dates": [_date(each, names, reader.at) for each in found.dates],
        "segments": [_segment(line, reader.at, is_paused=found.case.state == "suspended") for line in found.segments],
        "rows": _rows(found), "handed_on": _handed_on(found), "map": _map(found), "place": found.case.address or (found.lineage[-1].name if found.lineage else ""),
        "access": _looks(found, reader),
        "sheets": [(kind, str(label)) for kind, label in SHEETS.items() if kind != "supervise" or _was_raised(found)], "files": [_file(each) for each in found.attachments],
        "trouble": trouble_of(found.case), "recurrence": recurrence, "came_back": came_back,
        "proposals": proposals_of([found.case.pk]), "may_dismiss": may_join(reader.actor, found.case.street),
        "is_single": len(found.lineage) < 2, **_factors(found, reader), "asked_at": _forums(found, reader),
        "visited": _visit(found, reader),
    }  # fmt: skip


def _beside(found: CaseFile, recurrence: Any, came_back: list[Any]) -> list[str]:
    """The refs of the other cases that the page names."""
    merged_into = [found.case.merged_into] if found.case.merged_into else []
    before = [recurrence.earlier] if recurrence else []
    return [
        each.ref for each in (*merged_into, *before, *(each.case for each in came_back), *found.merged, *found.split)
    ]


def _forums(found: CaseFile, reader: Reader) -> list[Any]:
    """Where it was asked (恳谈会), for those who see firms."""
    is_asked = found.case.source == "forum" or bool(found.case.enterprise_ref)
    return forums_of_case(found.case) if is_asked and may_read(reader.actor) else []


def _factors(found: CaseFile, reader: Reader) -> dict[str, Any]:
    """The adverse factors on a firm's problem, and for those who may tag it the list to choose from."""
    if not is_of_a_firm(found.case):
        return {}
    on, names = factors_of(found.case), offered_factors(found.case.street)
    codes = {each.code for each in on}
    offered = {**names, **{each.code: each.name for each in on}} if found.relations & TAGS else {}
    return {
        "of_a_firm": True, "factors": on, "factor_choices": [(code, name, code in codes) for code, name in offered.items()],
    }  # fmt: skip


def _orphan(made: list[Offer], refused: tuple[str, CaseForm] | None) -> CaseForm | None:
    """The refused form of a verb that is no longer offered: someone else was faster. Its sentence must still be read."""
    return refused[1] if refused and not any(offer.is_open for offer in made) else None


def _visit(found: CaseFile, reader: Reader) -> Any:
    """The visit on which a manager found it, for those who see it."""
    may = found.case.source == "manager" and found.case.enterprise_ref and may_read(reader.actor)
    return visit_of_case(found.case, by=reader.actor) if may else None


def _looks(found: CaseFile, reader: Reader) -> list[Any] | None:
    """Who looked at the reporters: all of it for those whom the rules allow, else one's own looks; None when there are none of these."""
    notes = archive.access_notes(found.case.subject)
    if sees_looks(reader.actor, found.relations):
        return notes
    return [note for note in notes if note.actor == reader.actor.label] or None


def _was_raised(found: CaseFile) -> bool:
    return any(entry.kind == "case.raised" for entry in found.timeline)


def _file(kept: Any) -> FileShown:
    kind = {"image": "picture", "audio": "sound", "video": "sound"}.get(kept.media_type.partition("/")[0], "file")
    return FileShown(kept.ref, kept.name, kept.size, kept.added_at, kind)


def _reports(found: CaseFile, contacts: list[Contact] | None) -> list[ReportShown]:
    clear = {contact.report: contact for contact in contacts or []}
    calls: dict[int, list[Any]] = {}
    for callback in found.callbacks:
        calls.setdefault(callback.report_id, []).append(callback)
    return [_report(report, clear.get(report.ref), tuple(calls.get(report.pk, ())), found) for report in found.reports]


def _report(report: Any, contact: Contact | None, callbacks: tuple[Any, ...], found: CaseFile) -> ReportShown:
    return ReportShown(
        ref=report.ref,
        name=contact.name if contact else wording.masked_name(report.name),
        phone=contact.phone if contact else wording.masked_phone(report.phone),
        text=report.text, told_at=report.told_at, answer=report.answer or found.case.answer, solved=report.solved,
        satisfied=wording.WORDS["satisfied"].get(str(report.satisfied), ""), comment=report.comment,
        number=report.case.number if report.case_id != found.case.pk else "", callbacks=callbacks, is_masked=contact is None,
        told=bool(report.text) and report.text != found.case.text,
    )  # fmt: skip


def _date(why: WhyThisDate, names: dict[str, str], at: datetime) -> DateShown:
    days = why.found.days
    kept = days if len(days) <= MOST_DAYS else days[:MOST_DAYS]
    last = max((index for index, each in enumerate(days) if each.counted), default=-1)
    return DateShown(
        stage=f"{why.stage_name}{_('·本责任段') if why.clock.segment else ''}", limit=why.found.limit.words, holder=names.get(why.clock.holder, why.clock.holder),
        due_at=why.state.due_at, state=_chip_state(why, at), words=in_words(why.state, at=at), sentence=why.found.sentence,
        is_provisional=why.state.provisional,
        days=tuple(DayShown(each.date, "last" if index == last else "yes" if each.counted else "no", each.why) for index, each in enumerate(kept)),
        days_left_out=len(days) - len(kept),
        events=tuple((wording.said(wording.CLOCK_EVENTS.get(each.kind, each.kind)), each.at, _event_words(each)) for each in why.events),
    )  # fmt: skip


def _chip_state(why: WhyThisDate, at: datetime) -> str:
    state = why.state
    if state.is_late:
        return "late"
    if state.state == "stopped":
        return "met"
    if state.state == "paused":
        return "paused"
    if state.provisional:
        return "provisional"
    return "soon" if state.due_at and state.due_at - at <= timedelta(days=2) else "ok"


def _event_words(event: Any) -> str:
    if event.kind == "extend":
        return f"{event.amount} {wording.said(wording.UNITS_OF_TIME_ALL.get(event.unit, event.unit))} {event.reason}".strip()
    if event.kind == "pause" and event.until:
        return _("至 %(until)s %(reason)s") % {"until": until(event.until), "reason": event.reason}
    return str(event.reason)


def _segment(line: SegmentLine, at: datetime, *, is_paused: bool) -> SegmentShown:
    length = (line.ends_at or at) - line.starts_at
    is_now = line.ends_at is None
    tone = "late" if line.late_for else "paused" if is_now and is_paused else "now" if is_now else "done"
    return SegmentShown(
        line.unit, wording.said(wording.SEGMENT_ROLES.get(line.role, line.role)), line.starts_at, line.ends_at, length, line.late_for,
        "" if line.why.startswith("case.") else line.why, max(round(line.share * 100), 1), tone,
    )  # fmt: skip


def _handed_on(found: CaseFile) -> SegmentLine | None:
    """The segment in which people gave the case to another unit than the table did; None when the table's word still holds."""
    handling = [line for line in found.segments if line.role == "handle" and not line.why.startswith("case.")]
    return handling[-1] if len(handling) > 1 else None


def _rows(found: CaseFile) -> list[Any]:
    """The row that won first, then the others."""
    return sorted(found.route, key=lambda row: not row.won)


def _map(found: CaseFile) -> Drawing | None:
    """The cell of the case with its point, when there is something to draw."""
    return draw_place(found.case.street, place=found.case.place, lon=found.case.lon, lat=found.case.lat)
