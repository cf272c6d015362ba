"""What 莲湖街道 may say of its 43 problems: every figure computed from the rows, each rate with its n and its lower bound.

Terms: *collected* (收集) is every enterprise problem filed from 2022-01-01 to 2022-05-29; *cleared* (销号) is struck off; *inside* (三不过)
is struck off, not merely answered, before the case's own date, which its clock derives from its events, profile and
calendar; *handed on* (交办) is when a unit other than the campaign office first became answerable.

Guarantees: nothing is stored as a result; who was not reached, or declined, is counted and never left out silently.

Worked example::

    report = lianhu_report()
    report.collected, report.cleared.shown, report.cleared.lower_shown      # 43, "100%(43/43)", "91.8%"
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from gridloop.core.indicator import Reading, ratio
from gridloop.offices.cases.models import Callback, Case, Report, Segment
from gridloop.offices.supervision import queries as supervision
from gridloop.site.demo import lianhu
from gridloop.site.demo.tale import BEIJING

STARTS = datetime(2022, 1, 1, tzinfo=BEIJING)
ENDS = datetime(2022, 5, 30, tzinfo=BEIJING)
ROUTER = "campaign"
SATISFIED = 3
"""From 基本满意 up a reporter counts as satisfied."""


@dataclass(frozen=True, slots=True)
class CallbackCount:
    """How reporters answered: attempts in all, and reporters by the best outcome of their attempts."""

    attempts: int
    reached: int
    not_reached: int
    declined: int


@dataclass(frozen=True, slots=True)
class LianhuReport:
    """The five months in figures. ``overdue`` holds the numbers of cases outside 三不过; ``fastest`` is from filing to strike-off."""

    collected: int
    cleared: Reading
    handed_on_same_day: Reading
    ordinary_inside_week: Reading
    difficult_inside_month: Reading
    returned: int
    callbacks: CallbackCount
    satisfied: Reading
    fastest: timedelta
    overdue: tuple[str, ...]


def lianhu_report() -> LianhuReport:
    """The report, from the rows as they are now."""
    cases = collected_problems()
    cleared = [case for case in cases if case.cleared_at]
    difficult = [case for case in cases if case.grade == "difficult"]
    ordinary = [case for case in cases if case.grade != "difficult"]
    reports = list(Report.objects.filter(case__in=cases).prefetch_related("callbacks"))
    reached = [report for report in reports if _best_outcome(report) == Callback.Outcome.REACHED]
    return LianhuReport(
        collected=len(cases),
        cleared=ratio("cleared", part=len(cleared), whole=len(cases)),
        handed_on_same_day=_share("handed_on_same_day", [_is_handed_on_same_day(case) for case in cases]),
        ordinary_inside_week=_share("ordinary_inside_week", [is_inside(case) for case in ordinary]),
        difficult_inside_month=_share("difficult_inside_month", [is_inside(case) for case in difficult]),
        returned=sum(1 for case in cases if case.returns),
        callbacks=_callbacks(reports),
        satisfied=_share("satisfied", [(report.satisfied or 0) >= SATISFIED for report in reached]),
        fastest=min((case.cleared_at - case.filed_at for case in cleared if case.cleared_at), default=timedelta()),
        overdue=tuple(case.number for case in cases if not is_inside(case)),
    )


def collected_problems() -> list[Case]:
    """The enterprise problems of the period, in the order of filing, whatever became of them."""
    found = Case.objects.filter(
        street=lianhu.CODE, category__startswith="企业服务/", filed_at__gte=STARTS, filed_at__lt=ENDS
    )
    return list(found.order_by("filed_at", "id"))


def is_inside(case: Case) -> bool:
    """Was it struck off before the date that its handling clock derives?"""
    if case.cleared_at is None:
        return False
    clock = next(
        clock for clock in supervision.clocks_of(case.subject) if clock.stage == "handle" and clock.segment is None
    )
    state = supervision.truth(clock, at=case.cleared_at)
    return not state.is_late and state.due_at is not None and case.cleared_at <= state.due_at


def _is_handed_on_same_day(case: Case) -> bool:
    segment = Segment.objects.filter(case=case).exclude(unit__code=ROUTER).order_by("starts_at", "id").first()
    return segment is not None and _day(segment.starts_at) == _day(case.filed_at)


def _day(moment: datetime) -> str:
    return f"{moment.astimezone(BEIJING):%Y-%m-%d}"


def _share(code: str, answers: list[bool]) -> Reading:
    return ratio(code, part=sum(answers), whole=len(answers))


def _best_outcome(report: Report) -> str:
    """Reached once is reached; declined once and never reached is declined; else not reached."""
    outcomes = {callback.outcome for callback in report.callbacks.all()}
    order = (Callback.Outcome.REACHED, Callback.Outcome.DECLINED, Callback.Outcome.NOT_REACHED)
    return next((outcome for outcome in order if outcome in outcomes), Callback.Outcome.NOT_REACHED)


def _callbacks(reports: list[Report]) -> CallbackCount:
    best = [_best_outcome(report) for report in reports]
    return CallbackCount(
        attempts=sum(report.callbacks.count() for report in reports),
        reached=best.count(Callback.Outcome.REACHED),
        not_reached=best.count(Callback.Outcome.NOT_REACHED),
        declined=best.count(Callback.Outcome.DECLINED),
    )
