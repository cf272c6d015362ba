"""Indicators that the street's own rows answer: each a calculation over rows that the reader may see, with those rows.

Every number opens its rows; every rate has its n and its interval (``core.indicator``). Nothing is kept: asked twice, it is computed twice.

Worked example::

    found = compute("cases_solved", by=leader, street="410102013", period=Period.parse("2022H1"), at=now)
    found.reading.shown, found.reading.interval_shown, len(found.rows)      # "100%(43/43)", "91.8%–100%", 43
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db.models import Q

from gridloop.core.access import Actor
from gridloop.core.errors import NotFound
from gridloop.core.indicator import Reading, count, ratio
from gridloop.core.lifecycle import STATES
from gridloop.core.period import Period
from gridloop.core.project import LIBRARIES, ORDER, in_yi
from gridloop.offices.cases.actions.closing import SATISFACTION
from gridloop.offices.cases.models import Case, Report
from gridloop.offices.cases.queries.finding import visible_to as cases_seen_by
from gridloop.offices.enterprise.queries.register import visible_to as firms_seen_by
from gridloop.offices.policies.models import ANSWERS, PolicyPush
from gridloop.offices.projects.models import StageMove
from gridloop.offices.projects.queries.board import conversion_rates
from gridloop.offices.projects.queries.finding import visible_to as projects_seen_by

ZONE = ZoneInfo("Asia/Shanghai")
NOW = timedelta(microseconds=1)
LEAST_SATISFIED = 3
"""基本满意, of five."""
MOST_ROWS = 2000


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One row behind a number: what it is (``kind:ref``), its name, a detail, and whether it is in the part that is counted."""

    subject: str
    label: str
    detail: str
    counts: bool = True


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asks for which street and period, when."""

    by: Actor
    street: str
    period: Period
    at: datetime

    @property
    def since(self) -> datetime:
        return datetime.combine(self.period.first, time(), tzinfo=ZONE)

    @property
    def until(self) -> datetime:
        """The end of the last day, or just after now."""
        return min(datetime.combine(self.period.last + timedelta(days=1), time(), tzinfo=ZONE), self.at + NOW)


@dataclass(frozen=True, slots=True)
class Computed:
    """A number with everything it rests on. ``amount`` is set where it is money (元)."""

    code: str
    name: str
    basis: str
    reading: Reading
    rows: list[SourceRow] = field(default_factory=list)
    amount: Decimal | None = None

    @property
    def shown(self) -> str:
        return in_yi(self.amount) if self.amount is not None else self.reading.shown


Calculation = Callable[[Asked], tuple[Reading, list[SourceRow], Decimal | None]]


@dataclass(frozen=True, slots=True)
class Indicator:
    """What is computed: name, basis in words, the calculation."""

    code: str
    name: str
    basis: str
    calculate: Calculation


def compute(code: str, *, by: Actor, street: str, period: Period, at: datetime) -> Computed:
    """The indicator of the period over the rows that the reader may see. Raises NotFound for an unknown code."""
    found = INDICATORS.get(code)
    if found is None:
        raise NotFound("indicators.no_definition", f"没有指标“{code}”;请先定义它。", field="code")
    reading, rows, amount = found.calculate(Asked(by, street, period, at))
    return Computed(code, found.name, found.basis, reading, rows, amount)


def compute_all(*, by: Actor, street: str, period: Period, at: datetime) -> list[Computed]:
    """Every indicator of the period, in their order."""
    return [compute(code, by=by, street=street, period=period, at=at) for code in INDICATORS]


# --- cases -----------------------------------------------------------------------------------------------------------


def _filed(asked: Asked) -> list[Case]:
    """Cases filed in the period that stand by themselves: neither merged nor withdrawn."""
    rows = cases_seen_by(asked.by).filter(street=asked.street, filed_at__gte=asked.since, filed_at__lt=asked.until)
    return list(rows.exclude(state__in=("merged", "withdrawn")).order_by("id"))


def _cases_filed(asked: Asked) -> tuple[Reading, list[SourceRow], None]:
    rows = _filed(asked)
    return count("cases_filed", n=len(rows)), [_case_row(row) for row in rows], None


def _cases_solved(asked: Asked) -> tuple[Reading, list[SourceRow], None]:
    rows = [_case_row(row, counts=_is_cleared(row, asked)) for row in _filed(asked)]
    return _rate("cases_solved", rows), rows, None


def _firms_cases_solved(asked: Asked) -> tuple[Reading, list[SourceRow], None]:
    firms = [row for row in _filed(asked) if row.source in ("enterprise", "manager", "forum") or row.enterprise]
    rows = [_case_row(row, counts=_is_cleared(row, asked)) for row in firms]
    return _rate("firm_cases_solved", rows), rows, None


def _cases_in_time(asked: Asked) -> tuple[Reading, list[SourceRow], None]:
    answered = [row for row in _filed(asked) if row.answered_at or row.is_late]
    rows = [_case_row(row, counts=not row.is_late) for row in answered]
    return _rate("cases_in_time", rows), rows, None


def _satisfied(asked: Asked) -> tuple[Reading, list[SourceRow], None]:
    judged = Report.objects.filter(
        case__in=cases_seen_by(asked.by).filter(street=asked.street), satisfied__isnull=False
    )
    found = judged.filter(judged_at__gte=asked.since, judged_at__lt=asked.until).select_related("case").order_by("id")
    rows = [
        SourceRow(
            row.case.subject,
            f"{row.case.number} {row.case.title}",
            SATISFACTION.get(row.satisfied or 0, ""),
            (row.satisfied or 0) >= LEAST_SATISFIED,
        )
        for row in found
    ]
    return _rate("satisfied", rows), rows, None


def _is_cleared(row: Case, asked: Asked) -> bool:
    return row.state in ("cleared", "archived") and row.cleared_at is not None and row.cleared_at < asked.until


def _case_row(row: Case, *, counts: bool = True) -> SourceRow:
    return SourceRow(row.subject, f"{row.number} {row.title}", STATES.get(row.state, row.state), counts)


# --- firms and policies ----------------------------------------------------------------------------------------------


def _firms(asked: Asked) -> tuple[Reading, list[SourceRow], None]:
    left = Q(left_at__isnull=True) | Q(left_at__gte=asked.until)
    found = firms_seen_by(asked.by).filter(left, street=asked.street, entered_at__lt=asked.until).order_by("id")
    rows = [SourceRow(row.subject, row.name, row.get_size_display() or "规模未知") for row in found]
    return count("firms", n=len(rows)), rows, None


def _pushes(asked: Asked, answer: str) -> tuple[Reading, list[SourceRow], None]:
    told = PolicyPush.objects.filter(
        street=asked.street, digest__told_at__gte=asked.since, digest__told_at__lt=asked.until
    )
    seen = firms_seen_by(asked.by).filter(street=asked.street).values("pk")
    found = told.filter(enterprise__in=seen).select_related("enterprise", "policy").order_by("id")
    rows = [
        SourceRow(
            row.enterprise.subject,
            f"{row.enterprise.name} 《{row.policy.title}》",
            ANSWERS.get(row.answer, "没有答复"),
            row.answer == answer,
        )
        for row in found
    ]
    return _rate(f"pushes_{answer}", rows), rows, None


# --- projects --------------------------------------------------------------------------------------------------------


def _projects(library: str) -> Calculation:
    """How many projects stood in the library (any, when empty) at the end of the period, and their investment."""

    def calculate(asked: Asked) -> tuple[Reading, list[SourceRow], Decimal]:
        dropped = Q(dropped_at__isnull=True) | Q(dropped_at__gte=asked.until)
        found = projects_seen_by(asked.by).filter(dropped, street=asked.street)
        stood = _library_at(asked)
        standing = [row for row in found if row.pk in stood and library in ("", stood[row.pk])]
        rows = [
            SourceRow(row.subject, f"{row.code} {row.name}", f"{LIBRARIES[stood[row.pk]]} · {in_yi(row.total)}")
            for row in standing
        ]
        return (
            count(f"projects_{library or 'all'}", n=len(rows)),
            rows,
            sum((row.total for row in standing), Decimal(0)),
        )

    return calculate


def _counted(library: str) -> Calculation:
    def calculate(asked: Asked) -> tuple[Reading, list[SourceRow], None]:
        reading, rows, _ = _projects(library)(asked)
        return reading, rows, None

    return calculate


def _library_at(asked: Asked) -> dict[int, str]:
    """By project: the library it stood in at the end of the period."""
    moves = StageMove.objects.filter(project__street=asked.street, moved_on__lte=asked.period.last).order_by(
        "project", "number"
    )
    return {move.project_id: move.to for move in moves}


def _converted(one: str) -> Calculation:
    def calculate(asked: Asked) -> tuple[Reading, list[SourceRow], None]:
        rates = conversion_rates(asked.by, street=asked.street, since=asked.period.first, until=asked.period.last)
        reading = next(reading for came_from, _, reading in rates if came_from == one)
        return reading, _moved_rows(asked, one), None

    return calculate


def _moved_rows(asked: Asked, one: str) -> list[SourceRow]:
    """The projects that stood in the library in the period; those that went on count."""
    found = []
    histories: dict[int, list[StageMove]] = {}
    moves = StageMove.objects.filter(project__in=projects_seen_by(asked.by).filter(street=asked.street)).select_related(
        "project"
    )
    for move in moves.order_by("project", "number"):
        histories.setdefault(move.project_id, []).append(move)
    for several in histories.values():
        went = [
            move for move in several if move.came_from == one and _is_on(move) and asked.period.holds(move.moved_on)
        ]
        if went or _stood(several, one, asked.period):
            last = f"{went[-1].moved_on} 移入{LIBRARIES[went[-1].to]}库" if went else f"仍在{LIBRARIES[one]}库或已退回"
            project = several[0].project
            found.append(SourceRow(project.subject, f"{project.code} {project.name}", last, bool(went)))
    return found


def _is_on(move: StageMove) -> bool:
    return ORDER.index(move.to) == ORDER.index(move.came_from) + 1


def _stood(moves: Sequence[StageMove], library: str, period: Period) -> bool:
    ends = [*(move.moved_on for move in moves[1:]), None]
    return any(
        move.to == library and move.moved_on <= period.last and (end is None or end >= period.first)
        for move, end in zip(moves, ends, strict=True)
    )


def _rate(code: str, rows: Sequence[SourceRow]) -> Reading:
    return ratio(code, part=sum(row.counts for row in rows), whole=len(rows))


INDICATORS: dict[str, Indicator] = {
    each.code: each
    for each in (
        Indicator("cases_filed", "受理事项", "期内登记、未并案也未撤回的事项。", _cases_filed),
        Indicator("cases_solved", "问题解决率", "期内登记的事项中,期末前已销号的;并案、撤回的不计。", _cases_solved),
        Indicator("firm_cases_solved", "企业问题解决率", "期内企业反映、服务管家收集或恳谈会提出的事项中,期末前已销号的。", _firms_cases_solved),
        Indicator("cases_in_time", "按时率", "期内登记、已答复或已超期的事项中,没有超期的。", _cases_in_time),
        Indicator("satisfied", "满意率", "期内评价的反映中,评为基本满意以上的;没有评价的不计。", _satisfied),
        Indicator("firms", "在册企业", "期末在册、未迁出未注销的企业。", _firms),
        Indicator("pushes_interested", "政策推送想申请率", "期内告知的政策推送中,企业答复想申请的。", lambda asked: _pushes(asked, "interested")),
        Indicator("pushes_declined", "政策推送谢绝率", "期内告知的政策推送中,企业答复不需要的。", lambda asked: _pushes(asked, "declined")),
        Indicator("projects_all", "四库项目", "期末在四个库中的项目。", _counted("")),
        Indicator("projects_total", "四库总投资", "期末在四个库中的项目的总投资之和。", _projects("")),
        *(Indicator(f"projects_{code}", f"{label}项目", f"期末在{label}库的项目。", _counted(code)) for code, label in LIBRARIES.items()),
        *(
            Indicator(f"{code}_converted", f"{LIBRARIES[code]}转化率", f"期内在{LIBRARIES[code]}库的项目中,期内前移到下一库的。", _converted(code))
            for code in ORDER[:-1]
        ),
    )
}  # fmt: skip
"""What is computed, in the order in which it is shown."""
