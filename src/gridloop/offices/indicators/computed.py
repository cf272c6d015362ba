"""Indicators that the street's own rows answer: each a calculation over rows that the reader may see, with those rows.

Every number opens its rows; every rate has its n and its interval (``core.indicator``). Nothing is kept: asked twice, it is computed twice.

Worked example::

    found = compute("cases_solved", by=leader, street="410102013", period=Period.parse("2022H1"), at=now)
    found.reading.shown, found.reading.interval_shown, len(found.rows)      # "100%(43/43)", "91.8%–100%", 43
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import Q

from gridloop.core.access import Actor
from gridloop.core.errors import NotFound
from gridloop.core.indicator import Reading, count
from gridloop.core.period import Period
from gridloop.core.project import LIBRARIES, ORDER, in_yi
from gridloop.offices.cases.queries.adverse import known_factors
from gridloop.offices.enterprise.queries.register import visible_to as firms_seen_by
from gridloop.offices.indicators import of_cases
from gridloop.offices.indicators.asked import Asked, Calculation, Computed, Indicator, SourceRow, rate
from gridloop.offices.indicators.helping import HELPING
from gridloop.offices.indicators.solving import SOLVING
from gridloop.offices.policies.models import ANSWERS, PolicyPush
from gridloop.offices.projects.models import StageMove
from gridloop.offices.projects.queries.board import conversion_rates
from gridloop.offices.projects.queries.finding import visible_to as projects_seen_by

MOST_ROWS = 2000


def compute(code: str, *, by: Actor, street: str, period: Period, at: datetime) -> Computed:
    """The indicator of the period over the rows that the reader may see. Raises NotFound for an unknown code."""
    return compute_of(code, Asked(by, street, period, at))


def compute_of(code: str, asked: Asked) -> Computed:
    """As ``compute``; numbers that are asked together read the same rows once."""
    found = INDICATORS.get(code) or _of_factor(code, asked.once("factor_names", lambda: known_factors(asked.street)))
    if found is None:
        raise NotFound("indicators.no_definition", f"没有指标“{code}”;请先定义它。", field="code")
    reading, rows, extra = found.calculate(asked)
    amount = extra if isinstance(extra, Decimal) else None
    length = extra if isinstance(extra, timedelta) else None
    return Computed(code, found.name, found.basis, reading, rows, amount, length)


def compute_all(*, by: Actor, street: str, period: Period, at: datetime) -> list[Computed]:
    """Every indicator of the period, in their order."""
    asked = Asked(by, street, period, at)
    return [compute_of(code, asked) for code in INDICATORS]


def is_computed(code: str, *, street: str) -> bool:
    """Whether the code is an indicator that rows answer, here."""
    return code in INDICATORS or _of_factor(code, known_factors(street)) is not None


def _of_factor(code: str, known: dict[str, str]) -> Indicator | None:
    """The share of an adverse factor of the street's list (不利因素标注): ``factor_energy``."""
    prefix, _, factor = code.partition("_")
    name = known.get(factor) if prefix == "factor" else None
    if name is None:
        return None
    return Indicator(
        code,
        f"标注:{name}",
        f"期内登记的企业问题中,有人标注了不利因素“{name}”的;一件可以有几个。",
        of_cases.of_factor(factor),
    )


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
    return rate(f"pushes_{answer}", rows), rows, None


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


INDICATORS: dict[str, Indicator] = {
    each.code: each
    for each in (
        Indicator("cases_filed", "受理事项", "期内登记、未并案也未撤回的事项。", of_cases.cases_filed),
        Indicator("cases_solved", "问题解决率", "期内登记的事项中,期末前已销号的;并案、撤回的不计。", of_cases.cases_solved),
        Indicator("firm_cases_solved", "企业问题解决率", "期内企业反映、服务管家收集或恳谈会提出的事项中,期末前已销号的。", of_cases.firms_cases_solved),
        Indicator("cases_in_time", "按时率", "期内登记、已答复或已超期的事项中,没有超期的。", of_cases.cases_in_time),
        Indicator("satisfied", "满意率", "期内评价的反映中,评为基本满意以上的;没有评价的不计。", of_cases.satisfied),
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
        *HELPING,
        *SOLVING,
    )
}  # fmt: skip
"""What is computed, in the order in which it is shown."""
