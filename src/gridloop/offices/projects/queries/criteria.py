"""Entry criteria in force, and what a project still lacks for a library."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from gridloop.core.condition import explain, facts_named, parse
from gridloop.core.eligibility import Clause, ClauseVerdict, judge
from gridloop.core.errors import WrongInput
from gridloop.core.project import LIBRARIES, PRIORITIES, SECTORS
from gridloop.offices.projects.models import EntryCriteria, Project

FACTS: dict[str, str] = {
    "approval": "立项或备案文号", "site_ready": "用地落实", "permit": "施工许可证号", "start_planned_on": "计划开工日期",
    "finish_planned_on": "计划竣工日期", "started_on": "实际开工日期", "finished_on": "实际竣工日期", "produced_on": "投产日期", "counted_on": "入统日期",
    "total": "总投资", "sector": "类别", "priority": "重点级别", "library": "库",
}  # fmt: skip
"""What a criterion may ask of a project."""


def _known(fact: str, quote: str) -> dict[str, Any]:
    return {"condition": {"fact": fact, "is_known": True, "label": FACTS[fact]}, "quote": quote}


USUAL: dict[str, list[dict[str, Any]]] = {
    "reserve": [],
    "planned": [
        _known("approval", "已立项或备案"),
        _known("start_planned_on", "已定开工日期"),
        {"condition": {"fact": "site_ready", "equals": True, "label": FACTS["site_ready"]}, "quote": "项目用地已落实"},
    ],
    "building": [_known("permit", "已取得施工许可"), _known("started_on", "已实际开工")],
    "completed": [_known("finished_on", "已竣工验收")],
}
"""What holds until a street sets its own criteria."""


def clauses_of(written: Sequence[dict[str, Any]]) -> list[Clause]:
    """The clauses that stand in a row. Raises WrongInput for a malformed one or a fact that projects do not have."""
    found = [Clause(parse(each.get("condition")), str(each.get("quote", ""))) for each in written]
    unknown = sorted({fact for each in found for fact in facts_named(each.condition)} - set(FACTS))
    if unknown:
        raise WrongInput(
            "projects.no_fact", f"项目没有这些项:{'、'.join(unknown)};可用:{'、'.join(FACTS)}。", field="clauses"
        )
    return found


def criteria_in_force(street: str, library: str, *, at: datetime) -> tuple[int, list[Clause]]:
    """The version (0 while the usual ones hold) and its clauses."""
    row = EntryCriteria.objects.filter(street=street, library=library, valid_from__lte=at).order_by("-version").first()
    return (row.version, clauses_of(row.clauses)) if row else (0, clauses_of(USUAL[library]))


def all_criteria(street: str, *, at: datetime) -> list[tuple[str, int, list[Clause]]]:
    """Library, version and clauses, in the order of the libraries."""
    return [(library, *criteria_in_force(street, library, at=at)) for library in LIBRARIES]


def in_words(clause: Clause) -> str:
    """What the clause asks, in one sentence."""
    return explain(clause.condition, FACTS, said)


def said(fact: str, value: object) -> str:
    """A value of a fact as people call it."""
    if isinstance(value, bool):
        return "是" if value else "否"
    return _WORDS.get(fact, {}).get(str(value), str(value))


_WORDS: dict[str, dict[str, str]] = {"sector": SECTORS, "priority": PRIORITIES, "library": LIBRARIES}


def facts_of(row: Project) -> dict[str, Any]:
    """What the project is, as facts; what was not told is absent."""
    return {name: value for name in FACTS if (value := getattr(row, name)) not in (None, "")}


def judged(row: Project, library: str, *, at: datetime) -> tuple[ClauseVerdict, ...]:
    """What each entry criterion of the library says of the project."""
    _, clauses = criteria_in_force(row.street, library, at=at)
    return judge(clauses, facts_of(row), said).clauses


def unmet(row: Project, library: str, *, at: datetime) -> list[ClauseVerdict]:
    """The criteria that do not hold, whether not met or not known."""
    return [each for each in judged(row, library, at=at) if each.value != "met"]
