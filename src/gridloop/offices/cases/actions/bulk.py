"""One verb on many cases: each case is a deed of its own, with its own success or refusal.

Nothing here can do what the verb alone could not: the scope, the state chart, the revision and the separation of duties are asked
case by case. A verb that must be thought about for each case (answer, verify, call back, merge) is not offered for many at once.

Guarantees: the cases are done in the order given; one that is refused stops no other; the same key does each case once, so a double
click or a form sent again gives the same results.

Worked example::

    do_to_each(by=desk, at=at, verb="assign", cases=[Chosen("r1", 3), Chosen("r2", 1)], told={"unit": "urban", "reason": "…"}, key=key)
    # [Result(number="20220523-000001", is_done=True, …), Result(number="…", is_done=False, sentence="城管中队已经是主办单位;…")]
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gridloop.core.access import Actor
from gridloop.core.errors import Broken, GridloopError, TooMuch, WrongInput
from gridloop.core.lifecycle import CASE
from gridloop.offices.archive.actions import once
from gridloop.offices.cases.actions.closing import archive_case, rework, strike_off
from gridloop.offices.cases.actions.dispatch import assign, correct, raise_case
from gridloop.offices.cases.actions.handling import accept, begin_work, note_progress
from gridloop.offices.cases.actions.requests import resume
from gridloop.offices.cases.models import Case
from gridloop.offices.cases.queries.finding import visible_to

MOST = 200
_ACTIONS: tuple[Callable[..., Any], ...] = (
    accept, begin_work, note_progress, assign, correct, raise_case, rework, resume, strike_off, archive_case,
)  # fmt: skip
VERBS: dict[str, Callable[..., Any]] = {action.__name__: action for action in _ACTIONS}
LABELS: dict[str, str] = {name: verb.label for name, verb in CASE.verbs.items() if name in VERBS}
_WITHOUT_REVISION = frozenset({"raise_case"})


@dataclass(frozen=True, slots=True)
class Chosen:
    """A case by its opaque ref, and the revision that was seen when it was ticked (None: whatever it is now)."""

    ref: str
    rev: int | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one case: done, or the sentence that refused it."""

    ref: str
    number: str
    title: str
    is_done: bool
    state: str
    sentence: str = ""
    code: str = ""


def do_to_each(
    *, by: Actor, at: datetime, verb: str, cases: Sequence[Chosen], told: Mapping[str, Any], key: str = ""
) -> list[Result]:
    """The verb was done to each case, or refused; a result for each, in order.

    Raises WrongInput for a verb that is not for many at once, or without a case; TooMuch beyond two hundred.
    """
    action = VERBS.get(verb)
    if action is None:
        raise WrongInput("cases.not_in_bulk", "这个动作要逐件办理,不能批量;请打开事项页面。", verb=verb)
    if not cases:
        raise WrongInput("cases.nothing_chosen", "请先勾选要处理的事项。", field="cases")
    if len(cases) > MOST:
        raise TooMuch(
            "cases.too_many_chosen", f"一次最多处理 {MOST} 件,现在选了 {len(cases)} 件;请分批。", field="cases"
        )
    return [_done(action, chosen, by=by, at=at, told=told, key=key) for chosen in _each_once(cases)]


def _each_once(cases: Sequence[Chosen]) -> list[Chosen]:
    return list({chosen.ref: chosen for chosen in cases}.values())


def _done(
    action: Callable[..., Any], chosen: Chosen, *, by: Actor, at: datetime, told: Mapping[str, Any], key: str
) -> Result:
    """One case, in a transaction of its own."""
    verb = action.__name__
    revision = {} if verb in _WITHOUT_REVISION else {"rev": chosen.rev}

    def do() -> dict[str, Any]:
        action(by=by, at=at, case=chosen.ref, **told, **revision)
        return {"verb": verb, "case": chosen.ref}

    content = {"verb": verb, "case": chosen.ref, **{name: str(value) for name, value in told.items()}}
    try:
        once(door=f"bulk:{by.ref}", key=f"{key}:{chosen.ref}" if key else "", content=content, at=at, do=do)
    except Broken:
        raise
    except GridloopError as refusal:
        return _result(chosen, by=by, is_done=False, sentence=refusal.sentence, code=refusal.code)
    return _result(chosen, by=by, is_done=True)


def _result(chosen: Chosen, *, by: Actor, is_done: bool, sentence: str = "", code: str = "") -> Result:
    """What may be told of the case: nothing of one outside the scope."""
    case = visible_to(by).filter(ref=chosen.ref).only("id", "filed_at", "title", "state").first()
    if case is None:
        left = "已办理;此件不再在您的责任范围内。" if is_done else sentence
        return Result(chosen.ref, "", "", is_done, "", left, code)
    return Result(chosen.ref, case.number, case.title, is_done, CASE.states[case.state], sentence, code)


def chosen_now(by: Actor, refs: Sequence[str]) -> list[Case]:
    """The chosen cases that the actor may see, in the order chosen, with lead; one query."""
    rows = {row.ref: row for row in visible_to(by).filter(ref__in=list(refs)[:MOST]).select_related("lead")}
    return [rows[ref] for ref in dict.fromkeys(refs) if ref in rows]
