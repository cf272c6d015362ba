"""A second telling of the same trouble joins the case that is open already, instead of opening another.

The one who tells it gets a receipt, an answer and a callback of their own; the case keeps its unit and its clocks. Strike-off by
confirmation then waits for this reporter too.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from gridloop.core.access import FILES_CASES, Actor
from gridloop.core.errors import NotAllowed, Refused
from gridloop.core.lifecycle import OPEN_STATES, STATES
from gridloop.offices.archive.identifiers import new_secret
from gridloop.offices.archive.transaction import deed
from gridloop.offices.cases.actions.filing import Filing, report_for, said_in
from gridloop.offices.cases.actions.moves import moved, noted
from gridloop.offices.cases.models import Case
from gridloop.offices.cases.queries.finding import scoped_case


@dataclass(frozen=True, slots=True)
class Joined:
    """The case that was joined, the secret of the new reporter's follow-up page (told once), and the report's ref."""

    case: Case
    receipt: str
    report: str


def join_case(*, by: Actor, at: datetime, case: str, filing: Filing) -> Joined:
    """The telling stands in the case as a further report. What it says of place and category changes nothing.

    Raises NotFound outside the scope, NotAllowed for a post that files nothing, Refused for a case that is no longer open, WrongInput
    as filing does.
    """
    with deed():
        found = scoped_case(case, by=by)
        if not by.roles(found.street) & FILES_CASES:
            raise NotAllowed("cases.may_not_file", "您的岗位不登记事项;请联系值班受理岗。")
        if found.state not in OPEN_STATES:
            sentence = f"此件现在是“{STATES[found.state]}”,不能再并入新的反映;请另行登记。"
            raise Refused("cases.join_closed", sentence, field="same")
        text, _title = said_in(filing)
        receipt = new_secret()
        report = report_for(filing, text, found, receipt, at)
        report.case = found
        report.save(force_insert=True)
        moved(found)
        noted("case.joined", found, by=by, at=at, report=report.ref, source=filing.source, text_sha256=sha256(text.encode()).hexdigest())  # fmt: skip
    return Joined(found, receipt, report.ref)
