"""Who is concerned by what happened to a case, and which suspensions are over: what the tick and the reactions ask."""

from __future__ import annotations

from datetime import datetime

from gridloop.offices.cases.models import Case, Consultation, Request
from gridloop.offices.cases.queries.finding import standing_of
from gridloop.offices.organisation.models import Person


def suspensions_over(street: str, *, at: datetime) -> list[str]:
    """The refs of suspended cases whose end has come, the oldest end first."""
    rows = Case.objects.filter(street=street, state="suspended", suspended_until__lte=at)
    return list(rows.order_by("suspended_until", "id").values_list("ref", flat=True))


def latest_request(case: Case, *, kind: str) -> Request | None:
    """The case's latest request of this kind (extension or suspension), with its requester."""
    return Request.objects.filter(case=case, kind=kind).select_related("requested_by").order_by("-id").first()


def latest_consultation(case: Case) -> Consultation | None:
    """The case's latest consultation, with its lead, its units and its decisions."""
    rows = Consultation.objects.filter(case=case).select_related("lead").prefetch_related("units", "decisions__owner")
    return rows.order_by("-id").first()


def handlers_of(case: Case) -> frozenset[int]:
    """Person ids of those who worked on the case, and so may not verify it."""
    return standing_of(case).handlers


def proposer_of_grade(case: Case) -> Person | None:
    """Who proposed the case's grade."""
    return Person.objects.filter(pk=case.graded_by).first() if case.graded_by else None
