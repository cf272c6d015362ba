"""Putting adverse factors (不利因素) on the problem of a firm, and taking them off: who and when stands in the ledger."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import connection

from gridloop.core.access import Actor, relations
from gridloop.core.adverse import must_tag
from gridloop.core.errors import Refused, WrongInput
from gridloop.offices.archive.transaction import deed
from gridloop.offices.cases.actions.moves import noted
from gridloop.offices.cases.adverse_models import CaseFactor
from gridloop.offices.cases.models import Case
from gridloop.offices.cases.queries.adverse import factors_of, is_of_a_firm, offered_factors
from gridloop.offices.cases.queries.finding import scoped_case, standing_of


def tag_factors(*, by: Actor, at: datetime, case: str, factors: Collection[str]) -> Case:
    """Exactly these factors (codes) are on the case from now on. Raises NotFound, NotAllowed, WrongInput, Refused when nothing changes.

    What the street has retired meanwhile may stay on, but cannot be put on.
    """
    wanted = {code.strip() for code in factors if code.strip()}
    with deed():
        row = scoped_case(case, by=by)
        if connection.vendor != "sqlite":
            Case.objects.select_for_update().get(pk=row.pk)
        must_tag(by, relations(by, standing_of(row)))
        if not is_of_a_firm(row):
            raise Refused("adverse.not_a_firm", "不利因素只标在企业的问题上;请先写明是哪家企业。", case=row.ref)
        before, offered = {each.code: each for each in factors_of(row)}, offered_factors(row.street)
        added, removed = (
            [code for code in offered if code in wanted and code not in before],
            [code for code in before if code not in wanted],
        )
        unknown = wanted - set(offered) - set(before)
        if unknown:
            raise WrongInput("adverse.no_factor", "清单里没有这个不利因素,或已停用;请刷新页面重选。", field="factors")
        if not added and not removed:
            raise Refused("adverse.same", "没有改动:这些不利因素已经是这样。", case=row.ref)
        CaseFactor.objects.filter(pk__in=[before[code].pk for code in removed]).update(ended_at=at)
        CaseFactor.objects.bulk_create(
            [
                CaseFactor(case=row, code=code, name=offered[code], tagged_by=by.name[:60], tagged_at=at)
                for code in added
            ]
        )
        noted(
            "case.factors_tagged", row, by=by, at=at, added="、".join(offered[code] for code in added),
            removed="、".join(before[code].name for code in removed),
        )  # fmt: skip
    return row
