"""The year's plan by months, and what each month really invested."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from gridloop.core.access import Actor
from gridloop.core.errors import Refused, WrongInput
from gridloop.core.project import spread
from gridloop.offices.archive.actions import record
from gridloop.offices.archive.transaction import deed
from gridloop.offices.projects.actions.entering import LARGEST, ZONE
from gridloop.offices.projects.models import MonthlyProgress, Project
from gridloop.offices.projects.queries.finding import project_locked


def plan_year(
    *, by: Actor, at: datetime, project: str, year: int, amount: Decimal, first: int = 1, rev: int | None = None
) -> Project:
    """The months of the year from ``first`` on are planned evenly; they sum to the amount (元). A plan may be set anew with its trace.

    Raises NotFound, NotAllowed, WrongInput for an amount or a year that cannot be.
    """
    if not (2000 <= year <= 2100 and 1 <= first <= 12):
        raise WrongInput("projects.bad_year", "年度或起始月份不对;请核对。", field="year")
    _money(amount, field="amount")
    with deed():
        row = project_locked(by, project, rev=rev)
        for number, planned in enumerate(spread(amount, first=first), start=1):
            MonthlyProgress.objects.update_or_create(
                project=row, month=date(year, number, 1), defaults={"planned": planned}
            )
        _seen(row)
        record(
            "project.planned", by=by, at=at, street=row.street, subject=row.subject,
            payload={"year": year, "amount": str(amount), "first": first},
        )  # fmt: skip
    return row


def report_month(
    *, by: Actor, at: datetime, project: str, month: date, invested: Decimal, note: str = "", reason: str = "", rev: int | None = None
) -> MonthlyProgress:  # fmt: skip
    """The month's investment (元) is reported. A month reported before is corrected with a reason; both figures stand in the ledger.

    Raises NotFound, NotAllowed, WrongInput for a month to come, Refused for a correction without a reason.
    """
    first = month.replace(day=1)
    if first > at.astimezone(ZONE).date():
        raise WrongInput("projects.month_to_come", "这个月还没有到;请选已经开始的月份。", field="month")
    _money(invested, field="invested", may_be_nought=True)
    with deed():
        row = project_locked(by, project, rev=rev)
        found, _ = MonthlyProgress.objects.get_or_create(project=row, month=first)
        before = found.invested
        if before is not None and len(reason.strip()) < 4:
            raise Refused(
                "projects.reported_already",
                f"{first.year}年{first.month}月已报 {before} 元;要更正请写明原因(不少于 4 个字)。",
                field="reason",
            )
        found.invested, found.note, found.reported_at, found.reported_by = invested, note.strip()[:300], at, by.label
        found.save(update_fields=["invested", "note", "reported_at", "reported_by"])
        _seen(row)
        record(
            "project.reported", by=by, at=at, street=row.street, subject=row.subject,
            payload={
                "month": first.isoformat()[:7], "invested": str(invested), "before": None if before is None else str(before),
                "note": found.note, "reason": reason.strip()[:300],
            },
        )  # fmt: skip
    return found


def _money(amount: Decimal, *, field: str, may_be_nought: bool = False) -> None:
    if not (amount.is_finite() and (amount > 0 or (may_be_nought and amount == 0)) and amount < LARGEST):
        raise WrongInput("projects.bad_amount", "投资额要大于 0(月报可以是 0),单位是元;请核对单位。", field=field)


def _seen(row: Project) -> None:
    row.rev += 1
    row.save(update_fields=["rev"])
