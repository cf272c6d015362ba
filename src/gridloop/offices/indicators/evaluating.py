"""考评: how the problems of firms fared, by the unit that leads them, over a period; and what firms said of it.

Terms
    *timely* (按时)            of the cases answered or late, those not late
    *solved* (解决)            of the cases filed, those struck off by the end of the period
    *confirmed* (企业确认)     of the reporters reached, those who said it is solved
    *false closure* (虚假销号)  of the struck-off cases looked at again, those found not solved

Guarantees: units are evaluated, never persons; every rate has its n and its Wilson interval and opens its cases; there is no score, no sum of rates
and no order of merit: units stand in the order of their codes. What others measured (``Standing``) is noted with its source, never computed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from gridloop.core.indicator import Reading, ratio
from gridloop.offices.cases.inspection_models import Inspection
from gridloop.offices.cases.models import Case, Report
from gridloop.offices.indicators.asked import ZONE, Asked
from gridloop.offices.indicators.helping import called
from gridloop.offices.indicators.of_cases import LEAST_SATISFIED, firm_cases, is_cleared
from gridloop.offices.organisation.models import Unit

MEASURES: dict[str, tuple[str, str]] = {
    "timely": ("按时", "已答复或已超期的事项中,没有超期的。"),
    "solved": ("解决", "登记的事项中,期末前已销号的;并案、撤回的不计。"),
    "confirmed": ("企业确认", "回访联系上的反映人中,说已解决的。"),
    "false_closure": ("虚假销号", "抽查过的已销号事项中,查实没有解决的。"),
}
"""By code: the name and the formula, as the page shows them."""


@dataclass(frozen=True, slots=True)
class CaseMarks:
    """What one case says to each measure: True, False, or None where it is not counted."""

    case: Case
    marks: dict[str, bool | None]

    @property
    def named(self) -> list[tuple[str, bool | None]]:
        """Each mark with the name of its measure."""
        return [(MEASURES[code][0], mark) for code, mark in self.marks.items()]


@dataclass(frozen=True, slots=True)
class Evaluated:
    """One unit (None for all together) with its measures and the cases behind them."""

    unit: Unit | None
    readings: list[Reading]
    cases: list[CaseMarks] = field(default_factory=list)

    @property
    def named(self) -> list[tuple[str, Reading]]:
        """Each reading with the name of its measure."""
        return [(MEASURES[reading.code][0], reading) for reading in self.readings]


@dataclass(frozen=True, slots=True)
class Satisfaction:
    """What firms said, of one unit, one month or of all: reporters by the outcome of the callbacks, and the rate with its n."""

    label: str
    reached: int
    not_reached: int
    declined: int
    reading: Reading
    rows: list[tuple[Report, Case, str]] = field(default_factory=list)


def evaluate(asked: Asked) -> list[Evaluated]:
    """All together, then each unit that leads a firm's problem of the period, by its code."""
    marked = _marked(asked)
    units: dict[int, list[CaseMarks]] = {}
    for each in marked:
        units.setdefault(each.case.lead_id, []).append(each)
    known = {unit.pk: unit for unit in Unit.objects.filter(pk__in=list(units))}
    each_unit = [_evaluated(known[key], units[key]) for key in sorted(units, key=lambda key: known[key].code)]
    return [_evaluated(None, marked), *each_unit]


def satisfaction(asked: Asked) -> tuple[Satisfaction, list[Satisfaction], list[Satisfaction]]:
    """All together, by unit (in the order of codes), and by the month in which the problem was filed."""
    found = called(asked)
    names = {unit.pk: unit for unit in Unit.objects.filter(pk__in={case.lead_id for _report, case, _outcome in found})}
    by_unit = _split(found, lambda case: (names[case.lead_id].code, names[case.lead_id].name))
    by_month = _split(found, lambda case: (_month(case), _month(case)))
    return _said("全部", found), by_unit, by_month


def _marked(asked: Asked) -> list[CaseMarks]:
    cases = firm_cases(asked)
    confirmed: dict[int, bool] = {}
    for report, case, outcome in called(asked):
        if outcome == "reached" and report.solved is not None:
            confirmed[case.pk] = confirmed.get(case.pk, True) and bool(report.solved)
    looked = Inspection.objects.filter(case__in=[row.pk for row in cases], result__in=("true", "false"), inspected_at__lt=asked.until)  # fmt: skip
    false = {key: result == "false" for key, result in looked.order_by("pk").values_list("case_id", "result")}
    return [
        CaseMarks(
            row,
            {
                "timely": not row.is_late if row.answered_at or row.is_late else None,
                "solved": is_cleared(row, asked),
                "confirmed": confirmed.get(row.pk),
                "false_closure": false.get(row.pk),
            },
        )
        for row in cases
    ]


def _evaluated(unit: Unit | None, rows: list[CaseMarks]) -> Evaluated:
    return Evaluated(unit, [_reading(code, rows) for code in MEASURES], rows)


def _reading(code: str, rows: Sequence[CaseMarks]) -> Reading:
    told = [row.marks[code] for row in rows if row.marks[code] is not None]
    return ratio(code, part=sum(bool(each) for each in told), whole=len(told))


def _split(found: Sequence[tuple[Report, Case, str]], by: Callable[[Case], tuple[str, str]]) -> list[Satisfaction]:
    parts: dict[tuple[str, str], list[tuple[Report, Case, str]]] = {}
    for row in found:
        parts.setdefault(by(row[1]), []).append(row)
    return [_said(label, parts[code, label]) for code, label in sorted(parts)]


def _said(label: str, rows: list[tuple[Report, Case, str]]) -> Satisfaction:
    outcomes = [outcome for _report, _case, outcome in rows]
    pleased = sum((report.satisfied or 0) >= LEAST_SATISFIED for report, _case, outcome in rows if outcome == "reached")
    reached = outcomes.count("reached")
    return Satisfaction(
        label, reached, outcomes.count("not_reached"), outcomes.count("declined"), ratio("satisfied", part=pleased, whole=reached), rows
    )  # fmt: skip


def _month(case: Case) -> str:
    return f"{case.filed_at.astimezone(ZONE):%Y-%m}"
