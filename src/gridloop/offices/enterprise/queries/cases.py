"""The cases of an enterprise: those linked to it, and those filed under exactly its name, alias or code."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from gridloop.core.access import SYSTEM, Actor
from gridloop.core.lifecycle import LIVE_STATES
from gridloop.offices.cases.models import Case
from gridloop.offices.cases.queries.finding import visible_to
from gridloop.offices.enterprise.models import Enterprise


def cases_of(firm: Enterprise, *, by: Actor = SYSTEM) -> QuerySet[Case]:
    """The cases of the firm that the actor may see, the newest first; those of its duplicates too."""
    firms = [firm, *firm.duplicates.all()]
    linked = Q(enterprise_ref__in=[each.ref for each in firms])
    return visible_to(by).filter(linked | _by_name(firms), street=firm.street).order_by("-pk")


def firm_of(case: Case) -> Enterprise | None:
    """The firm a case is about: the one it is linked to, else the only one that is called exactly what the case says."""
    if case.enterprise_ref:
        return Enterprise.objects.filter(ref=case.enterprise_ref, street=case.street).first()
    if not case.enterprise:
        return None
    name, _, code = case.enterprise.rpartition("(")
    called = Q(name=case.enterprise) | Q(alias=case.enterprise) | Q(name=name, code=code.removesuffix(")"))
    found = list(Enterprise.objects.filter(called, street=case.street, merged_into__isnull=True)[:2])
    return found[0] if len(found) == 1 else None


def _by_name(firms: Iterable[Enterprise]) -> Q:
    """Filed without a link under what the firm is called: its name, its alias, or its name with the code behind (public reports)."""
    said = {each.name for each in firms} | {each.alias for each in firms if each.alias}
    said |= {f"{each.name}({each.code})" for each in firms}
    return Q(enterprise_ref="", enterprise__in=said)


def open_cases_of(firm: Enterprise, *, by: Actor = SYSTEM) -> QuerySet[Case]:
    """Those not yet struck off."""
    return cases_of(firm, by=by).filter(state__in=LIVE_STATES)
