"""Who sees what is done about a firm's problem: whoever sees the firm, handles the case behind it, or has it in hand."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from gridloop.core.access import Actor
from gridloop.core.errors import NotFound, Outdated
from gridloop.offices.cases.models import Case
from gridloop.offices.cases.queries.finding import scoped_case
from gridloop.offices.cases.queries.finding import visible_to as cases_visible_to
from gridloop.offices.enterprise.models import Enterprise
from gridloop.offices.enterprise.queries import register
from gridloop.offices.enterprise.queries.cases import firm_of

PAGE = 200


def seen(rows: QuerySet[Any], by: Actor, *, own: Q | None = None, by_case: bool = True) -> QuerySet[Any]:
    """The rows that the actor may see; ``own`` names what they have in hand themselves."""
    if by.kind == "system":
        return rows
    allowed = Q(enterprise__in=register.visible_to(by).values("pk"))
    if by_case:
        allowed |= Q(case__in=cases_visible_to(by).values("pk"))
    if own is not None and by.person_id:
        allowed |= own
    return rows.filter(allowed, street=by.street)


def page_under(rows: QuerySet[Any], after: int, *, size: int) -> list[Any]:
    """The newest rows, or those older than the row of this key; one more than the size, which says that there are more."""
    found = rows.order_by("-pk")
    return list((found.filter(pk__lt=after) if after else found)[: size + 1])


def must_be_as_seen(row: Any, rev: int | None) -> None:
    """Nobody has changed the row since this revision of it was looked at; None asks nothing. Raises Outdated."""
    if rev is not None and rev != row.rev:
        raise Outdated("enterprise.outdated", "这一份刚刚被别人改过;请刷新页面,看过最新内容再决定。", rev=row.rev)


def firm_behind(enterprise: str, case: str, *, by: Actor) -> tuple[Enterprise, Case | None]:
    """The firm, told by its ref or by a case about it, and the case; a unit that handles the case need not see the firm otherwise.

    Raises NotFound, also for a case that is about no firm of the register, or about another one.
    """
    found = scoped_case(case, by=by) if case else None
    if found is None:
        return register.enterprise(enterprise, by=by), None
    firm = firm_of(found)
    if firm is None or (enterprise and enterprise not in (firm.ref, "")):
        raise NotFound(
            "enterprise.case_of_no_firm", "这件事项没有对应的企业档案,或属于另一家;请先在事项上关联企业。", case=case
        )
    return firm, found
