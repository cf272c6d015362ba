"""Who reported: masked until someone who works on the case says why they need it, and gone when the reporter asks for that.

A reporter may take back name and phone at any time (个人信息保护法 art. 15) without taking back the trouble: the case goes on, the receipt
keeps opening the follow-up page, and nobody can call back any more.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from gridloop.core.access import Actor, Role, relations
from gridloop.core.errors import NotAllowed, NotFound, Refused
from gridloop.offices.archive.actions import note_access
from gridloop.offices.archive.transaction import deed
from gridloop.offices.cases.actions.closing import reports_of
from gridloop.offices.cases.actions.moves import moved, noted
from gridloop.offices.cases.models import Case, Report
from gridloop.offices.cases.queries.finding import case_for_verb, scoped_case, standing_of

CONTACTS = "反映人姓名和电话"
MAY_LOOK = frozenset({"desk", "leader", "lead_unit", "co_unit", "first_contact", "verifier", "monitor", "grid"})
SEES_LOOKS = frozenset({"desk", "leader", "lead_leader", "monitor", "first_contact"})
"""Who may see who looked: those who answer for the case or filed it, and the keepers who audit."""
KEEPS_WATCH = frozenset({Role.SECURITY_KEEPER, Role.AUDIT_KEEPER})


@dataclass(frozen=True, slots=True)
class Contact:
    """One reporter in the clear: the report's ref, the name and the phone as told."""

    report: str
    name: str
    phone: str


def show_contacts(*, by: Actor, at: datetime, case: str, reason: str) -> list[Contact]:
    """The reporters' names and numbers, after it is written down who looked and why.

    Raises NotAllowed for someone who does not work on the case, WrongInput without a reason.
    """
    with deed():
        found = scoped_case(case, by=by)
        if not relations(by, standing_of(found)) & MAY_LOOK:
            raise NotAllowed(
                "cases.may_not_see_contacts", "只有办理、核实此件的人可以查看反映人信息;请联系值班受理岗。"
            )
        note_access(by=by, at=at, street=found.street, subject=found.subject, what=CONTACTS, reason=reason)
        return [Contact(report.ref, report.name, report.phone) for report in reports_of(found)]


def sees_looks(actor: Actor, actor_relations: frozenset[str]) -> bool:
    """May this actor see who looked at the reporters of a case to which they stand so?"""
    return bool(actor_relations & SEES_LOOKS or actor.roles() & KEEPS_WATCH)


def withdraw_contact(*, by: Actor, at: datetime, case: str, report: str = "", rev: int | None = None) -> Case:
    """The reporter's name and phone are gone for good; the report, its receipt and the case stay.

    Raises NotFound for a report that is not of this case (a reporter: not their own), Refused when there is nothing to take back.
    """
    with deed():
        found, _ = case_for_verb(case, by=by, verb="withdraw_contact", rev=rev)
        telling = _own_report(found, report, by=by)
        if not (telling.name or telling.phone):
            raise Refused("cases.no_contact", "这位反映人没有留下称呼和电话,不用撤回。", field="report")
        Report.objects.filter(pk=telling.pk).update(name="", phone="", phone_index="")
        moved(found)
        return noted("case.contact_withdrawn", found, by=by, at=at, report=telling.ref)


def _own_report(case: Case, ref: str, *, by: Actor) -> Report:
    rows = reports_of(case).filter(ref=ref) if ref else reports_of(case)
    found = (rows.filter(pk__in=by.reports) if by.kind == "reporter" else rows).first()
    if found is None:
        raise NotFound("cases.no_report", "此件没有这位反映人;请刷新页面。", field="report")
    return found
