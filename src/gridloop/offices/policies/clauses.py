"""Clauses as people write them, in rows of a form or of a sheet, and as conditions; and the words of the facts they ask of.

A *row* is one test: which clause it belongs to, the words of the document (原文), the fact, how it is compared, with what, and whether it is
an exclusion (除外). Rows of one clause are alternatives (任一). So a clause is a test, its negation, or any of such::

    RowTold(clause="1", quote="从业人员300人以下", fact="从业人员", operator="不超过", value="300")
    {"quote": "从业人员300人以下", "condition": {"fact": "staff", "at_most": 300, "label": "从业人员", "unit": "人"}}

Guarantees: what is stored passes ``core.condition.parse``; every fault names its row and its field; ``rows_of`` gives back the rows of every
clause of that shape, and None for others (which then are shown and kept as they are).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from gridloop.core.condition import All, AnyOf, Condition, Not, Test, facts_named, parse, write
from gridloop.core.eligibility import Clause
from gridloop.core.errors import GridloopError, WrongInput
from gridloop.offices.enterprise.queries.facts import FACTS, Fact

OPERATORS: dict[str, str] = {
    "equals": "为", "in": "为其中之一", "at_least": "不少于(不早于)", "at_most": "不超过(不晚于)", "between": "在两者之间", "starts_with": "开头是",
    "under": "在其范围内", "contains": "包含", "is_known": "已登记",
}  # fmt: skip
ALIASES: dict[str, str] = {
    "=": "equals", "等于": "equals", "是": "equals", "属于": "in", "之一": "in", ">=": "at_least", "≥": "at_least", "不少于": "at_least",
    "不低于": "at_least", "不早于": "at_least", "以上": "at_least", "<=": "at_most", "≤": "at_most", "不超过": "at_most", "不高于": "at_most",
    "不晚于": "at_most", "以下": "at_most", "之间": "between", "介于": "between", "开头": "starts_with", "范围内": "under", "已知": "is_known",
}  # fmt: skip
MOST = 40
_SEVERAL = re.compile(r"[、;;|\n]+")
_RANGE = re.compile(r"\s*(?:至|~|—|、|;|;|到)\s*")
_YES = {
    "是": True,
    "有": True,
    "yes": True,
    "true": True,
    "否": False,
    "无": False,
    "不是": False,
    "no": False,
    "false": False,
}


@dataclass(frozen=True, slots=True)
class RowTold:
    """One test as it was written; ``number`` is the row of the sheet or form, for faults. ``written`` holds a clause of another shape."""

    clause: str = ""
    quote: str = ""
    fact: str = ""
    operator: str = ""
    value: str = ""
    excluded: str = ""
    number: int = 0
    written: str = ""

    @property
    def is_empty(self) -> bool:
        return not (self.quote or self.fact or self.value or self.written)


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a row."""

    row: int
    field: str
    reason: str


def read_rows(
    rows: Sequence[RowTold], *, facts: Mapping[str, Fact] = FACTS
) -> tuple[list[dict[str, Any]], list[Fault]]:
    """The clauses, in the order in which they first appear, and every fault. Rows without a clause number continue the one before.

    ``facts`` are what may be asked: those of an enterprise, or those and more.
    """
    parts: dict[str, list[Condition]] = {}
    quotes: dict[str, str] = {}
    faults: list[Fault] = []
    clause = ""
    for row in rows:
        clause = row.clause.strip() or clause or "1"
        quotes[clause] = quotes.get(clause) or row.quote.strip()
        try:
            parts.setdefault(clause, []).append(_condition(row, facts))
        except GridloopError as error:
            faults.append(Fault(row.number, str(error.fields.get("field") or "value"), error.sentence))
    found = [
        {"quote": quotes[each][:500], "condition": write(several[0] if len(several) == 1 else AnyOf(tuple(several)))}
        for each, several in parts.items()
        if several
    ]
    if len(found) > MOST:
        faults.append(Fault(0, "clause", f"一项政策最多 {MOST} 条;请合并。"))
    return found, faults


def clauses_of(written: Sequence[Mapping[str, Any]]) -> list[Clause]:
    """Stored clauses. Raises WrongInput for a malformed one, or a fact that enterprises do not have."""
    found = []
    for number, each in enumerate(written, start=1):
        if not isinstance(each, Mapping):
            raise WrongInput("policies.bad_clause", f"第 {number} 条应是一个对象 {{…}}。", field="clauses")
        condition = parse(each.get("condition"))
        unknown = sorted(facts_named(condition) - set(FACTS))
        if unknown:
            raise WrongInput(
                "policies.no_fact", f"第 {number} 条用了企业档案没有的项:{'、'.join(unknown)};可用:{'、'.join(FACTS)}。", field="clauses"
            )  # fmt: skip
        found.append(Clause(condition, str(each.get("quote", ""))))
    return found


def labelled(written: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The clauses with labels and units of their facts filled in. Raises WrongInput as ``clauses_of``."""
    return [
        {"quote": clause.quote[:500], "condition": write(_labelled(clause.condition, FACTS))}
        for clause in clauses_of(written)
    ]


def rows_of(written: Sequence[Mapping[str, Any]]) -> list[RowTold]:
    """The clauses as rows to edit."""
    found = []
    for number, each in enumerate(written, start=1):
        rows = _rows(parse(each["condition"]))
        quote = str(each.get("quote", ""))
        if rows is None:
            kept = json.dumps(each["condition"], ensure_ascii=False)
            found.append(RowTold(clause=str(number), quote=quote, written=kept))
            continue
        for place, row in enumerate(rows):
            found.append(RowTold(str(number), "" if place else quote, *row))
    return found


def said(fact: str, value: object) -> str:
    """A value of a fact as people call it: 微型 for micro, 是 for true."""
    known = FACTS.get(fact)
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list | tuple | set | frozenset):
        return "、".join(said(fact, each) for each in value)
    if known and known.choices:
        return known.choices.get(str(value), "无" if value == "none" else str(value))
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def label_of(fact: str) -> str:
    return FACTS[fact].label if fact in FACTS else fact


def _condition(row: RowTold, facts: Mapping[str, Fact]) -> Condition:
    """The test of one row. Raises WrongInput naming the field."""
    if row.written:
        return _labelled(_read_written(row.written, facts), facts)
    fact = _fact(row.fact, facts)
    operator = _operator(row.operator, fact)
    written = {"fact": fact.name, operator: _operand(row.value.strip(), operator, fact), "label": fact.label}
    if fact.unit and operator != "is_known":
        written["unit"] = fact.unit
    test = parse(written)
    return Not(test) if _YES.get(row.excluded.strip().lower(), bool(row.excluded.strip())) else test


def _read_written(text: str, facts: Mapping[str, Fact]) -> Condition:
    try:
        found = parse(json.loads(text))
    except json.JSONDecodeError as fault:
        raise WrongInput(
            "policies.bad_clause", "这一条不是合法的 JSON;请恢复原样或改用下面的行。", field="written"
        ) from fault
    unknown = sorted(facts_named(found) - set(facts))
    if unknown:
        raise WrongInput("policies.unknown_fact", f"企业档案没有“{unknown[0]}”;请从列表中选择。", field="written")
    return found


def _fact(name: str, facts: Mapping[str, Fact]) -> Fact:
    wanted = name.strip()
    found = facts.get(wanted) or next((fact for fact in facts.values() if fact.label == wanted), None)
    if found is None:
        sentence = f"企业档案没有“{wanted}”;请从列表中选择。" if wanted else "请选看企业的哪一项。"
        raise WrongInput("policies.unknown_fact", sentence, field="fact")
    return found


def _operator(name: str, fact: Fact) -> str:
    wanted = name.strip()
    by_label = {label: code for code, label in OPERATORS.items()}
    found = wanted if wanted in OPERATORS else by_label.get(wanted) or ALIASES.get(wanted)
    if found is None:
        raise WrongInput(
            "policies.unknown_operator", f"请选怎样比较:{'、'.join(OPERATORS.values())}。", field="operator"
        )
    if found not in operators_for(fact):
        fitting = "、".join(OPERATORS[each] for each in operators_for(fact))
        raise WrongInput("policies.wrong_operator", f"“{fact.label}”只能这样比较:{fitting}。", field="operator")
    return found


def operators_for(fact: Fact) -> tuple[str, ...]:
    """How a fact of this kind can be compared."""
    return _OPERATORS[fact.kind]


_OPERATORS: dict[str, tuple[str, ...]] = {
    "text": ("equals", "in", "starts_with", "is_known"),
    "choice": ("equals", "in", "is_known"),
    "number": ("equals", "at_least", "at_most", "between", "is_known"),
    "money": ("equals", "at_least", "at_most", "between", "is_known"),
    "day": ("at_least", "at_most", "between", "is_known"),
    "yes_no": ("equals", "is_known"),
    "path": ("under", "equals", "is_known"),
    "list": ("contains", "is_known"),
}


def _operand(value: str, operator: str, fact: Fact) -> Any:
    if operator == "is_known":
        return _yes_no(value) if value else True
    if not value:
        raise WrongInput("policies.no_value", f"请写“{fact.label}”与什么比较。", field="value")
    if operator == "between":
        ends = _RANGE.split(value)
        if len(ends) != 2:
            raise WrongInput("policies.no_range", "请写两个数或日期,中间用“至”,例如 20 至 300。", field="value")
        return [_value(end, fact) for end in ends]
    if operator == "in":
        return [_value(each, fact) for each in _SEVERAL.split(value) if each.strip()]
    return _value(value, fact)


def _value(text: str, fact: Fact) -> Any:
    return _READERS.get(fact.kind, _text)(text.strip(), fact)


def _text(text: str, fact: Fact) -> str:
    return text


def _number(text: str, fact: Fact) -> int | float:
    try:
        found = Decimal(text.removesuffix(fact.unit).replace(",", "").strip())
    except InvalidOperation as fault:
        raise WrongInput(
            "policies.no_number", f"“{fact.label}”要写数,单位是{fact.unit or '个'};现在是“{text}”。", field="value"
        ) from fault
    if not found.is_finite():
        raise WrongInput(
            "policies.no_number", f"“{fact.label}”要写数,单位是{fact.unit or '个'};现在是“{text}”。", field="value"
        )
    return int(found) if found == found.to_integral_value() else float(found)


def _day(text: str, fact: Fact) -> str:
    try:
        return date.fromisoformat(text[:10]).isoformat()
    except ValueError as fault:
        raise WrongInput(
            "policies.no_day", f"“{fact.label}”要写日期,例如 2022-05-29;现在是“{text}”。", field="value"
        ) from fault


def _yes_no_of(text: str, fact: Fact) -> bool:
    return _yes_no(text)


def _yes_no(text: str) -> bool:
    found = _YES.get(text.strip().lower())
    if found is None:
        raise WrongInput("policies.no_yes_no", f"请写“是”或“否”;现在是“{text}”。", field="value")
    return found


def _choice(text: str, fact: Fact) -> str:
    choices = dict(fact.choices or {}) | ({"none": "无"} if fact.name == "priority" else {})
    if text in choices:
        return text
    found = next((code for code, label in choices.items() if label == text), None)
    if found is None:
        raise WrongInput(
            "policies.no_choice",
            f"“{fact.label}”没有“{text}”;可用:{'、'.join(list(choices.values())[:30])}。",
            field="value",
        )
    return found


_READERS: dict[str, Callable[[str, Fact], Any]] = {
    "number": _number, "money": _number, "day": _day, "yes_no": _yes_no_of, "choice": _choice, "list": _choice, "text": _text, "path": _text,
}  # fmt: skip


def _labelled(condition: Condition, facts: Mapping[str, Fact]) -> Condition:
    match condition:
        case All(parts):
            return All(tuple(_labelled(part, facts) for part in parts))
        case AnyOf(parts):
            return AnyOf(tuple(_labelled(part, facts) for part in parts))
        case Not(part):
            return Not(_labelled(part, facts))
        case Test():
            fact = facts[condition.fact]
            unit = "" if condition.operator == "is_known" else condition.unit or fact.unit
            return Test(condition.fact, condition.operator, condition.operand, condition.label or fact.label, unit)


def _rows(condition: Condition) -> list[tuple[str, str, str, str]] | None:
    """Fact, operator, value and exclusion of each test; None for a condition of another shape."""
    parts = condition.parts if isinstance(condition, AnyOf) else (condition,)
    tests = [(part.part, "是") if isinstance(part, Not) else (part, "") for part in parts]
    found = [_row(test, excluded) for test, excluded in tests if isinstance(test, Test)]
    return found if len(found) == len(parts) and found else None


def _row(test: Test, excluded: str) -> tuple[str, str, str, str]:
    operand = test.operand
    joint = " 至 " if test.operator == "between" else "、"
    value = (
        joint.join(said(test.fact, each) for each in operand)
        if isinstance(operand, tuple)
        else said(test.fact, operand)
    )
    return test.fact, test.operator, value, excluded
