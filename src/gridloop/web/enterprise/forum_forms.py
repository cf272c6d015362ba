"""The forms about forums: announcing one, what is asked, minutes, figures, another day; and the 问答 that an answer becomes."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from gridloop.core.forum import ANSWERS, KINDS, STATES, WAYS
from gridloop.offices.enterprise.actions.forum_questions import QuestionTold
from gridloop.offices.enterprise.actions.forums import ForumTold
from gridloop.web.forms import Pairs, StyledForm, day_field, line, moment_field, words
from gridloop.web.visit_forms import pairs

WAN = Decimal(10_000)


class CalendarForm(StyledForm):
    """What the calendar is narrowed to."""

    kind = forms.ChoiceField(label=_("类别"), required=False)
    state = forms.ChoiceField(label=_("状态"), required=False)
    since = day_field(_("自"), required=False)
    until = day_field(_("至"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, found in (("kind", KINDS), ("state", STATES)):
            self.fields[name].choices = [("", _("不限")), *pairs(found)]  # type: ignore[attr-defined]


class AnnounceForm(StyledForm):
    """A forum to come."""

    offers: ClassVar = {"host": "units"}
    kind = forms.ChoiceField(label=_("类别"), widget=forms.RadioSelect)
    title = line(_("名称"), longest=120, hint=_("例如:汽车补贴活动推进会。"))
    topic = line(_("议题"), required=False, longest=300)
    way = forms.ChoiceField(label=_("方式"), widget=forms.RadioSelect)
    venue = line(_("地点"), required=False, longest=120, hint=_("全部在线上的可以不写。"))
    starts_at = moment_field(_("时间"))
    host = forms.ChoiceField(label=_("主办单位"), required=False, help_text=_("不选就是您的单位。"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, found in (("kind", KINDS), ("way", WAYS)):
            self.fields[name].choices = pairs(found)  # type: ignore[attr-defined]

    def told(self) -> ForumTold:
        return ForumTold(**self.cleaned_data)


class QuestionForm(StyledForm):
    """What was asked, by a firm of the list or from the floor."""

    offers: ClassVar = {"category": "categories"}
    text = words(_("诉求"), rows=2, hint=_("照原话记,不写个人电话和证件号。"))
    enterprise = forms.ChoiceField(label=_("谁提的"), required=False)
    category = forms.ChoiceField(label=_("类别"), required=False, help_text=_("不选则由系统建议。"))

    def __init__(self, *args: Any, guests: Pairs, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        firm: Any = self.fields["enterprise"]
        firm.choices = [("", _("现场其他人")), *guests]

    def told(self) -> QuestionTold:
        return QuestionTold(**self.cleaned_data)


class WalkInForm(StyledForm):
    enterprise = line(_("企业"), longest=120, hint=_("写全名、简称或统一社会信用代码。"))


class AnswerForm(StyledForm):
    """A firm's answer to the invitation."""

    enterprise = forms.CharField(widget=forms.HiddenInput, max_length=20)
    answer = forms.ChoiceField(label=_("企业的答复"), widget=forms.RadioSelect)
    how = line(_("怎样答复的"), required=False, longest=120, hint=_("例如:电话问了经理。"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["answer"].choices = pairs(ANSWERS, "yes", "no")  # type: ignore[attr-defined]


class MinutesForm(StyledForm):
    text = words(_("纪要"), rows=8, longest=8000, hint=_("会上说了什么、答应了什么;诉求另外逐条登记。"))


class ResultForm(StyledForm):
    """What an event brought; money is typed in 万元."""

    visitors = forms.IntegerField(label=_("参与人次"), required=False, min_value=0, max_value=100_000_000)
    sales = forms.DecimalField(
        label=_("成交额(万元)"), required=False, min_value=Decimal(0), max_digits=12, decimal_places=4
    )
    source = line(_("数据来源"), longest=120, hint=_("谁提供的,例如:商场运营方报送。"))

    def told(self) -> dict[str, Any]:
        given = self.cleaned_data
        sales = given["sales"]
        return {
            "visitors": given["visitors"], "sales": None if sales is None else sales * WAN, "source": given["source"],
        }  # fmt: skip


class MoveForm(StyledForm):
    starts_at = moment_field(_("改到"))
    venue = line(_("地点"), required=False, longest=120, hint=_("不写就不变。"))
    reason = line(_("原因"), longest=200)


class CancelForm(StyledForm):
    reason = line(_("原因"), longest=200)


class DropForm(StyledForm):
    reason = line(_("原因"), longest=200, hint=_("例如:企业当场撤回、重复记了一遍。"))


class JoinForm(StyledForm):
    like = forms.ChoiceField(label=_("与哪一条问的是同一件事"))

    def __init__(self, *args: Any, filed: Pairs, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["like"].choices = [("", _("请选择")), *filed]  # type: ignore[attr-defined]


class AttachForm(StyledForm):
    case = line(_("事项编号"), longest=40, hint=_("会前已经登记过的,写那一件的编号。"))


class ToAnswerForm(StyledForm):
    """The answer of a case, put so that everybody can use it, with the policy and clause that it rests on."""

    question = line(_("问题"), longest=300)
    answer = words(_("答复"), rows=4, longest=4000)
    policy = forms.ChoiceField(label=_("依据的政策"), required=False)
    clause = forms.IntegerField(label=_("第几条"), required=False, min_value=1, max_value=40)

    def __init__(self, *args: Any, policies: Pairs, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["policy"].choices = [("", _("不引政策")), *policies]  # type: ignore[attr-defined]
