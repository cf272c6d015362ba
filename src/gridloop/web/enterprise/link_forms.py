"""The forms of 企企联建: an offer or a need, a firm's answer, the introduction, the outcome, a lead, a story."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from gridloop.core.matching import KINDS, SIDES
from gridloop.offices.enterprise.actions.links import ListingTold
from gridloop.offices.enterprise.queries.words import LEAD_STATES
from gridloop.web.forms import Pairs, StyledForm, day_field, line, words, yes_or_no
from gridloop.web.visit_forms import pairs


class ListingForm(StyledForm):
    """What a firm needs or offers."""

    enterprise = line(_("企业"), longest=120, hint=_("写全名、简称或统一社会信用代码。"))
    side = forms.ChoiceField(label=_("供或需"), widget=forms.RadioSelect)
    kind = forms.ChoiceField(label=_("类别"))
    words = words(_("说明"), rows=3, longest=500, hint=_("要什么、能给什么;不写个人姓名和电话。"))
    tags = line(_("标签"), required=False, longest=120, hint=_("几个词,用逗号或空格隔开;牵线时按共同的标签算分。"))
    valid_until = day_field(_("有效期至"))
    agreed_how = line(
        _("企业怎样同意参加的"), required=False, longest=120, hint=_("已在企业页面记过同意的不用写;例如:当面签字。")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["side"].choices = pairs(SIDES)  # type: ignore[attr-defined]
        self.fields["kind"].choices = [("", _("请选择")), *pairs(KINDS)]  # type: ignore[attr-defined]

    def told(self) -> ListingTold:
        given = self.cleaned_data
        return ListingTold(given["side"], given["kind"], given["words"], given["valid_until"], tags_of(given["tags"]))


def tags_of(text: str) -> tuple[str, ...]:
    """The tags of a line, whatever they are separated by."""
    for mark in ",、;;,":
        text = text.replace(mark, " ")
    return tuple(text.split())


class ReasonForm(StyledForm):
    reason = line(_("原因"), longest=200)


class AnswerForm(StyledForm):
    """One firm's word about this introduction."""

    enterprise = forms.CharField(widget=forms.HiddenInput, max_length=20)
    willing = yes_or_no(_("愿意认识对方吗"), yes=_("愿意"), no=_("不愿意"))
    how = line(_("怎样表示的"), longest=120, hint=_("例如:当面签字、电话说明。"))
    reason = line(_("为什么不愿意"), required=False, longest=200, hint=_("不愿意时要写;以后不再把两家放在一起。"))


class IntroduceForm(StyledForm):
    how = line(_("怎样引荐"), longest=200, hint=_("例如:5月10日在社区会议室见面。"))


class OutcomeForm(StyledForm):
    cooperated = yes_or_no(_("合作了吗"), yes=_("合作了"), no=_("没有合作"))
    outcome = words(_("结果"), rows=2, longest=500, hint=_("合作了什么;没有合作的,为什么。"))


class LeadForm(StyledForm):
    enterprise = line(_("为哪家企业招商"), longest=120, hint=_("写全名、简称或统一社会信用代码。"))
    brand = line(_("品牌或企业"), longest=120, hint=_("不写个人姓名和电话。"))
    wants = line(_("意向"), longest=300)
    source = line(_("来源"), longest=120, hint=_("例如:嘉年华现场、引荐。"))


class MoveLeadForm(StyledForm):
    state = forms.ChoiceField(label=_("进展到"), widget=forms.RadioSelect)
    note = line(_("说明"), longest=300)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["state"].choices = pairs(LEAD_STATES, "talking", "signed", "lost")  # type: ignore[attr-defined]


class StoryForm(StyledForm):
    """A draft; the photo comes with it."""

    offers: ClassVar[dict[str, str]] = {}
    enterprise = line(_("企业"), longest=120, hint=_("写全名、简称或统一社会信用代码。"))
    title = line(_("标题"), longest=80)
    text = words(_("正文"), rows=6, longest=3000, hint=_("写事不写人;不写个人姓名和电话。"))
    link = forms.ChoiceField(label=_("来自哪次联建"), required=False)
    case = line(_("来自哪件事项"), required=False, longest=40, hint=_("写编号。"))
    photo = forms.FileField(label=_("照片"), required=False)

    def __init__(self, *args: Any, links: Pairs, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["link"].choices = [("", _("没有")), *links]  # type: ignore[attr-defined]
