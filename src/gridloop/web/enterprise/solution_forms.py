"""The forms about needs and their solutions: gaps, bank products and matches, assisted matters, plans and their measures."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from gridloop.core.bank_match import COLLATERALS, PURPOSES
from gridloop.core.factor import FACTORS, UNITS
from gridloop.offices.enterprise.queries.solution_words import EFFECTS
from gridloop.web.enterprise.forms import FirmChoices
from gridloop.web.forms import StyledForm, day_field, line, words
from gridloop.web.wording import said

WAN = 10_000


def _number(label: Any, *, required: bool = True, hint: Any = "", least: float = 0.01) -> forms.DecimalField:
    return forms.DecimalField(
        label=label, required=required, help_text=hint, max_digits=15, decimal_places=2, min_value=least
    )  # type: ignore[arg-type]


def _rate(label: Any, *, required: bool = True) -> forms.DecimalField:
    return forms.DecimalField(label=label, required=required, max_digits=5, decimal_places=2, min_value=0, max_value=36)


def one_of(label: Any, *, required: bool = True, hint: Any = "") -> forms.ChoiceField:
    """A choice from a long list, narrowed by typing."""
    return forms.ChoiceField(
        label=label, required=required, help_text=hint, widget=forms.Select(attrs={"data-filter": ""})
    )


class LocalisedForm(StyledForm):
    """Its fixed lists are said in the language of the page when it is made; ``fixed`` names them by field."""

    fixed: ClassVar[dict[str, dict[str, str]]] = {}

    def __init__(self, *args: Any, choices: FirmChoices, **kwargs: Any) -> None:
        super().__init__(*args, choices=choices, **kwargs)  # type: ignore[arg-type]
        for name, labels in self.fixed.items():
            field: Any = self.fields[name]
            field.choices = [(code, said(label)) for code, label in labels.items()]


# -- factors ----------------------------------------------------------------------------------------------------------


class MeasuredForm(LocalisedForm):
    """Which factor, and how much of it."""

    factor = forms.ChoiceField(label=_("要素"), widget=forms.RadioSelect)
    gap = _number(_("缺口数量"), hint=_("按要素后面括号里的单位写。"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        factor: Any = self.fields["factor"]
        factor.choices = [(code, f"{said(label)}({said(UNITS[code])})") for code, label in FACTORS.items()]


class GapForm(MeasuredForm):
    text = words(_("说明"), required=False, hint=_("什么时候要、现在差在哪里。"))


class SolvedForm(StyledForm):
    solved = _number(_("解决数量"), least=0, hint=_("与缺口同一单位;一点没解决写 0。"))
    how = line(_("怎样解决的"), longest=300)


# -- banks ------------------------------------------------------------------------------------------------------------


class DemandForm(LocalisedForm):
    fixed: ClassVar[dict[str, dict[str, str]]] = {"purpose": PURPOSES, "collateral": COLLATERALS}
    offers: ClassVar[dict[str, str]] = {"forum": "bank_forums"}
    amount_wan = _number(_("需求金额(万元)"), least=0.1)
    purpose = forms.ChoiceField(label=_("用途"))
    term = forms.IntegerField(label=_("期限(月)"), min_value=1, max_value=360)
    collateral = forms.ChoiceField(label=_("担保方式"))
    forum = forms.ChoiceField(
        label=_("对接会"), required=False, help_text=_("在对接会上提出的,选那一场;一对一的不选。")
    )
    note = line(_("说明"), required=False, longest=300)


class ConsentGivenForm(StyledForm):
    name = line(_("谁授权的"), longest=40, hint=_("加密保存,页面上隐去,不写入台账。"))
    duty = line(_("职务"), longest=40, hint=_("例如:法定代表人、财务负责人。"))
    how = line(_("怎样授权的"), longest=120, hint=_("例如:当面签字、企业页面确认、电话录音。"))


class IntroduceForm(StyledForm):
    offers: ClassVar[dict[str, str]] = {"product": "products"}
    product = forms.ChoiceField(label=_("银行产品"), help_text=_("符合的排在前面;逐条理由见下。"))
    why = line(_("仍要介绍的理由"), required=False, longest=200, hint=_("只在产品不符合时要写。"))


class GrantForm(StyledForm):
    granted_wan = _number(_("授信金额(万元)"))
    rate = _rate(_("年利率(%)"), required=False)
    why = line(_("说明"), required=False, longest=200, hint=_("授信多于需求时要写。"))


class ReasonForm(StyledForm):
    reason = line(_("原因"), longest=300)


class DrawForm(StyledForm):
    drawn_wan = _number(_("放款金额(万元)"), hint=_("这一次放了多少;分几次放的,一次登记一笔。"))
    drawn_on = day_field(_("放款日期"), required=False, hint=_("不填就是今天。"))
    note = line(_("说明"), required=False, longest=200)
    rev = forms.IntegerField(
        required=False, min_value=0, widget=forms.HiddenInput
    )  # a second press of the button is no second drawing


class VoidDrawingForm(StyledForm):
    offers: ClassVar[dict[str, str]] = {"drawing": "drawings"}
    drawing = forms.ChoiceField(label=_("哪一次"))
    reason = line(_("原因"), longest=200, hint=_("登记错了才作废;作废的留在列表里,不再计入,正确的另行登记。"))
    rev = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)


class OfficerForm(StyledForm):
    offers: ClassVar[dict[str, str]] = {"officer": "people"}
    officer = one_of(_("交给谁"))


class ProductForm(StyledForm):
    bank = line(_("银行"), longest=80)
    name = line(_("产品"), longest=80)
    limit_wan = _number(_("最高额度(万元)"))
    rate_low = _rate(_("年利率自(%)"))
    rate_high = _rate(_("年利率至(%)"))
    longest = forms.IntegerField(label=_("最长期限(月)"), min_value=1, max_value=360)
    desk = line(_("对接窗口"), required=False, longest=120, hint=_("写部门和办公电话,不写个人手机。"))


# -- assisted matters -------------------------------------------------------------------------------------------------


class MatterForm(StyledForm):
    name = line(_("事项"), longest=80, hint=_("与已有事项同名,即为新版;在办的单子不变。"))
    steps = words(_("步骤"), rows=5, hint=_("一行一步,按先后。"))
    materials = words(_("必需的材料"), rows=5, hint=_("一行一项。"))
    optional = words(_("可有可无的材料"), rows=2, required=False, hint=_("一行一项。"))


class AcceptForm(StyledForm):
    offers: ClassVar[dict[str, str]] = {"matter": "matters", "helper": "people"}
    matter = forms.ChoiceField(label=_("事项"))
    helper = one_of(_("代办人"), required=False, hint=_("不选则由您代办。"))


class MaterialsForm(StyledForm):
    offers: ClassVar[dict[str, str]] = {"materials": "materials"}
    materials = forms.MultipleChoiceField(label=_("刚收到的材料"), widget=forms.CheckboxSelectMultiple)


class NoticeForm(StyledForm):
    how = line(_("怎样告知的"), longest=120, hint=_("缺的必需材料会全部列上,不用挑选。例如:当面书面告知。"))
    more = words(_("另外要求的材料"), rows=2, required=False, hint=_("清单上没有而确实要的,一行一项。"))
    reason = line(_("为什么再次要求"), required=False, longest=300, hint=_("只在第二次及以后由主管填写。"))


class StepDoneForm(StyledForm):
    note = line(_("办理情况"), required=False, longest=200)


class ResultForm(StyledForm):
    result = line(_("结果"), longest=300)


# -- plans ------------------------------------------------------------------------------------------------------------


class PlanForm(StyledForm):
    problems = words(_("主要困难"))
    goal = line(_("目标"), longest=300, hint=_("到复盘时希望怎样,尽量可以核对。"))
    review_on = day_field(_("下次复盘"))


class MeasureForm(StyledForm):
    offers: ClassVar[dict[str, str]] = {"owner": "people"}
    text = line(_("措施"), longest=300)
    owner = one_of(_("责任人"))
    due_on = day_field(_("期限"))
    before = line(_("之前"), required=False, longest=120, hint=_("现在怎样:文字,或一个数。"))
    unit = line(_("数的单位"), required=False, longest=12, hint=_("例如:人、万元。"))


class EffectForm(LocalisedForm):
    fixed: ClassVar[dict[str, dict[str, str]]] = {"result": EFFECTS}
    result = forms.ChoiceField(label=_("结果"), widget=forms.RadioSelect)
    after = line(_("之后"), required=False, longest=120, hint=_("完成了要写:现在怎样,文字或一个数。"))
    note = line(_("说明"), required=False, longest=300, hint=_("取消要写明为什么。"))


class MoveMeasureForm(StyledForm):
    due_on = day_field(_("新期限"))
    reason = line(_("理由"), longest=200)


class ForceForm(StyledForm):
    offers: ClassVar[dict[str, str]] = {"lead": "people", "members": "people"}
    lead = one_of(_("组长"))
    members = forms.MultipleChoiceField(
        label=_("成员"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("没选上的即退出专班。"),
    )


class ReviewForm(StyledForm):
    text = words(_("复盘情况"))
    next_on = day_field(_("下次复盘"))


class CloseForm(StyledForm):
    outcome = line(_("结果"), longest=500, hint=_("企业现在怎样,目标达到没有。"))
