"""The answer duty passes when its holder holds no post any more (``core.first_contact``). No other action touches it."""

from __future__ import annotations

from datetime import datetime

from gridloop.core.access import SYSTEM
from gridloop.core.first_contact import Passing, successor
from gridloop.core.lifecycle import LIVE_STATES
from gridloop.offices.archive.transaction import deed
from gridloop.offices.cases.actions.moves import noted
from gridloop.offices.cases.models import Case
from gridloop.offices.cases.queries.finding import scoped_case
from gridloop.offices.organisation import queries as organisation
from gridloop.offices.organisation.models import Person

MOST_AT_ONCE = 200


def pass_answer_duties(*, street: str, at: datetime) -> int:
    """Open cases whose answer duty lay on somebody without a post have a holder again; how many passed. Done by the tick."""
    held = organisation.held_now(street, at=at)
    gone = organisation.without_a_post(street, held)
    if not gone:
        return 0
    rows = Case.objects.filter(answerer_id__in=gone, state__in=LIVE_STATES, street=street)
    passed = 0
    for ref, former in rows.order_by("id").values_list("ref", "answerer_id")[:MOST_AT_ONCE]:
        to = successor(organisation.last_post(street, former, at=at), held, former=former)
        passed += to is not None and _passed(ref, former, to, at=at)
    return passed


def _passed(ref: str, former: int, to: Passing, *, at: datetime) -> bool:
    """Written once: of two ticks one wins."""
    with deed():
        if not Case.objects.filter(ref=ref, answerer_id=former).update(answerer_id=to.person):
            return False
        people = Person.objects.in_bulk([former, to.person])
        noted(
            "case.answer_duty_passed", scoped_case(ref, by=SYSTEM), by=SYSTEM, at=at, answers=people[to.person].name,
            answers_ref=people[to.person].ref, before=people[former].name, rule=to.why,
        )  # fmt: skip
        return True
