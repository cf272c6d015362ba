"""A condition as data: what must hold, whether it holds, and the sentence that says so.

A policy clause or a routing rule asks something of the *facts* of a case, a person or a firm. The question is kept as
data, so that it can be shown, stored, compared and answered without running anybody's code.

Terms
    *facts*      a mapping from a fact's name to its value; an absent name, ``None`` and ``""`` are all "unknown"
    *test*       one question about one fact: ``{"fact": "staff", "at_most": 300}``
    *outcome*    ``met``, ``not_met`` or ``unknown``, with the reasons

Guarantees
    * An unknown fact never counts as met or as not met; it makes the outcome unknown unless the rest already decides
      (Kleene's strong three-valued logic).
    * Learning one more fact never turns met into not met, or the reverse, unless ``is_known`` asks of it.
    * A malformed condition is refused when read, naming the path of the fault; evaluating never raises.

The written form (JSON)::

    {"all": [...]}   {"any": [...]}   {"not": {...}}
    {"fact": NAME, OPERATOR: VALUE, "label": "员工人数", "unit": "人"}      label and unit are optional

Operators: ``equals``, ``in`` (list), ``at_least``, ``at_most``, ``between`` (two ends, both included), ``is_known``
(true/false), ``starts_with`` (text), ``under`` (path prefix by whole segments), ``contains`` (the fact is a list).
Numbers compare with numbers, dates (``"2022-05-29"``) with dates; a fact of another kind is unknown, with that reason.

Worked example::

    >>> staff = {"fact": "staff", "at_most": 300, "label": "员工人数"}
    >>> small = parse({"all": [staff, {"fact": "kind", "equals": "工业"}]})
    >>> explain(small)
    '员工人数不超过300,并且kind为工业'
    >>> evaluate(small, {"staff": 500, "kind": "工业"})
    Outcome(value='not_met', reasons=('员工人数应不超过300,实际为500',))
    >>> evaluate(small, {"staff": 50}).value
    'unknown'
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Literal, NoReturn, TypeAlias

from gridloop.core.errors import WrongInput

Value: TypeAlias = Literal["met", "not_met", "unknown"]
Facts: TypeAlias = Mapping[str, object]
Number: TypeAlias = int | float | Decimal
Operand: TypeAlias = str | bool | Number | tuple["Operand", ...]
"""What a fact is compared with; a date is kept in its written form ``2022-05-29``."""

Said: TypeAlias = Callable[[str, object], str]
"""How a value of a fact is called: ``said("size", "micro")`` is 微型."""

DEEPEST = 16
"""How many levels of all/any/not a condition may nest: more is no longer readable by a person."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """Whether a condition holds, and the sentences that decided it."""

    value: Value
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Test:
    """One question about one fact; ``label`` and ``unit`` only serve the sentence."""

    __test__ = False  # not a test class: keeps pytest from collecting it

    fact: str
    operator: str
    operand: Operand
    label: str = ""
    unit: str = ""


@dataclass(frozen=True, slots=True)
class All:
    """Every part must hold; no parts at all holds."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one part must hold; no parts at all does not hold."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The part must not hold; unknown stays unknown."""

    part: Condition


Condition: TypeAlias = Test | All | AnyOf | Not

ALWAYS: Condition = All(())


# --- reading and writing ---------------------------------------------------------------------------------------------


def parse(written: object) -> Condition:
    """The condition a JSON object stands for.

    Raises :class:`WrongInput` ``condition.malformed`` whose field ``path`` names the fault, such as ``all[1].between``.
    """
    return _parse(written, "", 0)


def write(condition: Condition) -> dict[str, object]:
    """The JSON object of a condition; ``parse(write(c)) == c``."""
    match condition:
        case All(parts):
            return {"all": [write(part) for part in parts]}
        case AnyOf(parts):
            return {"any": [write(part) for part in parts]}
        case Not(part):
            return {"not": write(part)}
        case Test():
            return _write_test(condition)


def facts_named(condition: Condition) -> frozenset[str]:
    """The names of all facts the condition asks about."""
    match condition:
        case Test(fact=fact):
            return frozenset({fact})
        case Not(part):
            return facts_named(part)
        case All(parts) | AnyOf(parts):
            return frozenset().union(*map(facts_named, parts))


# --- answering -------------------------------------------------------------------------------------------------------


def evaluate(condition: Condition, facts: Facts, said: Said | None = None) -> Outcome:
    """Whether the condition holds for these facts, with the sentences of the parts that decided; ``said`` words values."""
    match condition:
        case Test():
            return _evaluate_test(condition, facts, said)
        case Not(part):
            outcome = evaluate(part, facts, said)
            return Outcome(_OPPOSITE[outcome.value], outcome.reasons)
        case All(parts):
            return _decided_by("not_met", "met", [evaluate(part, facts, said) for part in parts])
        case AnyOf(parts):
            return _decided_by("met", "not_met", [evaluate(part, facts, said) for part in parts])


def value_of(condition: Condition, facts: Facts) -> Value:
    """``evaluate(condition, facts).value`` without the sentences: for asking thousands of conditions of one thing."""
    match condition:
        case Test():
            return answer_to(condition, facts.get(condition.fact))
        case Not(part):
            return _OPPOSITE[value_of(part, facts)]
        case All(parts):
            return _settled("not_met", "met", parts, facts)
        case AnyOf(parts):
            return _settled("met", "not_met", parts, facts)


def answer_to(test: Test, fact: object) -> Value:
    """What one value of a fact answers to the test."""
    known = fact is not None and fact != ""
    if test.operator == "is_known":
        return "met" if known == test.operand else "not_met"
    holds = _HOLDS[test.operator](fact, test.operand) if known else None
    return "unknown" if holds is None else "met" if holds else "not_met"


def explain(condition: Condition, labels: Mapping[str, str] | None = None, said: Said | None = None) -> str:
    """One Chinese sentence that says what must hold; ``labels`` names facts that carry no label, ``said`` words values."""
    match condition:
        case Test():
            return f"{_label(condition, labels)}{_words(condition, said)}"
        case Not(part):
            return f"不属于“{explain(part, labels, said)}”"
        case All(parts):
            return _joined(parts, ",并且", "无条件", labels, said)
        case AnyOf(parts):
            return _joined(parts, ",或者", "任何情形都不符合", labels, said)


_OPPOSITE: dict[Value, Value] = {"met": "not_met", "not_met": "met", "unknown": "unknown"}


def _decided_by(decisive: Value, otherwise: Value, outcomes: Sequence[Outcome]) -> Outcome:
    """Kleene: one decisive part settles it, else one unknown leaves it open, else all parts agree on ``otherwise``."""
    values = {outcome.value for outcome in outcomes}
    value = decisive if decisive in values else "unknown" if "unknown" in values else otherwise
    return Outcome(value, tuple(reason for outcome in outcomes if outcome.value == value for reason in outcome.reasons))


def _settled(decisive: Value, otherwise: Value, parts: Sequence[Condition], facts: Facts) -> Value:
    """As ``_decided_by``, asking no further part once one has settled it."""
    found = otherwise
    for part in parts:
        value = value_of(part, facts)
        if value == decisive:
            return decisive
        if value == "unknown":
            found = value
    return found


def _evaluate_test(test: Test, facts: Facts, said: Said | None) -> Outcome:
    fact, name = facts.get(test.fact), test.label or test.fact
    known = fact is not None and fact != ""
    value = answer_to(test, fact)
    if test.operator == "is_known":
        return Outcome(value, (f"{name}{'已知' if known else '未知'}",))
    if not known:
        return Outcome(value, (f"{name}未知",))
    if value == "unknown":
        return Outcome(value, (f"{name}的值“{_shown(fact)}”无法与要求比较",))
    words, shown = _words(test, said), said(test.fact, fact) if said else _shown(fact)
    if value == "met":
        return Outcome(value, (f"{name}{words}(实际为{shown})",))
    return Outcome(value, (f"{name}应{words},实际为{shown}",))


def _in_order(smaller: object, larger: object) -> bool | None:
    """``smaller <= larger`` for two numbers or two dates; None for anything else."""
    one, other = measure(smaller), measure(larger)
    if isinstance(one, date) and isinstance(other, date):
        return one <= other
    if isinstance(one, Decimal) and isinstance(other, Decimal):
        return one <= other
    return None


def measure(value: object) -> Decimal | date | None:
    """A number as an exact decimal, a date as a date (a moment by its own calendar day), anything else as None."""
    match value:
        case bool():
            return None
        case int() | float() | Decimal():
            exact = Decimal(str(value))
            return exact if exact.is_finite() else None
        case datetime():
            return value.date()
        case date():
            return value
        case str():
            return _as_date(value)
    return None


def _as_date(text: str) -> date | None:
    """Only the form 2022-05-29: a code such as ``20220529`` is text."""
    try:
        return date.fromisoformat(text) if len(text) == 10 and text[4] == "-" else None
    except ValueError:
        return None


def _equals(fact: object, operand: object) -> bool:
    one, other = measure(fact), measure(operand)
    if one is not None and other is not None:
        return one == other
    if isinstance(fact, Decimal) or isinstance(operand, Decimal):  # not a number, or endless: equal to nothing
        return False
    return isinstance(fact, bool) == isinstance(operand, bool) and fact == operand


def _between(fact: object, operand: object) -> bool | None:
    if not isinstance(operand, tuple):
        return None
    above, below = _in_order(operand[0], fact), _in_order(fact, operand[1])
    return None if above is None or below is None else above and below


def _is_in(fact: object, operand: object) -> bool | None:
    return isinstance(operand, tuple) and any(_equals(fact, member) for member in operand)


def _starts_with(fact: object, operand: object) -> bool | None:
    return fact.startswith(str(operand)) if isinstance(fact, str) else None


def _is_under(fact: object, operand: object) -> bool | None:
    return f"{fact}/".startswith(f"{operand}/") if isinstance(fact, str) else None


def _contains(fact: object, operand: object) -> bool | None:
    if isinstance(fact, str) or not isinstance(fact, Collection):
        return None
    return any(_equals(member, operand) for member in fact)


_HOLDS: dict[str, Callable[[object, object], bool | None]] = {
    "equals": _equals,
    "in": _is_in,
    "at_least": lambda fact, operand: _in_order(operand, fact),
    "at_most": _in_order,
    "between": _between,
    "starts_with": _starts_with,
    "under": _is_under,
    "contains": _contains,
}


# --- words -----------------------------------------------------------------------------------------------------------


def _shown(value: object) -> str:
    match value:
        case bool():
            return "是" if value else "否"
        case str():
            return value
        case tuple() | list() | set() | frozenset():
            return "、".join(_shown(member) for member in value)
    return str(value)


def _words(test: Test, said: Said | None) -> str:
    """What the test asks of its fact; with ``said`` its values as people call them."""
    words = _WORDS[test.operator]
    if test.operator in _DATED and isinstance(measure(test.operand), date):
        words = _DATED[test.operator]
    if said is None or test.operator == "is_known":
        return words(test)
    ends = test.operand if isinstance(test.operand, tuple) else (test.operand,)
    told = tuple(said(test.fact, end) for end in ends)
    return words(replace(test, operand=told if isinstance(test.operand, tuple) else told[0]))


def _measured(test: Test) -> str:
    return f"{_shown(test.operand)}{test.unit}"


def _ends(test: Test) -> str:
    low, high = test.operand if isinstance(test.operand, tuple) else (test.operand, test.operand)
    return f"在{_shown(low)}至{_shown(high)}{test.unit}之间"


_WORDS: dict[str, Callable[[Test], str]] = {
    "equals": lambda test: f"为{_measured(test)}",
    "in": lambda test: f"为{_measured(test)}之一",
    "at_least": lambda test: f"不少于{_measured(test)}",
    "at_most": lambda test: f"不超过{_measured(test)}",
    "between": _ends,
    "is_known": lambda test: "已知" if test.operand else "未知",
    "starts_with": lambda test: f"以“{_shown(test.operand)}”开头",
    "under": lambda test: f"属于“{_shown(test.operand)}”",
    "contains": lambda test: f"包含{_measured(test)}",
}

_DATED: dict[str, Callable[[Test], str]] = {
    "at_least": lambda test: f"不早于{_measured(test)}",
    "at_most": lambda test: f"不晚于{_measured(test)}",
}


def _label(test: Test, labels: Mapping[str, str] | None) -> str:
    return test.label or (labels or {}).get(test.fact, test.fact)


def _joined(
    parts: Sequence[Condition], word: str, empty: str, labels: Mapping[str, str] | None, said: Said | None
) -> str:
    def bracketed(part: Condition) -> str:
        nested = isinstance(part, All | AnyOf) and len(part.parts) > 1 and len(parts) > 1
        return f"({explain(part, labels, said)})" if nested else explain(part, labels, said)

    return word.join(map(bracketed, parts)) or empty


# --- parsing ---------------------------------------------------------------------------------------------------------


def _malformed(path: str, sentence: str) -> NoReturn:
    raise WrongInput("condition.malformed", f"条件写错了,位置 {path or '最外层'}:{sentence}", path=path)


def _parse(written: object, path: str, depth: int) -> Condition:
    if depth > DEEPEST:
        _malformed(path, f"嵌套超过 {DEEPEST} 层,请拆成几条。")
    if not isinstance(written, Mapping):
        _malformed(path, "这里应是一个对象 {…}。")
    if "fact" in written:
        return _parse_test(written, path)
    if len(written) != 1 or next(iter(written)) not in ("all", "any", "not"):
        _malformed(path, "应恰好有 all、any、not 之一,或写 fact 和一个比较方式。")
    if "not" in written:
        return Not(_parse(written["not"], _below(path, "not"), depth + 1))
    word = "all" if "all" in written else "any"
    parts = _parse_parts(written[word], _below(path, word), depth)
    return All(parts) if word == "all" else AnyOf(parts)


def _parse_parts(parts: object, path: str, depth: int) -> tuple[Condition, ...]:
    if not isinstance(parts, list | tuple):
        _malformed(path, "这里应是一个列表 […]。")
    return tuple(_parse(part, f"{path}[{number}]", depth + 1) for number, part in enumerate(parts))


def _parse_test(written: Mapping[str, object], path: str) -> Test:
    operators = [key for key in written if key not in ("fact", "label", "unit")]
    if len(operators) != 1 or operators[0] not in _WORDS:
        _malformed(path, f"应恰好有一个比较方式({'、'.join(_WORDS)}),现有:{'、'.join(map(str, operators)) or '无'}。")
    operator = operators[0]
    operand = _parse_operand(operator, written[operator], _below(path, operator))
    texts = {key: _parse_text(written.get(key, ""), _below(path, key)) for key in ("fact", "label", "unit")}
    if not texts["fact"]:
        _malformed(_below(path, "fact"), "请写明要看哪一项事实。")
    return Test(texts["fact"], operator, operand, texts["label"], texts["unit"])


def _parse_operand(operator: str, written: object, path: str) -> Operand:
    match operator:
        case "is_known":
            return written if isinstance(written, bool) else _malformed(path, "应为 true 或 false。")
        case "starts_with" | "under":
            return _parse_text(written, path) or _malformed(path, "不能是空的。")
        case "at_least" | "at_most":
            return _parse_measure(written, path)
        case "between":
            return _parse_ends(written, path)
        case "in":
            return _parse_list(written, path)
    return _parse_single(written, path)


def _parse_ends(written: object, path: str) -> Operand:
    if not isinstance(written, list | tuple) or len(written) != 2:
        _malformed(path, "应是两个数或两个日期 [下限, 上限]。")
    low, high = (_parse_measure(end, f"{path}[{number}]") for number, end in enumerate(written))
    if _in_order(low, high) is not True:
        _malformed(path, "下限不能大于上限,且两端要同为数或同为日期。")
    return (low, high)


def _parse_list(written: object, path: str) -> Operand:
    if not isinstance(written, list | tuple) or not written:
        _malformed(path, "应是一个不空的列表。")
    return tuple(_parse_single(member, f"{path}[{number}]") for number, member in enumerate(written))


def _parse_single(written: object, path: str) -> Operand:
    if isinstance(written, date):
        return written.isoformat()[:10]
    if not isinstance(written, str | bool | int | float | Decimal):
        _malformed(path, "应是一个文字、数、日期或是否。")
    if isinstance(written, float | Decimal) and measure(written) is None:
        _malformed(path, "应是一个有限的数。")
    return written


def _parse_measure(written: object, path: str) -> Operand:
    single = _parse_single(written, path)
    return single if measure(single) is not None else _malformed(path, "应是一个数或一个日期(如 2022-05-29)。")


def _parse_text(written: object, path: str) -> str:
    return written if isinstance(written, str) else _malformed(path, "应是文字。")


def _write_test(test: Test) -> dict[str, object]:
    extras = {key: text for key, text in (("label", test.label), ("unit", test.unit)) if text}
    return {"fact": test.fact, test.operator: _written(test.operand), **extras}


def _written(operand: Operand) -> object:
    return [_written(member) for member in operand] if isinstance(operand, tuple) else operand


def _below(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key
