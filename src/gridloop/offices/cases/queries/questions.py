"""Questions of a category (追问): a few things worth knowing at once, asked of whoever reports, so that nobody has to call back for them.

The questions are rows that the street sets up (规则 → 类别追问), each for one category and all below it. Nobody has to answer. What is answered becomes
part of what was told, one line a question, and is treated as such: found by the search, shown with the rest, erased with it.

Worked example: 路灯 asks 灯杆编号? and 几盏不亮?; a caller knows the second only::

    questions_for("410102013", "城乡建设/市政设施/路灯")       # two questions, that of the nearest category last
    told_with("路灯不亮。", [("几盏不亮", "两盏以上")])           # "路灯不亮。\\n几盏不亮:两盏以上"
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from gridloop.core.route_row import prefixes
from gridloop.offices.cases.category_models import CategoryQuestion

KINDS = {"line": "写一句", "choice": "选一个"}
MOST = 6
"""More than these are not asked: a report must stay quick."""
LONGEST_ANSWER = 120
MARK = "、"
QUESTION_MARKS = "?\uff1f"


@dataclass(frozen=True, slots=True)
class Question:
    """One question as a form asks it; with options one of them is chosen, without any a line is written."""

    ref: str
    text: str
    options: tuple[str, ...]

    @property
    def field(self) -> str:
        return f"ask-{self.ref}"


def questions_for(street: str, category: str) -> list[Question]:
    """What is asked for this category: those of wider categories first, each kind in the street's order; nothing without a category."""
    if not category:
        return []
    rows = CategoryQuestion.objects.filter(street=street, retired_at__isnull=True, category__in=prefixes(category))
    found = sorted(rows, key=lambda row: (len(row.category), row.place, row.pk))
    return [
        Question(row.ref, row.text, options_in(row.options) if row.kind == "choice" else ()) for row in found[-MOST:]
    ]


def options_in(cell: str) -> tuple[str, ...]:
    """The options of a cell: 一盏、两盏以上、整条路."""
    return tuple(dict.fromkeys(part.strip() for part in cell.replace("|", MARK).split(MARK) if part.strip()))


def answers_in(said: Mapping[str, str], questions: Sequence[Question]) -> list[tuple[str, str]]:
    """Question and answer for what a sent form answers; an option that is none is not taken."""
    told = [
        (each, " ".join(said.get(each.field, "").replace("\x00", "").split())[:LONGEST_ANSWER]) for each in questions
    ]
    return [(each.text, answer) for each, answer in told if answer and (not each.options or answer in each.options)]


def told_with(text: str, answers: Iterable[tuple[str, str]]) -> str:
    """What was told, with the answers below it, a line each."""
    lines = [f"{question.rstrip(QUESTION_MARKS)}:{answer}" for question, answer in answers]
    return "\n".join([text.rstrip(), *lines]) if lines else text
