"""Indicators of cases: how many came in, how many were struck off, in time, to the satisfaction of whom.

A problem of a firm (涉企问题) is a case that a firm told, a manager collected, a forum raised, or that was filed for a firm.
"""

from __future__ import annotations

from gridloop.core.indicator import Reading, count
from gridloop.core.lifecycle import STATES
from gridloop.offices.cases.actions.closing import SATISFACTION
from gridloop.offices.cases.models import Case, Report
from gridloop.offices.cases.queries.adverse import factors_on, is_of_a_firm
from gridloop.offices.cases.queries.finding import visible_to as cases_seen_by
from gridloop.offices.indicators.asked import Asked, Calculation, SourceRow, rate

CAUSES: dict[str, tuple[str, tuple[str, ...]]] = {
    "energy": ("能源供应", ("水电气热", "供电", "供水", "供气", "供热", "供暖")),
    "funds": ("资金周转", ("融资", "资金", "授信")),
    "labour": ("用工", ("用工", "招工")),
    "logistics": ("物流通行", ("物流", "通行")),
    "market": ("订单和市场", ("市场拓展", "产销", "销售")),
    "land": ("土地规划", ("土地", "用地", "规划")),
}
"""By code: the adverse factor (不利因素), and the words of a category's path by which a problem is one of it."""
LEAST_SATISFIED = 3
"""基本满意, of five."""


def filed(asked: Asked) -> list[Case]:
    """Cases filed in the period that stand by themselves: neither merged nor withdrawn."""
    found: list[Case] = asked.once("cases", lambda: _read(asked))
    return found


def _read(asked: Asked) -> list[Case]:
    rows = cases_seen_by(asked.by).filter(street=asked.street, filed_at__gte=asked.since, filed_at__lt=asked.until)
    return list(rows.exclude(state__in=("merged", "withdrawn")).order_by("id"))


def firm_cases(asked: Asked) -> list[Case]:
    """Of these, the problems of firms: told by one, collected by a manager, asked at a forum, or filed for a firm."""
    return [row for row in filed(asked) if is_of_a_firm(row)]


def cases_filed(asked: Asked) -> tuple[Reading, list[SourceRow], None]:
    rows = filed(asked)
    return count("cases_filed", n=len(rows)), [case_row(row) for row in rows], None


def cases_solved(asked: Asked) -> tuple[Reading, list[SourceRow], None]:
    rows = [case_row(row, counts=is_cleared(row, asked)) for row in filed(asked)]
    return rate("cases_solved", rows), rows, None


def firms_cases_solved(asked: Asked) -> tuple[Reading, list[SourceRow], None]:
    rows = [case_row(row, counts=is_cleared(row, asked)) for row in firm_cases(asked)]
    return rate("firm_cases_solved", rows), rows, None


def cases_in_time(asked: Asked) -> tuple[Reading, list[SourceRow], None]:
    answered = [row for row in filed(asked) if row.answered_at or row.is_late]
    rows = [case_row(row, counts=not row.is_late) for row in answered]
    return rate("cases_in_time", rows), rows, None


def satisfied(asked: Asked) -> tuple[Reading, list[SourceRow], None]:
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
    return rate("satisfied", rows), rows, None


def is_cleared(row: Case, asked: Asked) -> bool:
    return row.state in ("cleared", "archived") and row.cleared_at is not None and row.cleared_at < asked.until


def case_row(row: Case, *, counts: bool = True) -> SourceRow:
    return SourceRow(row.subject, f"{row.number} {row.title}", STATES.get(row.state, row.state), counts)


def of_cause(cause: str) -> Calculation:
    """Of the firms' problems filed in the period, those whose category speaks of this adverse factor."""
    words = CAUSES[cause][1]

    def calculate(asked: Asked) -> tuple[Reading, list[SourceRow], None]:
        rows = [
            SourceRow(
                row.subject, f"{row.number} {row.title}", row.category, any(word in row.category for word in words)
            )
            for row in firm_cases(asked)
        ]
        return rate(f"cause_{cause}", rows), rows, None

    return calculate


def of_factor(code: str) -> Calculation:
    """Of the firms' problems filed in the period, those on which a person has put this adverse factor."""

    def calculate(asked: Asked) -> tuple[Reading, list[SourceRow], None]:
        cases = firm_cases(asked)
        tags = asked.once("factors", lambda: factors_on(row.pk for row in cases))
        rows = [case_row(row, counts=code in tags.get(row.pk, ())) for row in cases]
        return rate(f"factor_{code}", rows), rows, None

    return calculate
