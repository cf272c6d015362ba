"""Looking at who reported: names and numbers are masked until someone who works on the case says why they need them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from gridloop.core.access import Actor, relations
from gridloop.core.errors import NotAllowed
from gridloop.offices.archive.actions import note_access
from gridloop.offices.archive.transaction import deed
from gridloop.offices.cases.actions.closing import reports_of
from gridloop.offices.cases.queries.finding import scoped_case, standing_of

MAY_LOOK = frozenset({"desk", "leader", "lead_unit", "co_unit", "first_contact", "verifier", "monitor", "grid"})


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
        note_access(by=by, at=at, street=found.street, subject=found.subject, what="反映人姓名和电话", reason=reason)
        return [Contact(report.ref, report.name, report.phone) for report in reports_of(found)]
