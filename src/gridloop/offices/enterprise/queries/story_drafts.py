"""A struck-off problem of a firm as the draft of its story (``core.story_draft``): only for those who serve firms, only what the record says."""

from __future__ import annotations

from dataclasses import dataclass

from gridloop.core.access import Actor
from gridloop.core.errors import Refused
from gridloop.core.firm_access import may_serve, must_serve
from gridloop.core.story_draft import Draft, StoryFacts, draft
from gridloop.offices.archive.queries import timeline
from gridloop.offices.cases.models import Callback, Case, Participation, Report
from gridloop.offices.cases.queries.finding import scoped_case
from gridloop.offices.enterprise.models import Enterprise
from gridloop.offices.enterprise.queries.cases import firm_of

STRUCK_OFF = frozenset({"cleared", "archived"})
MOST_MEASURES = 6


@dataclass(frozen=True, slots=True)
class StoryDraft:
    """The draft with the firm and the case that it is of."""

    firm: Enterprise
    case: Case
    draft: Draft


def may_draft(case: Case, *, by: Actor) -> bool:
    """Is it a firm's problem that has been struck off, and does the actor write stories?"""
    return case.state in STRUCK_OFF and may_serve(by, case.street) and firm_of(case) is not None


def story_draft(case: str, *, by: Actor) -> StoryDraft:
    """The draft. Raises NotFound, NotAllowed, Refused while the case is open or when it is no firm's of the register."""
    row = scoped_case(case, by=by)
    must_serve(by, row.street)
    firm = firm_of(row)
    if row.state not in STRUCK_OFF or firm is None:
        raise Refused("stories.not_struck_off", "只有在册企业已销号的事项才能写成故事。", case=row.ref)
    return StoryDraft(firm, row, draft(_facts(row)))


def _facts(row: Case) -> StoryFacts:
    reports = list(Report.objects.filter(case=row))
    calls = list(Callback.objects.filter(case=row, outcome="reached").select_related("by"))
    told = [entry.payload.get("text", "") for entry in timeline(row.subject) if entry.kind == "case.progressed"]
    handlers = Participation.objects.filter(case=row, person__isnull=False).select_related("person")
    names = (
        [each.name for each in reports]
        + [each.by.name for each in calls]
        + [each.person.name for each in handlers if each.person]
    )
    said = next((each for each in [*(call.text for call in calls), *(each.comment for each in reports)] if each), "")
    solved = any(each.solved for each in calls) or any(each.solved for each in reports)
    return StoryFacts(
        row.title, row.text, tuple(each for each in told if each)[-MOST_MEASURES:], row.answer, solved, said,
        (*names, row.first_contact.name, row.answerer.name),
    )  # fmt: skip
