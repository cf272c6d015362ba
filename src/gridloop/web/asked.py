"""The questions of a category on a form: the console's and the public one show the same part of a page (``parts/questions.html``)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gridloop.offices.cases.queries.questions import LONGEST_ANSWER, answers_in, questions_for, told_with


@dataclass(frozen=True, slots=True)
class QuestionShown:
    """One question with what has been answered so far."""

    text: str
    field: str
    options: tuple[str, ...]
    answer: str


def asked(street: str, category: str, said: Mapping[str, str]) -> dict[str, Any]:
    """What the part needs: the questions of the category, with what the form holds already."""
    shown = [
        QuestionShown(each.text, each.field, each.options, said.get(each.field, "")[:LONGEST_ANSWER])
        for each in questions_for(street, category)
    ]
    return {"questions": shown, "longest_answer": LONGEST_ANSWER}


def with_answers(text: str, street: str, category: str, said: Mapping[str, str]) -> str:
    """What was told, with what the form answers below it."""
    return told_with(text, answers_in(said, questions_for(street, category)))
