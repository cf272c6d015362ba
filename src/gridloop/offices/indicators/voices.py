"""企业的话: what firms said when they were called, when they judged an answer themselves, and of answers to their questions at forums.

Terms: a *voice* is one saying in the words of the record, about one case. Nobody's name stands in it; the firm's name only while the firm agrees to
being told of (授权“公开案例”). Beside the list stands how many were asked and how many of them were reached, so that the silent are not forgotten.

Guarantees: only cases that the reader sees, filed in the period; a saying of a withdrawn or merged case is left out; nothing is selected by what it says
unless the reader asks for it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gridloop.core.story_draft import impersonal
from gridloop.offices.cases.actions.closing import SATISFACTION
from gridloop.offices.cases.models import Callback, Case, Report
from gridloop.offices.enterprise.forum_models import ForumQuestion
from gridloop.offices.enterprise.models import Enterprise
from gridloop.offices.enterprise.queries.facts import agreeing
from gridloop.offices.indicators.asked import Asked
from gridloop.offices.indicators.helping import called
from gridloop.offices.indicators.of_cases import LEAST_SATISFIED, firm_cases
from gridloop.offices.organisation.models import Unit

WAYS = {"callback": "回访", "judged": "企业自己评价", "forum": "恳谈会"}
PLEASED = {"yes": "基本满意以上", "no": "不满意", "none": "没有评价"}
A_FIRM = "本企业"


@dataclass(frozen=True, slots=True)
class Voice:
    """One saying; ``firm`` is empty unless the firm agreed, ``satisfied`` None where the firm gave no mark."""

    case: Case
    unit: Unit
    way: str
    said_at: datetime
    words: str
    satisfied: int | None
    firm: str = ""
    row: str = ""

    @property
    def key(self) -> str:
        """In the order of saying, each once."""
        return f"{self.said_at:%Y%m%d%H%M%S%f}-{self.row}"

    @property
    def way_label(self) -> str:
        return WAYS[self.way]

    @property
    def satisfied_label(self) -> str:
        return SATISFACTION.get(self.satisfied or 0, "")


@dataclass(frozen=True, slots=True)
class Heard:
    """The voices, the latest first; of ``asked`` reporters ``reached`` were reached; ``units`` lead the cases of the period."""

    voices: list[Voice]
    asked: int
    reached: int
    units: list[Unit]


def heard(asked: Asked, *, unit: str = "", pleased: str = "") -> Heard:
    """What was said of the firms' problems filed in the period; ``unit`` is a code, ``pleased`` a code of ``PLEASED``; empty asks for all."""
    every = {row.pk: row for row in firm_cases(asked)}
    units = {
        row.pk: row for row in Unit.objects.filter(pk__in={row.lead_id for row in every.values()}).order_by("code")
    }
    cases = {key: row for key, row in every.items() if not unit or units[row.lead_id].code == unit}
    calls = called(asked, cases=cases.values())
    voices = [each for each in _voices(cases, units, asked) if not pleased or _mark(each.satisfied) == pleased]
    reached = sum(outcome == "reached" for _report, _case, outcome in calls)
    return Heard(sorted(voices, key=lambda each: each.key, reverse=True), len(calls), reached, list(units.values()))


def _mark(satisfied: int | None) -> str:
    if satisfied is None:
        return "none"
    return "yes" if satisfied >= LEAST_SATISFIED else "no"


def _voices(cases: dict[int, Case], units: dict[int, Unit], asked: Asked) -> list[Voice]:
    names: dict[int, list[str]] = {}
    reports = list(Report.objects.filter(case__in=list(cases)))
    for report in reports:
        names.setdefault(report.case_id, []).append(report.name)
    agreed = _agreed(cases.values())

    def voice(case: int, words: str, said_at: datetime, **said: Any) -> Voice:
        it = cases[case]
        firm = it.enterprise if it.enterprise_ref in agreed else ""
        plain = impersonal(words, names.get(case, ()))
        shown = plain if firm or not it.enterprise else plain.replace(it.enterprise, A_FIRM)
        return Voice(case=it, unit=units[it.lead_id], words=shown, said_at=said_at, firm=firm, **said)

    calls = list(
        Callback.objects.filter(case__in=list(cases), outcome="reached", called_at__lt=asked.until).exclude(text="")
    )
    told = {(row.report_id, row.text) for row in calls}  # a callback leaves its words with the report too
    asked_at = ForumQuestion.objects.filter(case__in=list(cases), judged_at__lt=asked.until).exclude(judged_note="")
    found = [(row.case_id, row.text, row.called_at, "callback", row.satisfied, row.pk) for row in calls]
    found += [
        (row.case_id, row.comment, row.judged_at, "judged", row.satisfied, row.pk)
        for row in reports
        if row.comment and row.judged_at and (row.pk, row.comment) not in told
    ]
    found += [
        (row.case_id, row.judged_note, row.judged_at, "forum", None, row.pk)
        for row in asked_at
        if row.case_id and row.judged_at
    ]
    return [
        voice(case, words, said_at, way=way, satisfied=satisfied, row=f"{way}-{key}")
        for case, words, said_at, way, satisfied, key in found
        if said_at < asked.until
    ]


def _agreed(cases: Iterable[Case]) -> frozenset[str]:
    """The refs of the firms that agree to being told of."""
    refs = {row.enterprise_ref for row in cases if row.enterprise_ref}
    firms = dict(Enterprise.objects.filter(ref__in=refs).values_list("pk", "ref"))
    return frozenset(firms[key] for key, yes in agreeing(firms, "story").items() if yes)
