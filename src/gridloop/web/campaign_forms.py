"""The forms of the campaigns; the steps of a plan are typed as people write them, one a line with its day."""

from __future__ import annotations

import re
from datetime import date
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from gridloop.offices.campaigns.queries import DUTIES, GROUP_KINDS, KINDS
from gridloop.web.forms import StyledForm, day_field, line, moment_field, words
from gridloop.web.sentences import spoken

STEP = re.compile(r"(\d{4}-\d\d-\d\d)[\s::]+(.+)")


WHY = _("原因")


def reason(label: Any = WHY) -> forms.CharField:
    return line(label, hint=_("不少于 4 个字,会留在台账里。"))


class CampaignForm(StyledForm):
    """What a campaign is: its name, basis, dates, scheme."""

    name = line(_("名称"), longest=80)
    kind = forms.ChoiceField(label=_("类别"))
    basis = line(_("依据"), hint=_("文件名称和文号。"))
    starts_on, ends_on = day_field(_("自")), day_field(_("至"))
    scheme = words(_("实施方案"), required=False, rows=4, longest=4000)
    data_policy = line(_("个人信息处理"), hint=_("收集哪些、结束后怎样处理;不收集也要写明。"))
    shown_period = line(
        _("通报期间"), required=False, longest=24, hint=_("页面默认显示的期间,例如 2022H1+2022-05-29;不写就是今年以来。")
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choose(self, "kind", KINDS)


class NewCampaignForm(CampaignForm):
    field_order = ("code", "name", "kind", "parent")
    code = forms.SlugField(label=_("代码"), max_length=40, help_text=_("小写英文字母,会出现在网址里。"))
    parent = forms.ChoiceField(label=_("上级专项"), required=False)
    offers: ClassVar[dict[str, str]] = {"parent": "campaigns"}
    empty_choice: ClassVar[Any] = _("没有")


class ChangeForm(CampaignForm):
    reason = reason()


class ReasonForm(StyledForm):
    reason = reason()


class GroupForm(StyledForm):
    offers: ClassVar[dict[str, str]] = {"lead": "units", "subject": "subjects"}
    kind = forms.ChoiceField(label=_("类别"))
    name = line(_("名称"), longest=60)
    lead = forms.ChoiceField(label=_("牵头单位"))
    duty = line(_("职责"), required=False)
    subject = forms.ChoiceField(label=_("对象"), required=False, help_text=_("只有重点项目(企业)专班要选。"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choose(self, "kind", GROUP_KINDS)


class MemberForm(StyledForm):
    offers: ClassVar[dict[str, str]] = {"unit": "units", "person": "people"}
    unit = forms.ChoiceField(label=_("成员单位"), required=False)
    person = forms.ChoiceField(label=_("人员"), required=False, widget=forms.Select(attrs={"data-filter": ""}))
    duty = forms.ChoiceField(label=_("职务"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choose(self, "duty", DUTIES)


class TargetForm(StyledForm):
    """About one of several rows of the page."""

    target = forms.CharField(widget=forms.HiddenInput, max_length=32)


class LeaveForm(TargetForm):
    reason = line(_("原因"))


class TaskForm(StyledForm):
    text = line(_("任务"), longest=200)
    due_on = day_field(_("期限"))


class OutcomeForm(TargetForm):
    outcome = line(_("完成的情况"))


class MeetingForm(StyledForm):
    held_at = moment_field(_("时间"))
    topic = line(_("议题"), longest=120)
    minutes = words(_("纪要"), rows=4, longest=4000)


class ActivityForm(StyledForm):
    offers: ClassVar[dict[str, str]] = {"owner": "units", "group": "groups"}
    title = line(_("名称"), longest=80)
    aim = line(_("目标"))
    owner = forms.ChoiceField(label=_("责任单位"))
    group = forms.ChoiceField(label=_("工作组"), required=False)
    starts_on, ends_on = day_field(_("自")), day_field(_("至"))
    steps = words(_("步骤"), required=False, rows=4, hint=_("一行一个:先写日期,再写内容,例如 2022-03-01 印发通知。"))

    def clean_steps(self) -> tuple[tuple[str, date], ...]:
        """Text and day of each line. A line that cannot be read is named."""
        found = []
        for number, written in enumerate(self.cleaned_data["steps"].splitlines(), start=1):
            if not written.strip():
                continue
            read = STEP.fullmatch(written.strip())
            try:
                found.append((read.group(2), date.fromisoformat(read.group(1))))  # type: ignore[union-attr]
            except (AttributeError, ValueError) as fault:
                said = _("第 %(number)d 行读不懂;请写成“2022-03-01 印发通知”。") % {"number": number}
                raise forms.ValidationError(said) from fault
        return tuple(found)


class ChangeActivityForm(ActivityForm):
    reason = reason()


class ResultForm(StyledForm):
    result = words(_("结果"), rows=2, longest=500)


class LinkForm(StyledForm):
    offers: ClassVar[dict[str, str]] = {"campaign": "campaigns"}
    campaign = forms.ChoiceField(label=_("也计入"))
    reason = reason(_("理由"))


def _choose(form: forms.Form, name: str, labels: dict[str, str]) -> None:
    field: Any = form.fields[name]
    field.choices = [(code, spoken(label)) for code, label in labels.items()]
