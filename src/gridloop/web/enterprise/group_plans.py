"""分类施策: a plan for the firms of a place, an industry or a season; what the plan's own page shows of its group."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from gridloop.core.firm_access import may_arrange
from gridloop.offices.enterprise.actions.group_plans import open_group_plan
from gridloop.offices.enterprise.queries import group_plans
from gridloop.web.enterprise.forms import choices_of
from gridloop.web.enterprise.lists import must_read
from gridloop.web.enterprise.solution_forms import PlanForm, one_of
from gridloop.web.forms import day_field, line, tried
from gridloop.web.reader import Reader, staff
from gridloop.web.wording import said

SHOWN = 60
FORTNIGHT = timedelta(days=14)


class GroupPlanForm(PlanForm):
    """The group, then the plan."""

    offers: ClassVar[dict[str, str]] = {"grid": "grids", "industry": "industry_groups"}
    field_order: ClassVar[list[str]] = [
        "title",
        "grid",
        "industry",
        "starts_on",
        "ends_on",
        "problems",
        "goal",
        "review_on",
    ]
    title = line(gettext_lazy("名称"), longest=120, hint=gettext_lazy("例如:汽车行业二季度促销方案。"))
    grid = one_of(gettext_lazy("因地:地点"), required=False, hint=gettext_lazy("选中的网格和它下面的全部。"))
    industry = one_of(gettext_lazy("因业:行业"), required=False)
    starts_on = day_field(gettext_lazy("因时:自"), required=False)
    ends_on = day_field(gettext_lazy("因时:至"), required=False)


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def new(request: HttpRequest, reader: Reader) -> HttpResponse:
    """/enterprises/plans/groups/new/"""
    must_read(reader)
    street = reader.street.code
    first = {"review_on": reader.today + FORTNIGHT}
    choices = choices_of(street, at=reader.at)
    form: forms.Form = GroupPlanForm(request.POST or None, choices=choices, auto_id="plan-%s", initial=first)
    if request.method == "POST" and form.is_valid():
        made = tried(form, lambda: open_group_plan(by=reader.actor, at=reader.at, street=street, **form.cleaned_data))
        if made is not None:
            messages.success(request, _("方案已建立;请列出措施、责任人和期限。"))
            return redirect("firm_plan", made.ref)
    page = {"form": form, "may_arrange": may_arrange(reader.actor, street)}
    return render(request, "enterprise/group_plan_new.html", page, status=422 if form.is_bound else 200)


def group_shown(row: Any, reader: Reader) -> dict[str, Any]:
    """What the group's plan is for in words, and the firms that it holds for today."""
    group = group_plans.group_of(row)
    firms = group_plans.firms_of(row, by=reader.actor, today=reader.today)
    season = f"{group.starts_on:%Y-%m-%d} – {group.ends_on:%Y-%m-%d}" if group.starts_on and group.ends_on else ""
    industry = f"{group.industry} {said(group.industry_name)}" if group.industry else ""
    told = ((_("因地"), group.place_name), (_("因业"), industry), (_("因时"), season))
    return {
        "parts": [each for each in told if each[1]],
        "count": len(firms),
        "firms": firms[:SHOWN],
        "more": max(0, len(firms) - SHOWN),
    }
