"""The forms of the projects. Money is typed in 亿元 or 万元, as people say it, and kept in 元."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from gridloop.offices.projects.queries.words import FACTORS, LIBRARIES, PRIORITIES, SECTORS, UNITS
from gridloop.web.forms import MonthInput, StyledForm, day_field, line, words
from gridloop.web.sentences import spoken

YI, WAN = Decimal(100_000_000), Decimal(10_000)


def money(label: Any, *, hint: Any = "", least: int = 0) -> forms.DecimalField:
    return forms.DecimalField(label=label, min_value=least, max_digits=14, decimal_places=6, help_text=hint)


class ProjectForm(StyledForm):
    """A project's record."""

    offers: ClassVar[dict[str, str]] = {"unit": "units", "grid": "grids"}
    name = line(_("项目名称"), longest=120)
    owner = line(_("建设单位"), longest=120)
    unit = forms.ChoiceField(label=_("责任单位"))
    sector = forms.ChoiceField(label=_("类别"))
    total_yi = money(_("总投资(亿元)"))
    priority = forms.ChoiceField(label=_("重点级别"), required=False)
    content = words(_("建设内容"), required=False, rows=2)
    grid = forms.ChoiceField(label=_("网格"), required=False)
    address = line(_("地址"), required=False, longest=200)
    approval = line(_("立项或备案文号"), required=False, longest=80)
    site_ready = forms.TypedChoiceField(
        label=_("用地落实"), required=False, choices=[("", _("未说明")), ("yes", _("是")), ("no", _("否"))],
        coerce=lambda said: said == "yes", empty_value=None,
    )  # fmt: skip
    permit = line(_("施工许可证号"), required=False, longest=80)
    start_planned_on, finish_planned_on = (
        day_field(_("计划开工"), required=False),
        day_field(_("计划竣工"), required=False),
    )
    started_on, finished_on = day_field(_("实际开工"), required=False), day_field(_("实际竣工"), required=False)
    produced_on, counted_on = day_field(_("投产"), required=False), day_field(_("入统"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choose(self, "sector", SECTORS)
        _choose(self, "priority", PRIORITIES, empty=_("不是重点"))

    def told(self) -> dict[str, Any]:
        """The fields of the action's ``Told``."""
        said = dict(self.cleaned_data)
        return said | {"total": said.pop("total_yi") * YI}


class MoveForm(StyledForm):
    to = forms.ChoiceField(label=_("移到"))
    on = day_field(_("实际日期"), required=False)
    reason = line(_("理由"))

    def __init__(self, *args: Any, libraries: tuple[str, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choose(self, "to", {code: LIBRARIES[code] for code in libraries})


class PlanForm(StyledForm):
    year = forms.IntegerField(label=_("年度"), min_value=2000, max_value=2100)
    amount_wan = money(_("年度计划投资(万元)"), hint=_("从起始月起平均分到各月。"))
    first = forms.IntegerField(label=_("起始月"), min_value=1, max_value=12, initial=1)


class MonthForm(StyledForm):
    month = forms.DateField(label=_("月份"), input_formats=["%Y-%m"], widget=MonthInput)
    invested_wan = money(_("本月完成投资(万元)"))
    note = line(_("形象进度"), required=False)
    reason = line(_("更正原因"), required=False, hint=_("这个月报过的,要写为什么更正。"))


class NeedForm(StyledForm):
    offers: ClassVar[dict[str, str]] = {"category": "categories"}
    empty_choice: ClassVar[Any] = _("按要素自动选")
    factor = forms.ChoiceField(label=_("要素"))
    gap = forms.DecimalField(label=_("缺口数量"), max_digits=14, decimal_places=2, min_value=Decimal("0.01"))
    text = words(_("情况"), rows=2)
    category = forms.ChoiceField(label=_("类别"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["factor"]
        field.choices = [(code, f"{spoken(label)}({spoken(UNITS[code])})") for code, label in FACTORS.items()]


class ObstacleForm(StyledForm):
    offers: ClassVar[dict[str, str]] = {"category": "categories"}
    empty_choice: ClassVar[Any] = _("按内容自动选")
    text = words(_("什么挡住了项目"), rows=2)
    category = forms.ChoiceField(label=_("类别"), required=False)


class DropForm(StyledForm):
    reason = line(_("出库原因"))


class CriteriaForm(StyledForm):
    """Which facts must be known (or, for a yes or no, be yes) before a project enters a library."""

    library = forms.ChoiceField(label=_("库"))
    facts = forms.MultipleChoiceField(label=_("必须具备"), required=False, widget=forms.CheckboxSelectMultiple)
    reason = line(_("依据"), hint=_("例如:项目管理办法第三条。"))

    def __init__(self, *args: Any, facts: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choose(self, "library", LIBRARIES)
        _choose(self, "facts", facts)


def _choose(form: forms.Form, name: str, labels: dict[str, str], *, empty: Any = None) -> None:
    field: Any = form.fields[name]
    field.choices = [*([("", empty)] if empty else []), *((code, spoken(label)) for code, label in labels.items())]
