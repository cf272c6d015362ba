"""The forms of resumption: the checklist, an application, a check, a test batch, a charter trip."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from gridloop.core.errors import WrongInput
from gridloop.core.resumption import STATES, TRIP_STATES
from gridloop.web.forms import StyledForm, day_field, line, words
from gridloop.web.visit_forms import pairs

FIRM_HINT = _("写全名、简称或统一社会信用代码。")


def count(label: Any, *, least: int = 0, required: bool = True) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=least, max_value=100_000, required=required)


class ChecklistForm(StyledForm):
    items = words(_("项目"), rows=10, longest=8000, hint=_("一行一项;已提交的申请仍按原来的清单。"))
    basis = line(_("依据"), longest=200, hint=_("例如:某某复工通知第几条。"))


class ApplyForm(StyledForm):
    enterprise = line(_("企业"), longest=120, hint=FIRM_HINT)
    planned_on = day_field(_("计划复工日"))
    staff = count(_("复工人数"), least=1)


class ReasonForm(StyledForm):
    reason = line(_("原因"), longest=200)


class RemedyForm(StyledForm):
    remedy = line(_("怎样整改的"), longest=200)


class BatchForm(StyledForm):
    enterprise = line(_("企业"), longest=120, hint=FIRM_HINT)
    tested_on = day_field(_("日期"))
    invited = count(_("应检"), least=1)
    tested = count(_("实检"))
    venue = line(_("地点"), required=False, longest=120)


class TripForm(StyledForm):
    """A coach; the firms stand one a line with their numbers."""

    offers: ClassVar = {"met_by": "people"}
    origin = line(_("出发地"), longest=80, hint=_("例如:信阳固始。"))
    leaves_on = day_field(_("出发日"))
    seats = count(_("座位"), least=1)
    firms = words(_("企业和人数"), rows=3, longest=2000, hint=_("一行一家:企业名称,人数。只写人数,不写姓名。"))
    vehicle = line(_("车辆"), required=False, longest=80)
    permit = line(_("通行手续"), required=False, longest=120)
    contact_there = line(_("出发地联系单位"), required=False, longest=120, hint=_("写单位和单位电话,不写个人号码。"))
    met_by = forms.ChoiceField(label=_("接站人"), required=False, widget=forms.Select(attrs={"data-filter": ""}))
    note = line(_("说明"), required=False, longest=200)

    def shares(self) -> Iterator[tuple[str, int]]:
        """Name and number, line by line. Raises WrongInput for a line that is not so."""
        lines = [each.strip() for each in self.cleaned_data["firms"].splitlines() if each.strip()]
        for number, each in enumerate(lines, 1):
            name, _mark, told = each.replace(",", ",").rpartition(",")
            told = told.strip().removesuffix("人").strip()
            if not name.strip() or not (told.isascii() and told.isdecimal()) or len(told) > 5:
                raise WrongInput("trips.line", f"第 {number} 行要写成“企业名称,人数”;请改正:{each[:40]}", field="firms")
            yield name.strip(), int(told)


class ArriveForm(StyledForm):
    arrived = count(_("到达人数"))
    note = line(_("说明"), required=False, longest=200)


class ResumptionsForm(StyledForm):
    state = forms.ChoiceField(label=_("状态"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["state"].choices = [("", _("不限")), *pairs(STATES)]  # type: ignore[attr-defined]


class PeriodForm(StyledForm):
    since = day_field(_("自"), required=False)
    until = day_field(_("至"), required=False)


class TripsForm(PeriodForm):
    state = forms.ChoiceField(label=_("状态"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["state"].choices = [("", _("不限")), *pairs(TRIP_STATES)]  # type: ignore[attr-defined]
