"""Evaluating a period by rules that were written down before it (考评规则), and keeping what came out as it stood (冻结).

Terms
    *rules* (考评规则)      which measures count, what share is expected of each and where that is written; one version holds from a day on
    *frozen rows* (明细)    each case of the period with its unit and what it says to each measure: True, False or None (not counted)
    *objection* (异议)      a unit holds one mark of one case to be wrong; upheld, the row is left out or the mark is turned, in a new revision

Guarantees: figures follow from the frozen rows alone; nothing adds measures up or puts units in an order; a difference between what was frozen and
what the rows say today is told, never written over; the digest changes with any mark.

Worked example::

    >>> rows = [FrozenRow("r1", "001", "economy", {"timely": True}), FrozenRow("r2", "002", "economy", {"timely": False})]
    >>> reading = figures(rows, ("timely",))["economy"][0]
    >>> reading.shown, standing(reading, MeasureRule("timely", 95, "示例办法第三条"))
    ('50.0%(1/2)', 'missed')
    >>> figures(corrected(rows, "r2", "timely", mark=True), ("timely",))["economy"][0].shown
    '100%(2/2)'
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256

from gridloop.core.access import Actor
from gridloop.core.campaign import CARRIES
from gridloop.core.errors import NotAllowed
from gridloop.core.indicator import Reading, ratio

AT_MOST = frozenset({"false_closure"})
"""Of these measures as little as possible is expected; of the others as much."""
PERIOD_KINDS = {"month": "月", "quarter": "季度", "half": "半年", "year": "年"}
STANDINGS = {"met": "达到", "missed": "未达到", "": ""}
DECISIONS = {"left_out": "成立:这一件不计入", "corrected": "成立:更正这一项", "dismissed": "不成立"}
EVERYTHING = ""
"""Stands for all units together where a unit's code stands otherwise."""


@dataclass(frozen=True, slots=True)
class MeasureRule:
    """One measure that counts; ``threshold`` is a share in percent, with the document that it is written in. None: only shown."""

    measure: str
    threshold: int | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class FrozenRow:
    """One case as it stood: its ref and number, the code of the unit that led it, and its marks."""

    case: str
    number: str
    unit: str
    marks: dict[str, bool | None]


@dataclass(frozen=True, slots=True)
class Difference:
    """One mark that the rows of today would set otherwise; where the case is on one side only, ``measure`` is empty."""

    case: str
    number: str
    measure: str
    frozen: bool | None
    now: bool | None
    is_gone: bool = False
    is_new: bool = False


def figures(rows: Iterable[FrozenRow], measures: Sequence[str]) -> dict[str, list[Reading]]:
    """By unit, and for all together (``EVERYTHING``, first): a reading of each measure; units in the order of their codes."""
    split: dict[str, list[FrozenRow]] = {EVERYTHING: []}
    for row in sorted(rows, key=lambda each: (each.unit, each.number)):
        split[EVERYTHING].append(row)
        split.setdefault(row.unit, []).append(row)
    return {unit: [_reading(measure, found) for measure in measures] for unit, found in split.items()}


def standing(reading: Reading, rule: MeasureRule) -> str:
    """Whether the share reaches what the rules expect: a code of ``STANDINGS``; empty where nothing is expected or counted."""
    if rule.threshold is None or reading.value is None or reading.part is None:
        return ""
    reached, expected = reading.part * 100, rule.threshold * reading.n
    fits = reached <= expected if rule.measure in AT_MOST else reached >= expected
    return "met" if fits else "missed"


def differences(frozen: Iterable[FrozenRow], now: Iterable[FrozenRow], measures: Sequence[str]) -> list[Difference]:
    """What today's rows would say otherwise, by the number of the case; empty where nothing changed."""
    before, today = {row.case: row for row in frozen}, {row.case: row for row in now}
    found: list[Difference] = []
    for case, row in before.items():
        other = today.get(case)
        if other is None:
            found.append(Difference(case, row.number, "", None, None, is_gone=True))
            continue
        found += [
            Difference(case, row.number, each, row.marks.get(each), other.marks.get(each))
            for each in measures
            if row.marks.get(each) != other.marks.get(each)
        ]
    found += [
        Difference(case, today[case].number, "", None, None, is_new=True) for case in today.keys() - before.keys()
    ]
    return sorted(found, key=lambda each: (each.number, each.measure))


def without(rows: Iterable[FrozenRow], case: str) -> list[FrozenRow]:
    """The rows, this case left out."""
    return [row for row in rows if row.case != case]


def corrected(rows: Iterable[FrozenRow], case: str, measure: str, *, mark: bool | None) -> list[FrozenRow]:
    """The rows, this mark of this case set so."""
    return [replace(row, marks=row.marks | {measure: mark}) if row.case == case else row for row in rows]


def in_force(versions: Iterable[tuple[int, date]], *, on: date) -> int | None:
    """The version that holds on the day: of those effective by then the latest. None before the first."""
    return max((version for version, effective_on in versions if effective_on <= on), default=None)


def digest_of(rows: Iterable[FrozenRow], *, version: int, period: str, revision: int) -> str:
    """SHA-256 over the rows in a fixed order, the version of the rules, the period and the revision: what the ledger seals."""
    told = [
        [row.case, row.number, row.unit, sorted(row.marks.items())]
        for row in sorted(rows, key=lambda each: each.case)
    ]  # fmt: skip
    content = json.dumps([period, revision, version, told], ensure_ascii=False, separators=(",", ":"))
    return sha256(content.encode()).hexdigest()


def may_object(actor: Actor, *, street: str, unit: str) -> bool:
    """Only those who work in the unit speak for it."""
    return any(post.street == street and post.unit == unit and post.role in CARRIES for post in actor.posts)


def must_object(actor: Actor, *, street: str, unit: str) -> None:
    """Raises NotAllowed for anyone outside the unit."""
    if not may_object(actor, street=street, unit=unit):
        raise NotAllowed("evaluations.may_not_object", "异议由这一件的承办单位提出;请由该单位的人办理。")


def must_decide(actor: Actor, *, street: str, unit: str, frozen_by: str) -> None:
    """Raises NotAllowed for whoever froze the figures and for the unit's own people: somebody else decides."""
    if actor.label == frozen_by:
        raise NotAllowed(
            "evaluations.own_freeze", "冻结这一期的人不能裁定对它的异议;请另一位值班受理岗或街道领导裁定。"
        )
    if any(post.street == street and post.unit == unit for post in actor.posts):
        raise NotAllowed("evaluations.own_unit", "提出异议的单位不能自己裁定;请另一位值班受理岗或街道领导裁定。")


def _reading(measure: str, rows: Sequence[FrozenRow]) -> Reading:
    told = [row.marks.get(measure) for row in rows]
    counted = [mark for mark in told if mark is not None]
    return ratio(measure, part=sum(counted), whole=len(counted))
