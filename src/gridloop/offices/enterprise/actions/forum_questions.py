"""What is asked at a forum: taken down, and a case on the same day.

``raise_questions`` does both in one transaction and is the usual way; ``take_question`` only notes it while people speak, and then the clock of
the day runs: what is no case at midnight is shown red. A case filed here has the source 恳谈会, its note-taker as first contact, and every clock
of its profile (交办不过夜) from that minute. Several firms may ask the same: then their questions share one case.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from gridloop.core.access import Actor
from gridloop.core.errors import GridloopError, NotFound, Refused, WrongInput
from gridloop.core.firm_access import must_serve, must_serve_or_speak
from gridloop.core.lifecycle import CLOSED_STATES
from gridloop.offices.archive.actions import record
from gridloop.offices.archive.transaction import deed
from gridloop.offices.cases.actions.filing import Filed, Filing, file_case, must_file
from gridloop.offices.cases.actions.moves import said
from gridloop.offices.cases.models import Case
from gridloop.offices.cases.queries.finding import visible_to as cases_visible_to
from gridloop.offices.cases.queries.naming import ref_of_number
from gridloop.offices.enterprise.actions.cases import file_need
from gridloop.offices.enterprise.actions.forums import must_have_begun
from gridloop.offices.enterprise.forum_models import Forum, ForumQuestion
from gridloop.offices.enterprise.queries import forums, register

MOST = 30
ANSWERED = ("answered", "verified", "cleared", "archived")
"""States of a case in which its answer stands."""


@dataclass(frozen=True, slots=True)
class QuestionTold:
    """One question: its words, the firm that asked (a ref; empty from the floor), the category if known."""

    text: str
    enterprise: str = ""
    category: str = ""


def take_question(*, by: Actor, at: datetime, forum: str, told: QuestionTold) -> ForumQuestion:
    """The question is noted and must be a case before the day is over.

    Raises WrongInput, NotFound for a forum or a firm outside the scope, Refused before the forum's day or when it was cancelled.
    """
    with deed():
        found = forums.forum(forum, by=by)
        must_serve(by, found.street)
        must_have_begun(found, at=at)
        firm = register.enterprise(told.enterprise, by=by) if told.enterprise else None
        if firm is not None and firm.street != found.street:
            raise WrongInput("forums.other_street", "这家企业不在本街道;请核对。", field="enterprise")
        row = ForumQuestion(
            forum=found, street=found.street, enterprise=firm, text=said(told.text), category=told.category.strip()[:120], asked_at=at,
            told_by_id=by.person_id or None,
        )  # fmt: skip
        row.save(force_insert=True)
        record(
            "forum.question_taken", by=by, at=at, street=found.street, subject=found.subject,
            payload={"question": row.ref, "title": found.title, "enterprise": firm.ref if firm else ""},
        )  # fmt: skip
    return row


def file_questions(*, by: Actor, at: datetime, forum: str, questions: Sequence[str] = ()) -> tuple[Filed, ...]:
    """Each of the questions (none named: all that are open) is a case now.

    All in one transaction: where one cannot be filed none is, and ``question`` in the error names its ref. Raises WrongInput when nothing is open.
    """
    with deed():
        found = forums.forum(forum, by=by)
        must_file(by, found.street)
        rows = list(_open(found).select_related("enterprise"))
        if questions:
            rows = [row for row in rows if row.ref in set(questions)]
        if not rows:
            raise WrongInput("forums.nothing_open", "没有要立的诉求:都已立为事项。", field="questions")
        filed = tuple(_file(row, found, by=by, at=at) for row in rows)
        ForumQuestion.objects.bulk_update(rows, ["case", "filed_at"])
        record(
            "forum.questions_filed", by=by, at=at, street=found.street, subject=found.subject,
            payload={"title": found.title, "count": len(rows), "cases": [each.case.number for each in filed],
                     "questions": [row.ref for row in rows]},
        )  # fmt: skip
    return filed


def _file(row: ForumQuestion, found: Forum, *, by: Actor, at: datetime) -> Filed:
    filing = Filing(text=row.text, source="forum", category=row.category)
    try:
        if row.enterprise is not None:
            filed = file_need(by=by, at=at, enterprise=row.enterprise.ref, filing=filing)
        else:
            filed = file_case(by=by, at=at, street=found.street, filing=filing)
    except GridloopError as error:
        error.fields["question"] = row.ref
        raise
    row.case, row.filed_at = filed.case, at
    return filed


def take_questions(*, by: Actor, at: datetime, forum: str, told: Sequence[QuestionTold]) -> list[ForumQuestion]:
    """All of them are noted, or none; ``number`` in an error counts from 1. Raises as ``take_question``."""
    if not 1 <= len(told) <= MOST:
        raise WrongInput("forums.how_many", f"一次登记 1 到 {MOST} 条诉求。", field="text")
    rows = []
    with deed():
        for number, each in enumerate(told, 1):
            try:
                rows.append(take_question(by=by, at=at, forum=forum, told=each))
            except GridloopError as error:
                error.fields["number"] = number
                raise
    return rows


def raise_questions(*, by: Actor, at: datetime, forum: str, told: Sequence[QuestionTold]) -> tuple[Filed, ...]:
    """The questions are noted and cases in the same moment. Raises as the two steps do."""
    with deed():
        rows = take_questions(by=by, at=at, forum=forum, told=told)
        return file_questions(by=by, at=at, forum=forum, questions=[row.ref for row in rows])


def join_question(*, by: Actor, at: datetime, question: str, like: str) -> ForumQuestion:
    """The question asks the same as another one that is a case, and shares that case. Raises Refused when it is a case already."""
    with deed():
        row, other = _open_question(question, by=by), forums.question(like, by=by)
        if other.case is None or other.street != row.street:
            raise WrongInput("forums.like_what", "请选一条已立为事项的诉求。", field="like")
        return _joined(row, other.case, by=by, at=at)


def attach_question(*, by: Actor, at: datetime, question: str, case: str) -> ForumQuestion:
    """What is asked is a case from before (its number), and the question hangs on to it. Raises NotFound outside the scope, Refused as above."""
    with deed():
        row = _open_question(question, by=by)
        ref = ref_of_number(row.street, case.strip())
        found = cases_visible_to(by).filter(street=row.street, ref=ref).first() if ref else None
        if found is None:
            raise NotFound("forums.no_case", f"没有找到事项 {case.strip()};请核对编号。", field="case")
        return _joined(row, found, by=by, at=at)


def _joined(row: ForumQuestion, case: Case, *, by: Actor, at: datetime) -> ForumQuestion:
    """The question hangs on to the case, or to the one it was merged into. Raises Refused for one that is over: nobody would look at it."""
    case = case.merged_into or case
    if case.state in CLOSED_STATES:
        raise Refused(
            "forums.case_over", f"事项 {case.number} 已经{case.get_state_display()};这次又提出来的,请另立一件。", field="case"
        )  # fmt: skip
    row.case, row.filed_at = case, at
    row.save(update_fields=["case", "filed_at"])
    record(
        "forum.question_joined", by=by, at=at, street=row.street, subject=row.forum.subject,
        payload={"question": row.ref, "title": row.forum.title, "case": case.number},
    )  # fmt: skip
    return row


def drop_question(*, by: Actor, at: datetime, question: str, reason: str) -> ForumQuestion:
    """Whoever asked takes it back, or it was noted by mistake; it is not counted. Raises WrongInput without a reason, Refused for a case."""
    why = said(reason, field="reason", longest=200)
    with deed():
        row = _open_question(question, by=by)
        row.dropped_at, row.dropped_because = at, why
        row.save(update_fields=["dropped_at", "dropped_because"])
        record(
            "forum.question_dropped", by=by, at=at, street=row.street, subject=row.forum.subject,
            payload={"question": row.ref, "title": row.forum.title, "reason": why},
        )  # fmt: skip
    return row


def judge_question(*, by: Actor, at: datetime, question: str, helped: bool, how: str, note: str = "") -> ForumQuestion:
    """The firm that asked says whether the answer answered it; said again, the last word holds and the ledger keeps both.

    Raises WrongInput for a no without a word, Refused before there is an answer or where no firm of the register asked.
    """
    how_said = said(how, field="how", longest=120)
    words = note.strip()[:300] if helped else said(note, field="note", longest=300)
    with deed():
        row = forums.question(question, by=by)
        must_serve_or_speak(by, row.street, row.enterprise.ref if row.enterprise else "")
        if row.enterprise is None:
            raise Refused("forums.nobody_asked", "这条诉求没有登记是哪家企业提的,不能替它评价。", question=question)
        if row.case is None or row.case.state not in ANSWERED:
            raise Refused("forums.no_answer_yet", "这条诉求还没有答复,答复以后再评价。", question=question)
        row.helped, row.judged_at, row.judged_how, row.judged_note = helped, at, how_said, words
        row.save(update_fields=["helped", "judged_at", "judged_how", "judged_note"])
        record(
            "forum.question_judged", by=by, at=at, street=row.street, subject=row.forum.subject,
            payload={"question": row.ref, "title": row.forum.title, "helped": helped, "how": how_said, "text": words},
        )  # fmt: skip
    return row


def _open_question(ref: str, *, by: Actor) -> ForumQuestion:
    """The question, not yet a case. Raises NotFound, NotAllowed, Refused."""
    row = forums.question(ref, by=by)
    must_serve(by, row.street)
    if row.case_id is not None or row.dropped_at is not None:
        raise Refused("forums.question_done", "这条诉求已立为事项或已撤回;请刷新页面。", question=ref)
    return row


def _open(found: Forum) -> QuerySet[ForumQuestion]:
    return found.questions.filter(case__isnull=True, dropped_at__isnull=True)
