"""Which adverse factors (不利因素) a street offers, which are on a case, and which cases have one."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet

from gridloop.core import adverse
from gridloop.core.access import Actor, relations
from gridloop.offices.cases.adverse_models import AdverseFactor, CaseFactor
from gridloop.offices.cases.models import Case
from gridloop.offices.cases.queries.finding import standing_of

FROM_FIRMS = ("enterprise", "manager", "forum")


def is_of_a_firm(case: Case) -> bool:
    """Told by a firm, collected by a manager, asked at a forum, or filed for a firm."""
    return case.source in FROM_FIRMS or bool(case.enterprise)


def offered_factors(street: str) -> dict[str, str]:
    """By code: the name of each factor that can be put on a case now."""
    rows = list(AdverseFactor.objects.filter(street=street))
    retired = {row.code for row in rows if row.retired_at is not None}
    return adverse.in_force({row.code: row.name for row in rows}, retired=retired)


def known_factors(street: str) -> dict[str, str]:
    """As ``offered_factors``, with the retired ones behind: what was tagged before can still be asked for."""
    rows = list(AdverseFactor.objects.filter(street=street))
    own = {row.code: row.name for row in rows}
    offered = adverse.in_force(own, retired={row.code for row in rows if row.retired_at is not None})
    return offered | {code: name for code, name in {**adverse.SHIPPED, **own}.items() if code not in offered}


def factors_of(case: Case) -> list[CaseFactor]:
    """What is on the case now, in the order in which it was put on."""
    return list(CaseFactor.objects.filter(case=case, ended_at__isnull=True))


def may_tag(by: Actor, case: Case) -> bool:
    """May the actor put factors on the case?"""
    return is_of_a_firm(case) and bool(relations(by, standing_of(case)) & adverse.TAGS)


def tagged(code: str) -> QuerySet[CaseFactor]:
    """The tags of this factor that stand, for narrowing a list of cases."""
    return CaseFactor.objects.filter(code=code, ended_at__isnull=True)


def factors_on(cases: Iterable[int]) -> dict[int, set[str]]:
    """By case: the codes on it now; cases without any are left out."""
    found: dict[int, set[str]] = {}
    for case, code in CaseFactor.objects.filter(case__in=list(cases), ended_at__isnull=True).values_list(
        "case_id", "code"
    ):
        found.setdefault(case, set()).add(code)
    return found
