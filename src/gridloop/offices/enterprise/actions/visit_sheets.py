"""Visits taken down many at once (走访登记簿): what a manager did in a day or a week and writes up in one go.

Each row becomes the same visit, with the same ledger entry, as if it had been logged by itself (``actions.visits.log_visit``); the number of
statements does not grow with the rows. Problems are not taken here: a problem is handed on the day it is heard (交办不过夜), so it is logged alone.

Two doors: ``log_visits`` takes all rows or none; ``enter_visits`` judges each by itself, lets the good ones in and says of every other what is wrong
with it. The same firm at the same moment in the same way is one visit, whoever wrote it down: a sheet that is sent again doubles nothing.

Worked example::

    enter_visits(by=manager, at=friday, street="410102013", rows=[SheetVisit(2, "示范一号公司", VisitTold(purposes=("policy",), happened_at=monday)), …])
    log_visits(by=manager, at=friday, street="410102013", rows=[("k3…", VisitTold(purposes=("policy",), happened_at=monday)), …])
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from gridloop.core.access import Actor
from gridloop.core.errors import GridloopError, NotFound, Refused, WrongInput
from gridloop.core.firm_access import must_serve
from gridloop.core.visiting import OUTCOMES
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


@dataclass(frozen=True, slots=True)
class SheetVisit:
    """A row of the sheet: its number there, the firm as it was said (ref, name, alias or code), the visit with its moment."""

    number: int
    said: str
    told: VisitTold


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row that does not go in: its number, the column (as in ``core.visit_rows``), and the reason."""

    number: int
    column: str
    reason: str


@dataclass(frozen=True, slots=True)
class Judged:
    """Which rows may go in (with the firm that each means), which are known already, which are refused; each in the order of the sheet."""

    good: tuple[tuple[SheetVisit, Enterprise], ...]
    known: tuple[int, ...]
    refused: tuple[RefusedRow, ...]


@dataclass(frozen=True, slots=True)
class Entered:
    """The visits that now stand, and the rows that did not become one."""

    made: tuple[Visit, ...]
    known: tuple[int, ...]
    refused: tuple[RefusedRow, ...]


def enter_visits(*, by: Actor, at: datetime, street: str, rows: Sequence[SheetVisit]) -> Entered:
    """The good rows stand as visits; the others are told. Raises NotAllowed, and WrongInput for more rows than are taken at once."""
    must_serve(by, street)
    with deed():
        _hold_firms(judge_visits(by=by, at=at, street=street, rows=rows))
        judged = judge_visits(by=by, at=at, street=street, rows=rows)  # again: what was entered meanwhile is known now
        made = log_visits(by=by, at=at, street=street, rows=[(firm.ref, row.told) for row, firm in judged.good])
    return Entered(tuple(made), judged.known, judged.refused)


def judge_visits(*, by: Actor, at: datetime, street: str, rows: Sequence[SheetVisit]) -> Judged:
    """What would become of the rows if they were entered now; nothing is written. Raises as ``enter_visits``."""
    must_serve(by, street)
    if len(rows) > MOST:
        raise WrongInput("visits.too_many", f"一次最多登记 {MOST} 次走访;请分几次提交。", field="rows")
    named = register.enterprises_named(by, street=street, said={row.said for row in rows})
    units = visits.unit_names(street)
    sound, refused = [], []
    for row in rows:
        fault = _fault_of(row, named[row.said], units, at=at)
        if fault:
            refused.append(fault)
        else:
            sound.append((row, named[row.said][0]))
    standing = _stand_already(sound)
    known = {row.number for row, firm in sound if _identity(row, firm) in standing}
    good, again = _first_of_each([pair for pair in sound if pair[0].number not in known])
    return Judged(tuple(good), tuple(sorted(known)), tuple(sorted([*refused, *again], key=lambda row: row.number)))


def _fault_of(
    row: SheetVisit, meant: Sequence[Enterprise], units: dict[str, str], *, at: datetime
) -> RefusedRow | None:
    if not meant:
        return RefusedRow(row.number, "enterprise", "没有这家企业,或不在您的责任范围内;请核对名称或统一社会信用代码。")
    if len(meant) > 1:
        return RefusedRow(row.number, "enterprise", f"有 {len(meant)} 家企业叫这个名字;请改写统一社会信用代码。")
    if meant[0].left_at is not None:
        return RefusedRow(row.number, "enterprise", "这家企业已离开本街道,不再记走访。")
    try:
        check_told(row.told, (), at=at)
        _known(row.told.bodies, units, number=row.number)
    except GridloopError as error:
        return RefusedRow(row.number, COLUMN_OF.get(str(error.fields.get("field", "bodies")), "bodies"), error.sentence)
    return None


COLUMN_OF = {"happened_at": "at", "way": "way", "level": "level", "outcome": "outcome", "purposes": "purposes"}
"""The column of the sheet for each field of a visit that may be told badly."""
Identity = tuple[int, datetime | None, str]


def _identity(row: SheetVisit, firm: Enterprise) -> Identity:
    """What makes two rows one visit: the firm, the moment, the way."""
    return firm.pk, row.told.happened_at, row.told.way


def _stand_already(sound: Sequence[tuple[SheetVisit, Enterprise]]) -> set[Identity]:
    firms, moments = {firm.pk for _row, firm in sound}, {row.told.happened_at for row, _firm in sound}
    rows = Visit.objects.filter(enterprise__in=firms, happened_at__in=moments, state__in=OUTCOMES)
    return set(rows.values_list("enterprise_id", "happened_at", "way"))


def _first_of_each(
    sound: Sequence[tuple[SheetVisit, Enterprise]],
) -> tuple[list[tuple[SheetVisit, Enterprise]], list[RefusedRow]]:
    """The rows without those that say again what a row before them said, and those."""
    first: dict[Identity, tuple[SheetVisit, Enterprise]] = {}
    again = []
    for row, firm in sound:
        before = first.setdefault(_identity(row, firm), (row, firm))[0]
        if before is not row:
            again.append(
                RefusedRow(row.number, "at", f"与第 {before.number} 行是同一次走访(企业、时间、方式都相同);只记一次。")
            )
    return list(first.values()), again


def _hold_firms(judged: Judged) -> None:
    """Of two who enter the same sheet at once the second waits, and then finds the visits of the first."""
    if connection.vendor != "sqlite":
        firms = Enterprise.objects.filter(pk__in={firm.pk for _row, firm in judged.good})
        list(firms.select_for_update().order_by("pk").values_list("pk"))


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
