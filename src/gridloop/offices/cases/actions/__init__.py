"""Every write of the cases, by noun: filing, handling, dispatch, requests, closing, groups, attaching, tables.

A window imports the verb it needs from here; nothing else writes a case.
"""

from gridloop.offices.cases.actions.attaching import attach
from gridloop.offices.cases.actions.closing import (
    archive_case,
    judge_answer,
    record_callback,
    reopen,
    rework,
    strike_off,
    verify,
    withdraw,
)
from gridloop.offices.cases.actions.dispatch import (
    Decided,
    assign,
    conclude_consultation,
    confirm_grade,
    consult,
    correct,
    escalate,
    propose_grade,
    pull_back,
    raise_case,
    return_case,
)
from gridloop.offices.cases.actions.filing import Filed, Filing, file_case, file_cases
from gridloop.offices.cases.actions.groups import Part, merge, split
from gridloop.offices.cases.actions.handling import (
    accept,
    answer,
    answer_interim,
    ask_reporter,
    begin_work,
    note_progress,
    supplement,
)
from gridloop.offices.cases.actions.requests import (
    decide_extension,
    decide_suspension,
    request_extension,
    request_suspension,
    resume,
)

__all__ = [
    "Decided", "Filed", "Filing", "Part", "accept", "answer", "answer_interim", "archive_case", "ask_reporter", "assign",
    "attach", "begin_work", "conclude_consultation", "confirm_grade", "consult", "correct", "decide_extension", "decide_suspension", "escalate",
    "file_case", "file_cases", "judge_answer", "merge", "note_progress", "propose_grade", "pull_back", "raise_case", "record_callback",
    "reopen", "request_extension", "request_suspension", "resume", "return_case", "rework", "split", "strike_off", "supplement",
    "verify", "withdraw",
]  # fmt: skip
