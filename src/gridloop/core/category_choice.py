"""From what a model says to a category of the street: labels that a category answers to, and signs that name it.

Terms. A *label* (模型标签) is what a model was taught to say, such as 环境保护. A street has its own categories; each may answer to
some labels (it means the same, or all of it). A *sign* (标志词) is a few letters that name the trouble itself, such as 井盖; a street
writes them per category. The *opening* of a text is its first line: people name the trouble there, further down they tell of
everything around it.

Guarantees: what no category answers to is nothing (不确定), never the nearest; two categories whose signs both stand in the opening
are nothing, unless one lies within the other; the answer does not depend on the order of the categories.

Steps of :func:`choose`:

1. the signs in the opening: exactly one category (or one line from general to special) → that category, by signs;
2. else the model, when it is sure of a label: the category of that very path or name, or the only one that answers to it;
3. else nothing.

Worked example::

    choose([Answering("市政设施/路灯", (), ("路灯",))], label=None, text="小区门口路灯不亮\\n已经三天")
    # Choice(path="市政设施/路灯", by="signs", signs=("路灯",))
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

SIGNS_CONFIDENCE = 0.96
"""How often a category chosen by signs was the right one: 82 of 85 real messages judged by hand (docs/classification.md)."""
LONGEST_OPENING = 80


@dataclass(frozen=True, slots=True)
class Answering:
    """A category with the labels it answers to and the signs that name it."""

    path: str
    labels: tuple[str, ...] = ()
    signs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """The category (empty for 不确定), and by what: ``signs``, ``model`` or nothing; ``signs`` as they stand in the text."""

    path: str = ""
    by: str = ""
    signs: tuple[str, ...] = ()


def choose(answering: Sequence[Answering], *, label: str | None, text: str) -> Choice:
    """The street's category for a text of which the model says ``label`` (None when it is unsure)."""
    opening = opening_of(text)
    heard = {each.path: found for each in answering if (found := tuple(sign for sign in each.signs if sign in opening))}
    path = _most_special(heard)
    if path:
        return Choice(path, "signs", heard[path])
    answers = sorted(each.path for each in answering if label and label in each.labels) if not heard else []
    return Choice(answers[0], "model") if len(answers) == 1 else Choice()


def opening_of(text: str) -> str:
    """The first line with letters, at most 80 characters."""
    lines = (line.strip() for line in text.splitlines())
    return next((line for line in lines if line), "")[:LONGEST_OPENING]


def _most_special(paths: Iterable[str]) -> str:
    """The one path that lies within all the others; empty when there is none."""
    found = sorted(paths, key=len)
    last = found[-1] if found else ""
    return last if all(last == path or last.startswith(f"{path}/") for path in found) else ""
