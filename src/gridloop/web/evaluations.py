"""/campaigns/<code>/evaluation/ and /indicators/satisfaction/: how firms' problems fared by unit, and what firms said; never by person."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from gridloop.core.campaign import may_lead
from gridloop.core.errors import NotFound
from gridloop.core.period import Period
from gridloop.offices.campaigns import queries as campaigns
from gridloop.offices.indicators import campaigning, freezing
from gridloop.offices.indicators.asked import Asked
from gridloop.offices.indicators.evaluating import MEASURES, evaluate, satisfaction
from gridloop.web.indicators import offered_periods, period_asked, said
from gridloop.web.reader import Reader, staff


@require_safe
@staff
def evaluation(request: HttpRequest, reader: Reader, code: str) -> HttpResponse:
    """/campaigns/<code>/evaluation/?period=2022Q1"""
    row, period = _asked(request, reader, code)
    asked = Asked(reader.actor, row.street, period, reader.at)
    groups = campaigns.groups_of(row, kinds=("group",))
    led: dict[int, list[str]] = {}
    for each in groups:
        led.setdefault(each.group.lead_id, []).append(each.group.name)
    everything, *units = evaluate(asked)
    page = _frame(row, period) | {
        "everything": everything, "units": [(each, led.get(each.unit.pk if each.unit else 0, [])) for each in units], "measures": MEASURES,
        "standings": [(each, said(Period.parse(each.period))) for each in campaigning.placed(row, by=reader.actor, period=period)],
        "offered": [(each.code, said(each)) for each in _offered(reader, row, period)],
    }  # fmt: skip
    return render(request, "campaigns/evaluation.html", page | _frozen_ones(reader, row, period))


def _offered(reader: Reader, row: Any, period: Period) -> list[Period]:
    """The usual periods, and the last whole one of the kind that the rules speak of."""
    rules = next(iter(freezing.versions(row)), None)
    over = [Period.of(rules.period_kind, reader.today).before] if rules else []
    return list(dict.fromkeys([*offered_periods(reader, period), *over]))


def _frozen_ones(reader: Reader, row: Any, period: Period) -> dict[str, Any]:
    """The rules that hold for the period, what was frozen, and whether the reader may freeze this one."""
    found, rules = freezing.frozen_of(row), freezing.rules_on(row, period.first)
    newest = {each.period: each for each in reversed(found)}
    today = reader.today
    fits = rules is not None and period.until is None and period.kind == rules.period_kind and period.last < today
    return {
        "rules": rules, "frozen": [(each, said(Period.parse(each.period))) for each in sorted(newest.values(), key=lambda each: each.last_on, reverse=True)],
        "is_frozen": newest.get(period.code), "may_freeze": fits and may_lead(reader.actor, row.street) and period.code not in newest,
    }  # fmt: skip


@require_safe
@staff
def evaluation_of_unit(request: HttpRequest, reader: Reader, code: str, unit: str) -> HttpResponse:
    """/campaigns/<code>/evaluation/<unit>/: the cases behind a unit's rates."""
    row, period = _asked(request, reader, code)
    found = [each for each in evaluate(Asked(reader.actor, row.street, period, reader.at)) if each.unit and each.unit.ref == unit]  # fmt: skip
    if not found:
        raise NotFound("campaigns.no_unit", "这一期没有这个单位的企业问题;请换一个期间。", unit=unit)
    return render(request, "campaigns/evaluation_unit.html", _frame(row, period) | {"found": found[0], "measures": MEASURES})  # fmt: skip


def _asked(request: HttpRequest, reader: Reader, code: str) -> tuple[Any, Period]:
    row = campaigns.campaign_by_code(code, by=reader.actor, street=reader.street.code)
    return row, campaigning.period_shown(row, at=reader.at, asked=request.GET.get("period", "")[:24])


def _frame(row: Any, period: Period) -> dict[str, Any]:
    return {"campaign": row, "period": period, "period_said": said(period), "query": f"?period={quote(period.code)}"}


@require_safe
@staff
def satisfied(request: HttpRequest, reader: Reader) -> HttpResponse:
    """/indicators/satisfaction/?period=2022H1: reached, not reached, declined, and the rate of those reached."""
    period = period_asked(request, reader)
    everything, by_unit, by_month = satisfaction(Asked(reader.actor, reader.street.code, period, reader.at))
    page = {
        "period": period, "period_said": said(period), "everything": everything, "by_unit": by_unit, "by_month": by_month,
        "offered": [(each.code, said(each)) for each in offered_periods(reader, period)],
    }  # fmt: skip
    return render(request, "indicators/satisfaction.html", page)
