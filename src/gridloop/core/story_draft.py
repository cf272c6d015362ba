"""The draft of a firm's story (企业故事) from its struck-off problem: what was the matter, what was done, what came of it; nobody's name in it.

A person reads and rewrites it, a second person publishes it, and only while the firm agrees; so the draft may be plain, but never personal.

Guarantees: no telephone number, identity number or name that is known to the case stands in the draft; nothing is told that the record does not say.

Worked example::

    >>> draft(StoryFacts("停电", "王先生电话13812345678,车间停电两天。", ("已派电工抢修",), "已恢复供电", True, names=("王先生",))).text.splitlines()[0]
    '企业遇到的难题:有关人员电话(略),车间停电两天。'
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

NUMBER = re.compile(r"(?<![\d.])(?:\d[ -]?){6,}[\dXx](?![\d.])")
"""Seven digits and more in a row, also grouped: telephone and identity numbers, bank accounts."""
SOMEBODY = "有关人员"
LEFT_OUT = "(略)"
LONGEST = 3000


@dataclass(frozen=True, slots=True)
class StoryFacts:
    """What the record says. ``names`` are all personal names known to the case; ``is_confirmed``: the firm itself said that it is solved."""

    title: str
    problem: str
    measures: tuple[str, ...]
    answer: str
    is_confirmed: bool
    said: str = ""
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Draft:
    """A title and a text that a person goes on with."""

    title: str
    text: str


def draft(facts: StoryFacts) -> Draft:
    """The draft: problem, measures in their order, answer, what came of it in the firm's own words."""
    clean = [impersonal(each, facts.names) for each in (facts.problem, *facts.measures, facts.answer, facts.said)]
    problem, *measures, answer, said = clean
    lines = [f"企业遇到的难题:{problem}"]
    lines += [f"做了什么:{'；'.join(each.rstrip('。;；') for each in measures)}。"] if measures else []
    lines += [f"答复:{answer}"] if answer else []
    lines.append("结果:企业确认问题已经解决。" if facts.is_confirmed else "结果:经核实,问题已经解决。")
    lines += [f"企业说:“{said}”"] if said else []
    return Draft(impersonal(facts.title, facts.names)[:80], "\n".join(lines)[:LONGEST])


def impersonal(text: str, names: Iterable[str]) -> str:
    """The text without these names and without long numbers."""
    for name in sorted({each.strip() for each in names if len(each.strip()) > 1}, key=len, reverse=True):
        text = text.replace(name, SOMEBODY)
    return NUMBER.sub(LEFT_OUT, text).strip()
