"""Resumption of work: the street's checklist, a firm's application, each item checked by an officer, work resumed; and test batches as counts.

A firm's invited contact may apply, mend and withdraw itself. Whoever handed the application in does not check it: an item is looked at by a second person, and a returned one says why. Work is resumed by an
officer when every item passed, never by the count of days.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import IntegrityError, connection, transaction

from gridloop.core.access import Actor
from gridloop.core.errors import Refused, WrongInput
from gridloop.core.firm_access import must_arrange, must_serve, must_serve_or_speak
from gridloop.core.resumption import MOST_ITEMS
from gridloop.offices.archive.actions import record
from gridloop.offices.archive.transaction import deed
from gridloop.offices.cases.actions.moves import person_of, said
from gridloop.offices.cases.models import BEIJING
from gridloop.offices.enterprise.models import Enterprise
from gridloop.offices.enterprise.queries import register, resumptions
from gridloop.offices.enterprise.resumption_models import Checklist, Resumption, ResumptionItem, StaffTest

MOST_STAFF = 100_000


def set_checklist(*, by: Actor, at: datetime, street: str, items: Sequence[str], basis: str) -> Checklist:
    """The items hold for applications from now on; those handed in before keep theirs. Raises WrongInput, NotAllowed."""
    must_arrange(by, street)
    told = list(dict.fromkeys(each.strip() for each in items if each.strip()))
    if not 1 <= len(told) <= MOST_ITEMS or any(len(each) > 200 for each in told):
        raise WrongInput("resumptions.items", f"清单 1 到 {MOST_ITEMS} 项,一行一项,每项不超过 200 字。", field="items")
    reason = said(basis, field="basis", longest=200)
    with deed():
        Checklist.objects.filter(street=street, ends_at__isnull=True).update(ends_at=at)
        row = Checklist(street=street, items=told, basis=reason, by=by.label, starts_at=at)
        row.save(force_insert=True)
        record(
            "resumption.checklist_set", by=by, at=at, street=street, subject=f"street:{street}",
            payload={"items": told, "basis": reason},
        )  # fmt: skip
    return row


def apply_resumption(*, by: Actor, at: datetime, enterprise: str, planned_on: date, staff: int) -> Resumption:
    """The firm's application stands with every item of the checklist in force. Raises Refused while another one is open."""
    if not 1 <= staff <= MOST_STAFF:
        raise WrongInput("resumptions.staff", f"复工人数 1 到 {MOST_STAFF}。", field="staff")
    with deed():
        firm = _served(enterprise, by=by)
        row = Resumption(
            street=firm.street, enterprise=firm, planned_on=planned_on, staff=staff, applied_by_id=by.person_id or None, applied_at=at
        )  # fmt: skip
        try:
            with transaction.atomic():
                row.save(force_insert=True)
        except IntegrityError as fault:
            raise Refused(
                "resumptions.open", "这家企业已有一份复工申请在核查;请打开那一份。", enterprise=firm.ref
            ) from fault
        for number, text in enumerate(resumptions.checklist(firm.street).items, 1):
            ResumptionItem(street=firm.street, resumption=row, number=number, text=text).save(force_insert=True)
        record(
            "resumption.applied", by=by, at=at, street=firm.street, subject=firm.subject,
            payload={"resumption": row.ref, "planned_on": planned_on.isoformat(), "staff": staff},
        )  # fmt: skip
    return row


def _served(enterprise: str, *, by: Actor) -> Enterprise:
    firm = register.enterprise_to_change(enterprise, by=by)
    must_serve_or_speak(by, firm.street, firm.ref)
    if firm.left_at is not None:
        raise Refused("resumptions.firm_left", "这家企业已离开本街道。", enterprise=firm.ref)
    return firm


def pass_item(*, by: Actor, at: datetime, item: str) -> ResumptionItem:
    """The item was looked at and is in order. Raises Refused for whoever handed the application in, or when it is not waiting."""
    with deed():
        row = _to_check(item, by=by)
        row.state, row.checked_by, row.checked_at, row.reason = "passed", person_of(by), at, ""
        row.save(update_fields=["state", "checked_by", "checked_at", "reason"])
        _record("resumption.item_passed", row, by=by, at=at)
    return row


def return_item(*, by: Actor, at: datetime, item: str, reason: str) -> ResumptionItem:
    """The item is not in order, and why. Raises as ``pass_item``; WrongInput without a reason."""
    why = said(reason, field="reason", longest=200)
    with deed():
        row = _to_check(item, by=by)
        row.state, row.checked_by, row.checked_at, row.reason = "returned", person_of(by), at, why
        row.returns += 1
        row.save(update_fields=["state", "checked_by", "checked_at", "reason", "returns"])
        _record("resumption.item_returned", row, by=by, at=at, reason=why)
    return row


def mend_item(*, by: Actor, at: datetime, item: str, remedy: str) -> ResumptionItem:
    """The firm put it in order and says how; it waits to be checked again. Raises Refused unless it was returned."""
    words = said(remedy, field="remedy", longest=200)
    with deed():
        row = resumptions.item(item, by=by)
        must_serve_or_speak(by, row.resumption.street, row.resumption.enterprise.ref)
        if row.state != "returned" or row.resumption.state != "open":
            raise Refused("resumptions.not_returned", "这一项没有被退回;请刷新页面。", item=item)
        row.state, row.remedy = "waiting", words
        row.save(update_fields=["state", "remedy"])
        _record("resumption.item_mended", row, by=by, at=at, remedy=words)
    return row


def _to_check(ref: str, *, by: Actor) -> ResumptionItem:
    """The waiting item of an open application, for a second person. Raises NotFound, NotAllowed, Refused."""
    row = resumptions.item(ref, by=by)
    must_serve(by, row.resumption.street)
    if connection.vendor != "sqlite":
        ResumptionItem.objects.select_for_update().get(pk=row.pk)
        row = resumptions.item(ref, by=by)
    if row.resumption.state != "open" or row.state != "waiting":
        raise Refused("resumptions.not_waiting", "这一项现在不等核查;请刷新页面。", item=ref)
    if by.person_id and row.resumption.applied_by_id == by.person_id:
        raise Refused("resumptions.own_check", "替企业提交的人不能自己核查;请另一位工作人员来看。", item=ref)
    return row


def _record(kind: str, row: ResumptionItem, *, by: Actor, at: datetime, **told: str) -> None:
    firm = row.resumption.enterprise
    payload = {"resumption": row.resumption.ref, "item": row.number, "what": row.text, **told}
    record(kind, by=by, at=at, street=firm.street, subject=firm.subject, payload=payload)


def resume_work(*, by: Actor, at: datetime, resumption: str) -> Resumption:
    """The firm works again. Raises Refused while an item has not passed, or for whoever handed the application in."""
    with deed():
        shown = resumptions.resumption(resumption, by=by)
        row = shown.row
        must_serve(by, row.street)
        if row.state != "open":
            raise Refused("resumptions.over", f"这份申请{row.get_state_display()};请刷新页面。", resumption=resumption)
        if by.person_id and row.applied_by_id == by.person_id:
            raise Refused("resumptions.own_check", "替企业提交的人不能自己核查;请另一位工作人员来看。", item="")
        if not shown.progress.is_complete:
            missing = shown.progress.whole - shown.progress.passed
            raise Refused("resumptions.incomplete", f"还有 {missing} 项没有通过,不能复工。", resumption=resumption)
        row.state, row.resumed_at, row.resumed_by = "resumed", at, person_of(by)
        row.save(update_fields=["state", "resumed_at", "resumed_by"])
        record(
            "resumption.resumed", by=by, at=at, street=row.street, subject=row.enterprise.subject,
            payload={"resumption": row.ref, "staff": row.staff},
        )  # fmt: skip
    return row


def withdraw_resumption(*, by: Actor, at: datetime, resumption: str, reason: str) -> Resumption:
    """The firm takes its application back. Raises WrongInput without a reason, Refused once it is over."""
    why = said(reason, field="reason", longest=200)
    with deed():
        row = resumptions.resumption(resumption, by=by).row
        must_serve_or_speak(by, row.street, row.enterprise.ref)
        if row.state != "open":
            raise Refused("resumptions.over", f"这份申请{row.get_state_display()};请刷新页面。", resumption=resumption)
        row.state, row.withdrawn_because = "withdrawn", why
        row.save(update_fields=["state", "withdrawn_because"])
        record(
            "resumption.withdrawn", by=by, at=at, street=row.street, subject=row.enterprise.subject,
            payload={"resumption": row.ref, "reason": why},
        )  # fmt: skip
    return row


# -- test batches ------------------------------------------------------------------------------------------------------


def note_staff_test(
    *, by: Actor, at: datetime, enterprise: str, tested_on: date, invited: int, tested: int, venue: str = ""
) -> StaffTest:
    """The batch is counted. No person and no result is kept. Raises WrongInput for a day to come or more tested than invited."""
    if not 0 <= tested <= invited <= MOST_STAFF or not invited:
        raise WrongInput("resumptions.counts", "应检至少 1 人,实检不能多于应检。", field="tested")
    if tested_on > at.astimezone(BEIJING).date():
        raise WrongInput("resumptions.day", "日期不能晚于今天。", field="tested_on")
    with deed():
        firm = _served(enterprise, by=by)
        must_serve(by, firm.street)
        row = StaffTest(
            street=firm.street, enterprise=firm, tested_on=tested_on, invited=invited, tested=tested, venue=venue.strip()[:120],
            told_by_id=by.person_id or None, told_at=at,
        )  # fmt: skip
        row.save(force_insert=True)
        record(
            "staff_test.noted", by=by, at=at, street=firm.street, subject=firm.subject,
            payload={"batch": row.ref, "on": tested_on.isoformat(), "invited": invited, "tested": tested},
        )  # fmt: skip
    return row


def void_staff_test(*, by: Actor, at: datetime, batch: str, reason: str) -> StaffTest:
    """The batch was noted wrongly and counts no longer. Raises WrongInput without a reason, Refused when it was voided before."""
    why = said(reason, field="reason", longest=200)
    with deed():
        row = resumptions.staff_test(batch, by=by)
        must_serve(by, row.street)
        if row.void_at is not None:
            raise Refused("resumptions.void", "这个批次已经作废;请刷新页面。", batch=batch)
        row.void_at, row.void_because = at, why
        row.save(update_fields=["void_at", "void_because"])
        record(
            "staff_test.voided", by=by, at=at, street=row.street, subject=row.enterprise.subject,
            payload={"batch": row.ref, "reason": why},
        )  # fmt: skip
    return row
