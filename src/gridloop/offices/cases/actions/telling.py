"""What someone may do with their own telling, by the secret of its receipt: join it to others', undo it, correct or take back the contact.

Joining (我也是): the problem is filed like any other, with a receipt of its own, and in the same transaction merged into the case that at least k
others told of: one handling, every teller answered.

Undoing (撤销): within ten minutes and before anybody accepted it, the telling is withdrawn as if it had never been handled;
name and telephone number are gone at once.

Forgetting: a name and a telephone number are kept for a year after the case has ended, or until their owner takes them back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from gridloop.core.access import SYSTEM, Actor
from gridloop.core.errors import NotAllowed, NotFound, TooLate, WrongInput
from gridloop.core.identity import normal_phone
from gridloop.core.lifecycle import OPEN_STATES
from gridloop.offices.archive.actions import Fact, record_many
from gridloop.offices.archive.concealed import blind
from gridloop.offices.archive.transaction import deed
from gridloop.offices.cases.actions.closing import withdraw
from gridloop.offices.cases.actions.filing import Filed, Filing, file_case
from gridloop.offices.cases.actions.moves import end_segments, moved, noted
from gridloop.offices.cases.models import Case, Report
from gridloop.offices.cases.queries.anonymous import nearby
from gridloop.offices.cases.queries.held import ENDED, KEPT_FOR
from gridloop.offices.supervision.actions import stop_all

UNDO_WITHIN = timedelta(minutes=10)
UNDONE = "提交后十分钟内撤销"


@dataclass(frozen=True, slots=True)
class Joined:
    """A filed case and whether it is handled together with others'."""

    filed: Filed
    is_joined: bool


def file_and_join(*, by: Actor, at: datetime, street: str, filing: Filing) -> Joined:
    """The problem is filed, and merged into the open case of the same place and category that at least k people told of.

    Where there is none (any more), it is filed by itself: nobody's words are lost. Raises what ``file_case`` raises.
    """
    with deed():
        filed = file_case(by=by, at=at, street=street, filing=filing)
        target = _told_before(filed.case)
        if target is None:
            return Joined(filed, is_joined=False)
        clocks = stop_all(filed.case.subject, at=at)
        end_segments(filed.case, at=at)
        moved(filed.case, state="merged", merged_into=target)
        reason = "反映人提交时选择与他人反映的同一问题合并办理"
        noted("case.took_in", target, by=by, at=at, merged=filed.case.number, reports=1, reason=reason)
        noted(
            "case.merged",
            filed.case,
            by=by,
            at=at,
            clocks=clocks,
            into=target.number,
            into_ref=target.ref,
            reason=reason,
        )
    return Joined(filed, is_joined=True)


def _told_before(case: Case) -> Case | None:
    """The case in which those who told of the same here are answered; this one is not counted among them."""
    found = nearby(case.street, place=case.place, without=case.pk)
    same = next((each.case for each in found if each.category == case.category), None)
    return Case.objects.filter(pk=same, state__in=OPEN_STATES).first() if same else None


def undo(*, by: Actor, at: datetime, case: str) -> Case:
    """The telling is withdrawn as if never handled, and who told is forgotten.

    Raises TooLate after ten minutes or once a unit has accepted it.
    """
    with deed():
        report = Report.objects.filter(case__ref=case, pk__in=by.reports).select_related("case").first()
        if report is None:
            raise NotFound("cases.not_found", "没有这个事项,或不是您反映的;请从回执打开。", case=case)
        if not may_undo(report, at=at):
            raise TooLate("cases.too_late_to_undo", "已过十分钟或单位已签收,不能直接撤销;可以改用“撤回”并说明原因。")
        undone = withdraw(by=by, at=at, case=case, reason=UNDONE)
        if report.name or report.phone:
            _write_contact([report], name="", phone="")
            _record("report.contact_forgotten", [report], by=by, at=at, basis=UNDONE)
        return undone


def may_undo(report: Report, *, at: datetime) -> bool:
    """Within ten minutes, and neither accepted nor handed on since."""
    return (
        report.told_at <= at < report.told_at + UNDO_WITHIN
        and report.case.accepted_at is None
        and report.case.state in ("routed", "merged")
    )


def correct_contact(*, by: Actor, at: datetime, name: str, phone: str) -> int:
    """Every report of this receipt carries this name and number from now on; an empty one is not kept. How many reports changed.

    Raises NotAllowed for anyone but the reporter, WrongInput for what is no telephone number, or when both are empty (``withdraw_contact``).
    """
    if by.kind != "reporter" or not by.reports:
        raise NotAllowed("cases.not_your_contact", "联系方式由反映人本人更改;请从回执打开。")
    if not name.strip() and not phone.strip():
        raise WrongInput("cases.no_contact", "称呼和电话都空着;要全部删除,请用下面的“删除”。", field="name")
    number = normal_phone(phone) if phone.strip() else ""
    if number is None:
        raise WrongInput("cases.bad_phone", "电话号码不完整;请写 11 位手机号或带区号的座机,也可以不留。", field="phone")
    with deed():
        rows = list(Report.objects.filter(pk__in=by.reports).select_related("case").order_by("pk"))
        _write_contact(rows, name=name.replace("\x00", "").strip()[:60], phone=number)
        _record("report.contact_changed", rows, by=by, at=at, keeps_name=bool(name.strip()), keeps_phone=bool(number))
    return len(rows)


def forget_old_contacts(*, at: datetime, limit: int = 500) -> int:
    """Names and numbers of those whose cases ended a year ago are gone; how many reports had one."""
    old = Q(case__merged_into=None, case__state__in=ENDED) | Q(case__merged_into__state__in=ENDED)
    recent = Q(case__cleared_at__gt=at - KEPT_FOR) | Q(case__merged_into__cleared_at__gt=at - KEPT_FOR)
    kept = Report.objects.filter(old, told_at__lte=at - KEPT_FOR).exclude(recent).exclude(name="", phone="")
    with deed():
        rows = list(kept.select_related("case").order_by("pk")[:limit])
        _write_contact(rows, name="", phone="")
        _record("report.contact_forgotten", rows, by=SYSTEM, at=at, basis="保存期满")
    return len(rows)


def _write_contact(rows: Sequence[Report], *, name: str, phone: str) -> None:
    Report.objects.filter(pk__in=[row.pk for row in rows]).update(name=name, phone=phone, phone_index=blind(phone))


def _record(kind: str, rows: Sequence[Report], *, by: Actor, at: datetime, **payload: object) -> None:
    """One entry a report, in its street's book; what the name and number were is nowhere told."""
    for street in sorted({row.street for row in rows}):
        facts = [Fact(kind, row.case.subject, {"report": row.ref, **payload}) for row in rows if row.street == street]
        record_many(facts, by=by, at=at, street=street)
