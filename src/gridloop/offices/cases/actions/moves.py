"""What every verb of a case shares: changing state under a revision, responsibility passing on, the record.

``moved`` writes the case's new state with compare-and-set on its revision: of two people at once one wins, the other is told
to look again. ``hand_over`` closes the present responsibility segment and opens the next at the same instant, so segments
tile the case.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import F

from gridloop.core.access import SYSTEM, Actor
from gridloop.core.errors import Outdated, WrongInput
from gridloop.offices.archive.actions import record
from gridloop.offices.archive.transaction import deed
from gridloop.offices.cases.actions.filing import due_of
from gridloop.offices.cases.models import Case, Participation, Segment
from gridloop.offices.cases.queries.finding import scoped_case
from gridloop.offices.organisation.models import Person, Unit
from gridloop.offices.supervision import queries as supervision
from gridloop.offices.supervision.actions import clocks_in_words
from gridloop.offices.supervision.models import Clock


def moved(case: Case, *, state: str = "", **changes: Any) -> Case:
    """The case has its new state and values, one revision on. Raises Outdated when someone else was faster."""
    if state:
        changes["state"] = state
    won = Case.objects.filter(pk=case.pk, rev=case.rev).update(rev=F("rev") + 1, **changes)
    if not won:
        raise Outdated("cases.outdated", "此件刚刚被别人处理过;请刷新页面,看过最新情况再决定。", case=case.ref)
    for name, value in changes.items():
        setattr(case, name, value)
    case.rev += 1
    return case


def hand_over(case: Case, *, unit: Unit, role: str, at: datetime, why: str) -> Segment:
    """Responsibility passes to the unit at this instant, without gap or overlap."""
    Segment.objects.filter(case=case, ends_at__isnull=True).update(ends_at=at)
    return Segment.objects.create(case=case, unit=unit, role=role, starts_at=at, why=why[:200])


def end_segments(case: Case, *, at: datetime) -> None:
    """Nobody is answerable any more: the case is closed."""
    Segment.objects.filter(case=case, ends_at__isnull=True).update(ends_at=at)


def took_part(case: Case, *, unit: Unit, role: str, at: datetime, person: Person | None = None) -> None:
    """The unit (and person) took part and may see the case from now on; noted once."""
    known = Participation.objects.filter(case=case, unit=unit, role=role, person=person).exists()
    if not known:
        Participation.objects.create(case=case, unit=unit, role=role, person=person, since=at)


def handled_by(case: Case, *, by: Actor, at: datetime) -> None:
    """The person worked on the case, and so may not verify it or strike it off."""
    if by.person_id:
        took_part(case, unit=case.lead, role="handler", at=at, person=Person.objects.get(pk=by.person_id))


def person_of(by: Actor) -> Person:
    """The person behind the actor. Raises WrongInput for a deed that only a person can do."""
    if not by.person_id:
        raise WrongInput("cases.person_needed", "这一步要由具体的人来做;请登录后操作。")
    return Person.objects.get(pk=by.person_id)


def noted(
    kind: str,
    case: Case,
    *,
    by: Actor,
    at: datetime,
    cause: str = "",
    clocks: Iterable[Clock] | None = None,
    **payload: Any,
) -> Case:
    """The deed stands in the ledger with the case's state and clocks; the case shows the date that matters."""
    standing = list(clocks) if clocks is not None else []
    if clocks is not None:
        _show_date(case)
    facts = {"number": case.number, "state": case.state, **payload}
    if done_for := getattr(case, "done_for", ""):
        facts["by"] = f"{by.name}(代 {done_for})"
    if standing:
        facts["clocks"] = clocks_in_words(standing)
    record(kind, by=by, at=at, street=case.street, subject=case.subject, payload=facts, cause=cause)
    return case


def follow_clocks(*, case: str) -> Case:
    """The case shows its clocks' date and lateness again, after the sweep or a new calendar has moved them without a deed."""
    with deed():
        found = scoped_case(case, by=SYSTEM)
        _show_date(found)
        return found


def _show_date(case: Case) -> None:
    """The case's date and lateness follow its clocks."""
    clocks = supervision.clocks_of(case.subject)
    due_at = due_of(clocks) or case.due_at
    is_late = any(clock.is_late for clock in clocks if clock.segment is None)
    if (due_at, is_late) != (case.due_at, case.is_late):
        Case.objects.filter(pk=case.pk).update(due_at=due_at, is_late=is_late)
        case.due_at, case.is_late = due_at, is_late


def said(text: str, *, field: str = "text", least: int = 2, longest: int = 2000) -> str:
    """The text, trimmed. Raises WrongInput when it is too short or too long."""
    trimmed = text.replace("\x00", "").strip()
    if len(trimmed) < least:
        raise WrongInput("cases.too_short", f"请写清楚(至少 {least} 个字)。", field=field)
    if len(trimmed) > longest:
        raise WrongInput("cases.too_long", f"内容有 {len(trimmed)} 字,超过 {longest} 字;请精简。", field=field)
    return trimmed
