"""The lists around troubles: the days they are asked for, the hot ones and what came back in pages, and proposals with the cases they stand on.

Terms: a *period* is a span of whole days in the street's zone, the last one included; no longer than ten years, never beyond today.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, tzinfo

from django.db.models import QuerySet

from gridloop.core.access import Actor
from gridloop.core.errors import NotFound
from gridloop.offices.archive.keyset import Order
from gridloop.offices.cases.models import Case
from gridloop.offices.cases.queries.finding import visible_to
from gridloop.offices.cases.queries.troubles import TroubleFile, TroubleLine, standing_recurrences
from gridloop.offices.cases.trouble_models import ProjectProposal, Recurrence

USUAL_DAYS = 90
MOST_DAYS = 3660
EARLIEST = date(2000, 1, 1)
MOST_SHOWN = 200
MOST_GROUND = 200
LATEST_BACK = Order("noted_at")
LATEST_PROPOSED = Order("proposed_at")
COLDEST = 10**9


def period(since: date | None, until: date | None, *, today: date) -> tuple[date, date]:
    """The days that are meant: what is missing is the last ninety days; what cannot be is brought to the nearest that can."""
    last = max(min(until or today, today), EARLIEST)
    first = since or last - timedelta(days=USUAL_DAYS)
    return max(min(first, last), last - timedelta(days=MOST_DAYS)), last


def bounds(since: date, until: date, zone: tzinfo) -> tuple[datetime, datetime]:
    """The moments between which the days lie, the last one included."""
    return datetime.combine(since, time(), tzinfo=zone), datetime.combine(
        until + timedelta(days=1), time(), tzinfo=zone
    )


def heat_key(line: TroubleLine) -> str:
    """Where the trouble stands in a list by its heat, the hottest first: a text that sorts so, and is told from every other."""
    return f"{COLDEST - round(line.heat.score * 10):010d}.{line.ref}"


def recurring(actor: Actor, *, street: str, since: datetime, until: datetime, after: str = "", size: int = MOST_SHOWN) -> list[Recurrence]:  # fmt: skip
    """What came back after strike-off in the period, the latest first."""
    seen = visible_to(actor).filter(street=street, filed_at__gte=since, filed_at__lt=until)
    return LATEST_BACK.page(standing_recurrences().filter(case__in=seen), after=after, size=size)


def proposals(actor: Actor, *, street: str, after: str = "", size: int = MOST_SHOWN) -> list[ProjectProposal]:
    """The project proposals about cases that the reader may see, the latest first."""
    return LATEST_PROPOSED.page(_seen(actor).filter(street=street), after=after, size=size)


def proposal(actor: Actor, ref: str, *, street: str = "") -> ProjectProposal:
    """One proposal. Raises NotFound outside the reader's scope."""
    found = _seen(actor).filter(ref=ref).first()
    if found is None or (street and found.street != street):
        raise NotFound("troubles.no_proposal", "没有这份立项建议,或不在您的责任范围内。", proposal=ref)
    return found


def cases_of(row: ProjectProposal, *, by: Actor) -> list[Case]:
    """The proposal's cases within the reader's reach, the oldest first."""
    return list(visible_to(by).filter(proposals=row).select_related("lead").order_by("id"))


def ground_of(found: TroubleFile) -> list[Case]:
    """The cases that a proposal about the trouble stands on: its cases, each after the one it came back from; the latest when there are many."""
    told = [each for member in found.members for each in (member.earlier, member.case) if each is not None]
    return list(dict.fromkeys(told))[-MOST_GROUND:]


def _seen(actor: Actor) -> QuerySet[ProjectProposal]:
    about = ProjectProposal.cases.through.objects.filter(case__in=visible_to(actor)).values("projectproposal")
    return ProjectProposal.objects.filter(pk__in=about).select_related("proposed_by", "decided_by")
