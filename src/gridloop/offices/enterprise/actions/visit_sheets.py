"""Visits taken down many at once (走访登记簿): what a manager did in a day or a week and writes up in one go.

Each row becomes the same visit, with the same ledger entry, as if it had been logged by itself (``actions.visits.log_visit``); the number of
statements does not grow with the rows. Problems are not taken here: a problem is handed on the day it is heard (交办不过夜), so it is logged alone.

Worked example::

    log_visits(by=manager, at=friday, street="410102013", rows=[("k3…", VisitTold(purposes=("policy",), happened_at=monday)), …])
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from gridloop.core.access import Actor
from gridloop.core.errors import GridloopError, NotFound, Refused, WrongInput
from gridloop.core.firm_access import must_serve
from gridloop.offices.archive.actions import Fact, record_many
from gridloop.offices.archive.rows import write_rows_with_keys
from gridloop.offices.archive.transaction import deed
from gridloop.offices.enterprise.actions.visits import VisitTold, as_recorded, check_told, fill
from gridloop.offices.enterprise.models import Enterprise
from gridloop.offices.enterprise.queries import register, visits
from gridloop.offices.enterprise.visit_models import Visit, VisitWish

MOST = 500
Row = tuple[str, VisitTold]
"""The firm's ref and what is told of the visit."""


def log_visits(*, by: Actor, at: datetime, street: str, rows: Sequence[Row]) -> list[Visit]:
    """All these visits stand, or none. Raises what ``log_visit`` raises, with ``row`` (from 1) among the fields."""
    must_serve(by, street)
    if len(rows) > MOST:
        raise WrongInput("visits.too_many", f"一次最多登记 {MOST} 次走访;请分几次提交。", field="rows")
    for number, (_ref, told) in enumerate(rows, start=1):
        _checked(told, at=at, number=number)
    with deed():
        firms = {
            firm.ref: firm for firm in register.visible_to(by).filter(street=street, ref__in={ref for ref, _ in rows})
        }
        known = visits.unit_names(street)
        own = [post.unit for post in by.posts if post.street == street][:1]
        made = []
        for number, (ref, told) in enumerate(rows, start=1):
            row = Visit(street=street, enterprise=_firm(firms, ref, number=number))
            fill(row, told, bodies=_known(told.bodies or own, known, number=number), by=by, at=told.happened_at or at)
            row.logged_at = at
            made.append(row)
        write_rows_with_keys(made)
        _answer(made, street=street)
        facts = [Fact(f"enterprise.visit_{row.state}", row.enterprise.subject, as_recorded(row)) for row in made]
        record_many(facts, by=by, at=at, street=street)
    return made


def _checked(told: VisitTold, *, at: datetime, number: int) -> None:
    try:
        check_told(told, (), at=at)
    except GridloopError as error:
        error.fields["row"] = number
        raise


def _firm(firms: dict[str, Enterprise], ref: str, *, number: int) -> Enterprise:
    firm = firms.get(ref)
    if firm is None:
        raise NotFound("enterprise.not_found", "没有这家企业,或不在您的责任范围内;请核对。", enterprise=ref, row=number)
    if firm.left_at is not None:
        raise Refused("visits.firm_left", "这家企业已离开本街道,不再记走访。", enterprise=ref, row=number)
    return firm


def _known(bodies: Sequence[str], known: dict[str, str], *, number: int) -> list[str]:
    for code in bodies:
        if code not in known:
            raise NotFound(
                "organisation.no_unit", f"本街道没有单位“{code}”;请从单位列表中选择。", unit=code, row=number
            )
    return list(dict.fromkeys(bodies))


def _answer(made: Sequence[Visit], *, street: str) -> None:
    """Open wishes of the bodies that took part are answered by the first such visit."""
    reached = [row for row in made if row.state == "done"]
    wishes = visits.wishes_open(street).filter(enterprise__in=[row.enterprise_id for row in reached])
    answered = []
    for wish in wishes.select_related("unit"):
        by = next((row for row in reached if row.enterprise_id == wish.enterprise_id and wish.unit.code in row.bodies), None)  # fmt: skip
        if by:
            wish.answered_by = by
            answered.append(wish)
    VisitWish.objects.bulk_update(answered, ["answered_by"])
