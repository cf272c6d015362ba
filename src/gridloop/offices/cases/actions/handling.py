"""What the lead unit does: accept, work, ask the reporter, answer; what the reporter adds.

Every verb here fetches the case through the scope, asks the state chart, writes, moves the clocks and records once.
"""

from __future__ import annotations

from datetime import datetime

from gridloop.core.access import Actor
from gridloop.offices.archive.transaction import deed
from gridloop.offices.cases.actions.moves import hand_over, handled_by, moved, noted, said
from gridloop.offices.cases.models import Case, Segment
from gridloop.offices.cases.queries.finding import case_for_verb
from gridloop.offices.cases.queries.rules import rules_of
from gridloop.offices.organisation import queries as organisation
from gridloop.offices.organisation.models import Unit
from gridloop.offices.supervision.actions import (
    Start,
    report_on_clocks,
    restart_clocks,
    start_clocks,
    start_segment_clock,
    stop_clocks,
)
from gridloop.offices.supervision.models import Clock
from gridloop.offices.supervision.queries import clocks_of


def accept(*, by: Actor, at: datetime, case: str, rev: int | None = None) -> Case:
    """The lead unit has signed for the case (签收); a gap case that the sub-district takes on itself counts as assigned."""
    with deed():
        found, _ = case_for_verb(case, by=by, verb="accept", rev=rev)
        clocks = stop_clocks(found.subject, event="accepted", at=at)
        if found.assigned_at is None:
            clocks += stop_clocks(found.subject, event="assigned", at=at)
            clocks += begin_clocks(found, happened={"assigned": at})
            hand_over(found, unit=found.lead, role="handle", at=at, why="属地自办")
        clocks += taken_on(found, at=at)
        handled_by(found, by=by, at=at)
        moved(found, state="accepted", accepted_at=at, assigned_at=found.assigned_at or at)
        return noted("case.accepted", found, by=by, at=at, clocks=clocks, unit=found.lead.name)


def taken_on(case: Case, *, at: datetime) -> list[Clock]:
    """What acceptance starts: the case's clocks once, and for a later unit its own beside them."""
    clocks = begin_clocks(case, happened={"accepted": at})
    return clocks + (begin_segment_clocks(case, happened={"accepted": at}) if case.hops else [])


def begin_clocks(case: Case, *, happened: dict[str, datetime]) -> list[Clock]:
    """The case's own clocks of the stages that start with these events; a stage that was ever timed is not begun anew."""
    timed = frozenset(clock.stage for clock in clocks_of(case.subject) if clock.segment is None)
    return start_clocks(_start(case, happened=happened, except_for=timed))


def begin_segment_clocks(case: Case, *, happened: dict[str, datetime]) -> list[Clock]:
    """The clocks of the unit that holds the case now, counted from when it got (or accepted) it."""
    segment = Segment.objects.get(case=case, ends_at__isnull=True)
    return start_segment_clock(_start(case, happened=happened, segment=segment.pk))


def _start(
    case: Case, *, happened: dict[str, datetime], segment: int | None = None, except_for: frozenset[str] = frozenset()
) -> Start:
    """The rules in force, for the case as it stands."""
    rules = rules_of(case.street, version=organisation.version_of(case.street))
    return Start(
        street=case.street, subject=case.subject, holder=case.lead.code, grade=case.grade, priority=case.priority,
        profile=rules.profile(case.profile), calendar=(rules.calendar_id, rules.calendar), happened=happened, segment=segment,
        except_for=except_for,
    )  # fmt: skip


def begin_work(*, by: Actor, at: datetime, case: str, rev: int | None = None) -> Case:
    """The case is being worked on."""
    with deed():
        found, _ = case_for_verb(case, by=by, verb="begin_work", rev=rev)
        handled_by(found, by=by, at=at)
        moved(found, state="handling")
        return noted("case.work_began", found, by=by, at=at)


def note_progress(*, by: Actor, at: datetime, case: str, text: str, rev: int | None = None) -> Case:
    """What was done stands on the case; its state stays."""
    with deed():
        found, _ = case_for_verb(case, by=by, verb="note_progress", rev=rev)
        handled_by(found, by=by, at=at)
        clocks = report_on_clocks(found.subject, at=at)
        moved(found)
        return noted("case.progressed", found, by=by, at=at, clocks=clocks, text=said(text))


def ask_reporter(*, by: Actor, at: datetime, case: str, text: str, rev: int | None = None) -> Case:
    """The reporter is asked for what is missing. The clock goes on: asking is not a way to gain time."""
    with deed():
        found, _ = case_for_verb(case, by=by, verb="ask_reporter", rev=rev)
        handled_by(found, by=by, at=at)
        moved(found, state="asking")
        return noted("case.asked", found, by=by, at=at, text=said(text))


def give_notice(*, by: Actor, at: datetime, case: str, text: str, rev: int | None = None) -> Case:
    """The reporter is told once and in full what is needed, by when and who answers (一次性告知); it stands on their follow-up page."""
    with deed():
        found, _ = case_for_verb(case, by=by, verb="give_notice", rev=rev)
        moved(found)
        until = found.due_at.isoformat() if found.due_at else None
        return noted(
            "case.notice_given", found, by=by, at=at, text=said(text, least=4), unit=found.lead.name, until=until
        )


def supplement(*, by: Actor, at: datetime, case: str, text: str, rev: int | None = None) -> Case:
    """The reporter (or whoever took the call) has added what was asked for."""
    with deed():
        found, _ = case_for_verb(case, by=by, verb="supplement", rev=rev)
        moved(found, state="handling")
        return noted("case.supplemented", found, by=by, at=at, text=said(text))


def answer(*, by: Actor, at: datetime, case: str, text: str, rev: int | None = None) -> Case:
    """The unit has answered; from now on the duty desk is answerable for verification and strike-off.

    Each report without an answer of its own gets this one.
    """
    with deed():
        found, _ = case_for_verb(case, by=by, verb="answer", rev=rev)
        words = said(text, least=4)
        clocks = stop_clocks(found.subject, event="answered", at=at)
        handled_by(found, by=by, at=at)
        hand_over(found, unit=backstop_of(found), role="verify", at=at, why="已答复,待核实")
        moved(found, state="answered", answered_at=at, answer=words, answered_by=by.person_id or None)
        return noted("case.answered", found, by=by, at=at, clocks=clocks, text=words)


def backstop_of(case: Case) -> Unit:
    """The sub-district itself, which answers for whatever nobody else does."""
    return Unit.objects.filter(street=case.street, is_backstop=True).order_by("id")[0]


def answer_interim(*, by: Actor, at: datetime, case: str, text: str, rev: int | None = None) -> Case:
    """A stage answer (阶段性答复): told to the reporter, and not a closing one."""
    with deed():
        found, _ = case_for_verb(case, by=by, verb="answer_interim", rev=rev)
        handled_by(found, by=by, at=at)
        moved(found)
        return noted("case.answered_in_part", found, by=by, at=at, text=said(text))


def resume_after_answer(case: Case, *, at: datetime, why: str) -> list[Clock]:
    """Work goes on after an answer that did not hold: the old clock resumes, the unit is answerable again."""
    hand_over(case, unit=case.lead, role="handle", at=at, why=why)
    return restart_clocks(case.subject, at=at)
