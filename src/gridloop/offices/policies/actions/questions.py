"""Questions that firms ask about policies, with answers that name what they rest on."""

from __future__ import annotations

from datetime import datetime

from gridloop.core.access import Actor
from gridloop.core.errors import Outdated, WrongInput
from gridloop.core.policy_access import must
from gridloop.offices.archive.actions import record
from gridloop.offices.archive.transaction import deed
from gridloop.offices.policies.models import Policy, PolicyQuestion
from gridloop.offices.policies.queries.finding import policy as policy_of
from gridloop.offices.policies.queries.finding import question as question_of


def answer_question(
    *, by: Actor, at: datetime, street: str, question: str, answer: str, policy: str = "", clause: int | None = None, source: str = "",
    origin: str = "", is_example: bool = False,
) -> PolicyQuestion:  # fmt: skip
    """The question stands with its answer, to be found by everybody. ``policy`` is a ref, ``clause`` counts from 1.

    ``origin`` is the subject of what asked it (``forum_question:ref``), so that whoever holds the forum finds the answer there.

    Raises NotAllowed, NotFound, WrongInput when something is empty or the policy has no such clause.
    """
    must(by, "draft", street=street)
    asked, told = _said(question, "question", 300), _said(answer, "answer", 4000)
    with deed():
        cited = _cited(by, policy, clause)
        row = PolicyQuestion.objects.create(
            street=street, question=asked, answer=told, policy=cited, clause=clause if cited else None, source=source.strip()[:120],
            origin=origin[:60], asked_at=at, answered_by=by.label, is_example=is_example,
        )  # fmt: skip
        record("policy.question_answered", by=by, at=at, street=street, subject=row.subject, payload=_payload(row))
    return row


def change_question(
    *, by: Actor, at: datetime, question: str, asked: str, answer: str, policy: str = "", clause: int | None = None, rev: int | None = None
) -> PolicyQuestion:  # fmt: skip
    """The question or its answer is put better; what was before stands in the ledger. Raises NotFound, NotAllowed, WrongInput, Outdated."""
    new_question, new_answer = _said(asked, "question", 300), _said(answer, "answer", 4000)
    with deed():
        row = question_of(question, by=by)
        must(by, "draft", street=row.street)
        if rev is not None and rev != row.rev:
            raise Outdated("policies.outdated", "这项政策刚刚被别人改过;请刷新页面,看过最新内容再决定。", rev=row.rev)
        before = _payload(row)
        cited = _cited(by, policy, clause)
        row.question, row.answer, row.policy, row.clause, row.rev = (
            new_question,
            new_answer,
            cited,
            clause if cited else None,
            row.rev + 1,
        )
        row.save(update_fields=["question", "answer", "policy", "clause", "rev"])
        record(
            "policy.question_changed", by=by, at=at, street=row.street, subject=row.subject, payload={"before": before, "after": _payload(row)}
        )  # fmt: skip
    return row


def retire_question(*, by: Actor, at: datetime, question: str) -> PolicyQuestion:
    """The question is shown no more. Raises NotFound, NotAllowed."""
    with deed():
        row = question_of(question, by=by)
        must(by, "draft", street=row.street)
        row.retired_at = at
        row.save(update_fields=["retired_at"])
        record("policy.question_retired", by=by, at=at, street=row.street, subject=row.subject, payload=_payload(row))
    return row


def _said(text: str, field: str, longest: int) -> str:
    words = text.replace("\x00", "").strip()
    if len(words) < 2:
        raise WrongInput("policies.nothing_said", "请写一两句话。", field=field)
    if len(words) > longest:
        raise WrongInput("policies.said_too_long", f"内容有 {len(words)} 字,超过 {longest} 字;请精简。", field=field)
    return words


def _cited(by: Actor, ref: str, clause: int | None) -> Policy | None:
    if not ref:
        return None
    found = policy_of(ref, by=by)
    if clause is not None and not 1 <= clause <= len(found.clauses):
        raise WrongInput(
            "policies.no_such_clause", f"《{found.title}》只有 {len(found.clauses)} 条;请核对条款号。", field="clause"
        )
    return found


def _payload(row: PolicyQuestion) -> dict[str, object]:
    return {
        "question": row.question,
        "answer": row.answer,
        "policy": row.policy.ref if row.policy else "",
        "clause": row.clause,
        "origin": row.origin,
    }
