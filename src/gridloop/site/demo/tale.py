"""Tales: whole histories of cases, written as a clerk would write them, read into deeds.

A tale file is plain text. A heading files the case; the lines below it, up to the first deed, are what was told; each further
line is one deed: when, who, which verb (the Chinese label of the state chart), and its words, parted by `` | ``::

    [Q07] 02-21 10:05 管家03 | 企业服务/融资/流动资金 | 赵坡村01 | 示例面粉厂(演示)
    进货旺季原料款压着八十万元,想了解有没有续贷办法。
    02-21 11:20 银行对接组 签收
    02-23 16:20 银行对接组 答复 两家银行已上门,企业选定其一并签约。
    02-24 09:30 核查1 核实 通过 | 查看合同首页,金额与答复一致。
    02-24 10:00 管家03 回访 已解决 5 | 放款当天就进了货。
    02-24 10:30 值班1 销号

*When* is ``MM-DD HH:MM`` of 2022 in Beijing time, or how long ago, ``-26h`` or ``-40m``, for the living desk. *Who* is a call name
of the street's roll (``people.py``), or 反映人. The heading may end with ``key=value`` fields of the filing (``found=visit``: a manager found it on a
visit to the firm, which is logged with it; ``factors=energy、funds``: the adverse factors, 不利因素, that whoever files puts on it); the source
follows from who files (管家03 → manager) unless it is given, and so does the title (the firm and its concern, else the first clause).

Guarantees: a line that cannot be read is named with its file and number; a tale's deeds never go back in time.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from importlib.resources import files
from typing import Any

from gridloop.core.errors import Broken
from gridloop.core.lifecycle import CASE
from gridloop.offices.cases.actions import Decided, Filing, Part

BEIJING = timezone(timedelta(hours=8))
YEAR = 2022
SOURCES = {"管家": "manager", "网格": "grid", "反映": "public", "值班": "phone"}
"""The source of a case by the first two characters of who files it."""
VERBS = {verb.label: verb.name for verb in CASE.verbs.values()}
WHEN = r"\d\d-\d\d \d\d:\d\d|-\d+[hm]"
HEADING = re.compile(rf"\[(\w+)\] ({WHEN}) (\S+) \| (.+)")
FOUND = " | found=visit"
FACTORS = re.compile(r" \| factors=([a-z_、]+)")
DEED = re.compile(rf"({WHEN}) (\S+) (\S+)(?: (.*))?")


@dataclass(frozen=True, slots=True)
class Step:
    """One deed of a tale: who (call name) does which verb when, in which words (keyword arguments of the action)."""

    at: datetime
    who: str
    verb: str
    words: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Tale:
    """One case from filing to wherever it stands."""

    key: str
    at: datetime
    who: str
    filing: Filing
    steps: tuple[Step, ...]
    found_on_visit: bool = False
    factors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Names:
    """What the tales call things: units and grids by name, each to its code."""

    units: Mapping[str, str]
    grids: Mapping[str, str]


def read_tales(name: str, *, names: Names, now: datetime) -> list[Tale]:
    """The tales of a shipped file, in its order; ``now`` is what relative times count back from. Raises Broken."""
    text = (files("gridloop.site.demo") / "tales" / name).read_text("utf-8")
    return [_tale(block, names=names, now=now, file=name) for block in _blocks(text)]


def _blocks(text: str) -> Iterator[list[tuple[int, str]]]:
    """The lines of each tale with their numbers; blank lines and lines that begin with # are passed over."""
    block: list[tuple[int, str]] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if line.startswith("[") and block:
            yield block
            block = []
        if line.strip() and not line.startswith("#"):
            block.append((number, line.strip()))
    if block:
        yield block


def _tale(block: list[tuple[int, str]], *, names: Names, now: datetime, file: str) -> Tale:
    number, heading = block[0]
    found = HEADING.fullmatch(heading)
    if found is None:
        raise _unreadable(file, number, heading)
    told = [line for _, line in block[1:] if not DEED.fullmatch(line)]
    steps = tuple(
        _step(line, names=names, now=now, at=(file, number)) for number, line in block[1:] if DEED.fullmatch(line)
    )
    at = _moment(found[2], now)
    moments = [at, *(step.at for step in steps)]
    if moments != sorted(moments):
        raise _unreadable(file, number, f"{heading}(时间倒退)")
    tagged = FACTORS.search(found[4])
    fields, on_visit = FACTORS.sub("", found[4]).replace(FOUND, ""), FOUND in found[4]
    filing = _filing(fields, "\n".join(told), who=found[3], names=names)
    return Tale(found[1], at, found[3], filing, steps, on_visit, tuple(tagged[1].split("、")) if tagged else ())


def _unreadable(file: str, number: int, line: str) -> Broken:
    return Broken("demo.unreadable", f"演示案卷 {file} 第 {number} 行读不懂:{line}", file=file, line=number)


def _moment(text: str, now: datetime) -> datetime:
    """A moment of 2022, or so long before ``now`` (to the whole minute)."""
    if not text.startswith("-"):
        return datetime.strptime(f"{YEAR}-{text}", "%Y-%m-%d %H:%M").replace(tzinfo=BEIJING)
    amount, unit = int(text[1:-1]), text[-1]
    ago = timedelta(hours=amount) if unit == "h" else timedelta(minutes=amount)
    return now.replace(second=0, microsecond=0) - ago


def _filing(fields: str, text: str, *, who: str, names: Names) -> Filing:
    """``category | grid or address | firm or - | key=value …``; a place that is no grid's name is taken as an address."""
    category, place, firm, *rest = [part.strip() for part in fields.split(" | ")]
    told: dict[str, Any] = {"category": "" if category == "-" else category, "enterprise": "" if firm == "-" else firm}
    told |= {"grid": names.grids[place]} if place in names.grids else {"address": "" if place == "-" else place}
    told |= {"source": SOURCES.get(who[:2], "phone"), **dict(part.split("=", 1) for part in rest)}
    return Filing(text=text, **{"title": _title(firm, category, text), **told})


def _title(firm: str, category: str, text: str) -> str:
    """What a list shows: 示例面粉厂(演示):流动资金, or the first clause of what was told."""
    return re.split("[,。;]", text)[0] if firm == "-" else f"{firm}:{category.rsplit('/', 1)[-1]}"


def _step(line: str, *, names: Names, now: datetime, at: tuple[str, int]) -> Step:
    found = DEED.fullmatch(line)
    assert found is not None
    verb = VERBS.get(found[3])
    if verb is None:
        raise _unreadable(*at, line)
    parts = [part.strip() for part in (found[4] or "").split(" | ")]
    moment = _moment(found[1], now)
    try:
        return Step(moment, found[2], verb, _WORDS.get(verb, _nothing)(parts, names, moment))
    except (ValueError, KeyError, IndexError) as fault:
        raise _unreadable(*at, line) from fault


Words = Callable[[list[str], Names, datetime], dict[str, Any]]


def _nothing(parts: list[str], names: Names, at: datetime) -> dict[str, Any]:
    return {}


def _one(name: str) -> Words:
    """The whole line is one value."""
    return lambda parts, names, at: {name: parts[0]}


def _to_unit(parts: list[str], names: Names, at: datetime) -> dict[str, Any]:
    return {"unit": names.units[parts[0]], "reason": parts[1]}


def _duty(parts: list[str], names: Names, at: datetime) -> dict[str, Any]:
    return {"duty_item": parts[0], "reason": parts[1]}


def _answered_return(parts: list[str], names: Names, at: datetime) -> dict[str, Any]:
    """``接办 | reason`` or ``不接 row of the duty list | reason``."""
    word, _, item = parts[0].partition(" ")
    return {"takes": {"接办": True, "不接": False}[word], "duty_item": item, "reason": parts[1]}


def _ruled(parts: list[str], names: Names, at: datetime) -> dict[str, Any]:
    """``unit | row、row | reason``"""
    return {"unit": names.units[parts[0]], "duty_items": parts[1].split("、"), "reason": parts[2]}


def _consulted(parts: list[str], names: Names, at: datetime) -> dict[str, Any]:
    return {"units": [names.units[unit] for unit in parts[0].split("、")], "topic": parts[1]}


def _minutes(parts: list[str], names: Names, at: datetime) -> dict[str, Any]:
    """``minutes | unit:decision(MM-DD) | …``"""
    return {"minutes": parts[0], "decisions": [_decided(part, names) for part in parts[1:]]}


def _decided(text: str, names: Names) -> Decided:
    owner, words = text.split(":", 1)
    dated = re.fullmatch(r"(.*)\((\d\d)-(\d\d)\)", words)
    due_on = date(YEAR, int(dated[2]), int(dated[3])) if dated else None
    return Decided(dated[1] if dated else words, names.units[owner], due_on)


def _extension(parts: list[str], names: Names, at: datetime) -> dict[str, Any]:
    code, amount = parts[0].split()
    return {"reason_code": code, "amount": int(amount), "reason": parts[1]}


def _suspension(parts: list[str], names: Names, at: datetime) -> dict[str, Any]:
    """``reason code MM-DD HH:MM`` or ``reason code +9d``."""
    code, until = parts[0].split(" ", 1)
    ends = at + timedelta(days=int(until[1:-1])) if until.startswith("+") else _moment(until, at)
    return {"reason_code": code, "until": ends, "reason": parts[1]}


def _approval(parts: list[str], names: Names, at: datetime) -> dict[str, Any]:
    return {"approved": {"同意": True, "不同意": False}[parts[0]], "remark": parts[1] if len(parts) > 1 else ""}


def _grade(parts: list[str], names: Names, at: datetime) -> dict[str, Any]:
    return {"grade": {"简单": "simple", "一般": "ordinary", "疑难": "difficult"}[parts[0]], "reason": parts[1]}


def _verified(parts: list[str], names: Names, at: datetime) -> dict[str, Any]:
    return {"passed": {"通过": True, "不通过": False}[parts[0]], "text": parts[1]}


def _callback(parts: list[str], names: Names, at: datetime) -> dict[str, Any]:
    text = parts[1] if len(parts) > 1 else ""
    outcome = {"未联系上": "not_reached", "拒绝回访": "declined"}.get(parts[0], "reached")
    return {"outcome": outcome, "text": text, **(_judgement(parts[0]) if outcome == "reached" else {})}


def _judged(parts: list[str], names: Names, at: datetime) -> dict[str, Any]:
    return {**_judgement(parts[0]), "comment": parts[1] if len(parts) > 1 else ""}


def _judgement(text: str) -> dict[str, Any]:
    """``已解决 5`` or ``未解决 2``: solved, and how satisfied (1-5)."""
    solved, satisfied = text.split()
    return {"solved": {"已解决": True, "未解决": False}[solved], "satisfied": int(satisfied)}


def _corrected(parts: list[str], names: Names, at: datetime) -> dict[str, Any]:
    return {"category": parts[0], "reason": parts[1]}


def _merged(parts: list[str], names: Names, at: datetime) -> dict[str, Any]:
    return {"into": parts[0], "reason": parts[1]}


def _split(parts: list[str], names: Names, at: datetime) -> dict[str, Any]:
    """``reason | category:text | …``"""
    found = [part.split(":", 1) for part in parts[1:]]
    return {"reason": parts[0], "parts": [Part(text=text, category=category) for category, text in found]}


_WORDS: dict[str, Words] = {
    **dict.fromkeys(("note_progress", "ask_reporter", "supplement", "answer", "answer_interim"), _one("text")),
    **dict.fromkeys(("pull_back", "resume", "rework", "reopen", "withdraw", "raise_case"), _one("reason")),
    **dict.fromkeys(("decide_extension", "decide_suspension", "confirm_grade"), _approval),
    **dict.fromkeys(("assign", "escalate"), _to_unit),
    "strike_off": _one("remark"),
    "return_case": _duty,
    "answer_return": _answered_return,
    "designate": _ruled,
    "consult": _consulted,
    "conclude_consultation": _minutes,
    "request_extension": _extension,
    "request_suspension": _suspension,
    "propose_grade": _grade,
    "verify": _verified,
    "record_callback": _callback,
    "judge_answer": _judged,
    "correct": _corrected,
    "merge": _merged,
    "split": _split,
}
