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
from gridloop.offices.cases.actions.consulting import finish_decision
from gridloop.offices.cases.actions.contact import withdraw_contact
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
)
from gridloop.offices.cases.actions.filing import Filed, Filing, file_case, file_cases, must_file
from gridloop.offices.cases.actions.groups import Part, merge, split, unmerge
from gridloop.offices.cases.actions.handling import (
    accept,
    answer,
    answer_interim,
    ask_reporter,
    begin_work,
    give_notice,
    note_progress,
    supplement,
)
from gridloop.offices.cases.actions.inspecting import (
    announce_sample,
    draw_samples,
    record_inspection,
    set_sampling_rule,
)
from gridloop.offices.cases.actions.joining import Joined, join_case
from gridloop.offices.cases.actions.links import (
    Sent,
    answer_outside,
    ask_outside_time,
    extend_outside,
    recall_outside,
    review_outside,
    send_outside,
    show_contacts_outside,
    take_back,
)
from gridloop.offices.cases.actions.overnight import list_overnight
from gridloop.offices.cases.actions.requests import (
    decide_extension,
    decide_suspension,
    request_extension,
    request_suspension,
    resume,
)
from gridloop.offices.cases.actions.returning import answer_return, deem_accepted, return_case, settle_return
from gridloop.offices.cases.actions.ruling import designate
from gridloop.offices.cases.actions.signs import reply_to_sign

__all__ = [
    "Decided",
    "Filed",
    "Filing",
    "Joined",
    "Part",
    "Sent",
    "accept",
    "announce_sample",
    "answer",
    "answer_interim",
    "answer_outside",
    "answer_return",
    "archive_case",
    "ask_outside_time",
    "ask_reporter",
    "assign",
    "attach",
    "begin_work",
    "conclude_consultation",
    "confirm_grade",
    "consult",
    "correct",
    "decide_extension",
    "decide_suspension",
    "deem_accepted",
    "designate",
    "draw_samples",
    "escalate",
    "extend_outside",
    "file_case",
    "file_cases",
    "finish_decision",
    "give_notice",
    "join_case",
    "judge_answer",
    "list_overnight",
    "merge",
    "must_file",
    "note_progress",
    "propose_grade",
    "pull_back",
    "raise_case",
    "recall_outside",
    "record_callback",
    "record_inspection",
    "reopen",
    "reply_to_sign",
    "request_extension",
    "request_suspension",
    "resume",
    "return_case",
    "review_outside",
    "rework",
    "send_outside",
    "set_sampling_rule",
    "settle_return",
    "show_contacts_outside",
    "split",
    "strike_off",
    "supplement",
    "take_back",
    "unmerge",
    "verify",
    "withdraw",
    "withdraw_contact",
]  # fmt: skip
