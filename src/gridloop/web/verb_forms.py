"""One form for each verb of the case page. The fields bear the names of the action's arguments; ``arguments`` bridges the rest."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any, ClassVar

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gridloop.offices.cases.actions import Decided, Part
from gridloop.offices.cases.actions.closing import SATISFACTION
from gridloop.offices.cases.actions.requests import EXTENSION_REASONS, SUSPENSION_REASONS, UNITS_OF_TIME
from gridloop.offices.cases.actions.ruling import HERE, SCOPES
from gridloop.offices.cases.queries import words as vocabulary
from gridloop.web.forms import CaseForm, day_field, line, words, yes_or_no

MOST_PARTS = 3


def _options(table: dict[Any, str]) -> list[tuple[str, Any]]:
    return [(str(value), _(label)) for value, label in table.items()]


class PlainForm(CaseForm):
    """A verb that needs nothing said."""


class TextForm(CaseForm):
    text = words(_("内容"))


class AnswerForm(CaseForm):
    text = words(_("给反映人的答复"), rows=5, hint=_("写清做了什么、结果如何、有疑问找谁;反映人会看到全文。"))


class InterimForm(CaseForm):
    text = words(_("阶段性答复"), hint=_("告诉反映人进展到哪一步;时限继续计算。"))


class AskForm(CaseForm):
    text = words(_("请补充什么"), hint=_("一次性写全所需材料或情况;等待补充期间时限不停。"))


class ReasonForm(CaseForm):
    reason = words(_("理由"))


class RemarkForm(CaseForm):
    remark = line(_("备注"), required=False)


class ReturnForm(CaseForm):
    offers: ClassVar = {"duty_item": "duty_items"}
    duty_item = forms.ChoiceField(
        label=_("引用履职事项清单"), help_text=_("退回必须引用清单中的一条;可输入编号、文字或拼音首字母筛选。"),
        widget=forms.Select(attrs={"data-filter": ""}),
    )  # fmt: skip
    reason = words(_("退回理由"))


class AnswerReturnForm(CaseForm):
    """The unit that a return was put to: it takes the case on, or says by which row of the duty list it does not."""

    offers: ClassVar = {"duty_item": "duty_items"}
    empty_choice: ClassVar[Any] = _("不引用")
    takes = yes_or_no(
        _("接不接办"), yes=_("接办"), no=_("不接"), hint=_("接办后不能再退回;逾期不答复按时限方案处理(通常视为接办)。")
    )
    duty_item = forms.ChoiceField(
        label=_("引用履职事项清单"), required=False, help_text=_("不接时必须引用一条。"),
        widget=forms.Select(attrs={"data-filter": ""}),
    )  # fmt: skip
    reason = words(_("理由"))

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        if found.get("takes") is False and not found.get("duty_item"):
            self.add_error("duty_item", _("不接时请引用清单中的一条。"))
        return found


class DesignateForm(CaseForm):
    """A ruling: the unit, the rows of the duty list it rests on, the reason, and for which cases it shall hold."""

    offers: ClassVar = {"unit": "units", "duty_items": "cited_items"}
    unit = forms.ChoiceField(label=_("由谁主办"), help_text=_("裁定有约束力:该单位不能再退回,值班岗不再转派。"))
    duty_items = forms.MultipleChoiceField(
        label=_("依据的清单事项"), widget=forms.CheckboxSelectMultiple, help_text=_("至少一条;先列各方引用过的。")
    )
    reason = words(_("裁定理由"), hint=_("会成为先例,供以后同类事项查阅;不要写反映人的信息。"), longest=500)
    applies_to = forms.ChoiceField(
        label=_("起草的路由行适用于"), choices=_options(SCOPES), widget=forms.RadioSelect, initial=HERE,
        help_text=_("裁定后自动起草一行路由,由另一个人核对后发布。"),
    )  # fmt: skip


class AssignForm(CaseForm):
    offers: ClassVar = {"unit": "units"}
    unit = forms.ChoiceField(label=_("交给"))
    reason = words(_("交办理由"), rows=2)


class EscalateForm(CaseForm):
    offers: ClassVar = {"unit": "superiors"}
    unit = forms.ChoiceField(label=_("提交的上级部门"))
    reason = words(_("提级理由"))


class PullBackForm(CaseForm):
    offers: ClassVar = {"unit": "units"}
    empty_choice: ClassVar[Any] = _("原办理单位")
    reason = words(_("收回理由"))
    unit = forms.ChoiceField(label=_("收回后由谁办"), required=False)


class ConsultForm(CaseForm):
    offers: ClassVar = {"units": "units", "lead": "units"}
    empty_choice: ClassVar[Any] = _("勾选的第一个单位")
    topic = line(_("会商议题"), longest=200)
    units = forms.MultipleChoiceField(label=_("参加单位(至少两个)"), widget=forms.CheckboxSelectMultiple)
    lead = forms.ChoiceField(label=_("牵头单位"), required=False)


class MinutesForm(CaseForm):
    """Minutes with up to three decisions, each with its owner and date."""

    offers: ClassVar = {"owner_1": "units", "owner_2": "units", "owner_3": "units", "lead": "units"}
    empty_choice: ClassVar[Any] = _("不填")
    minutes = words(_("会商纪要"), rows=4)
    text_1 = line(_("决定一"))
    owner_1 = forms.ChoiceField(label=_("决定一由谁负责"))
    due_1 = day_field(_("决定一完成日期"), required=False)
    text_2 = line(_("决定二"), required=False)
    owner_2 = forms.ChoiceField(label=_("决定二由谁负责"), required=False)
    due_2 = day_field(_("决定二完成日期"), required=False)
    text_3 = line(_("决定三"), required=False)
    owner_3 = forms.ChoiceField(label=_("决定三由谁负责"), required=False)
    due_3 = day_field(_("决定三完成日期"), required=False)
    lead = forms.ChoiceField(label=_("会后主办单位"), required=False, help_text=_("不填则由牵头单位继续办。"))

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        for number in range(1, MOST_PARTS + 1):
            if found.get(f"text_{number}") and not found.get(f"owner_{number}"):
                self.add_error(f"owner_{number}", _("请选择这项决定由谁负责。"))
        return found

    def arguments(self) -> dict[str, Any]:
        said = self.cleaned_data
        decided = [
            Decided(said[f"text_{number}"], said[f"owner_{number}"], said[f"due_{number}"])
            for number in range(1, MOST_PARTS + 1)
            if said[f"text_{number}"]
        ]
        return {"minutes": said["minutes"], "decisions": decided, "lead": said["lead"]}


class ExtensionForm(CaseForm):
    reason_code = forms.ChoiceField(label=_("理由类别"), choices=_options(EXTENSION_REASONS))
    reason = words(_("具体理由"))
    amount = forms.IntegerField(label=_("延长多久"), min_value=1, max_value=30, initial=3)
    unit_of_time = forms.ChoiceField(label=_("单位"), choices=_options(UNITS_OF_TIME))


class SuspensionForm(CaseForm):
    reason_code = forms.ChoiceField(label=_("理由类别"), choices=_options(SUSPENSION_REASONS))
    reason = words(_("具体理由"))
    until = day_field(_("挂起至(当日下班)"), hint=_("到期自动恢复计时;最多 180 天。"))

    def clean_until(self) -> datetime:
        return timezone.make_aware(datetime.combine(self.cleaned_data["until"], time(17, 30)))


class DecisionForm(CaseForm):
    approved = yes_or_no(_("审批意见"), yes=_("同意"), no=_("不同意"))
    remark = line(_("备注"), required=False)


class GradeForm(CaseForm):
    grade = forms.ChoiceField(
        label=_("等级"), choices=_options(vocabulary.GRADES), help_text=_("定为疑难要由第二个人确认。")
    )
    reason = words(_("定级理由"), rows=2)


class CorrectForm(CaseForm):
    offers: ClassVar = {"category": "categories", "grid": "grids"}
    empty_choice: ClassVar[Any] = _("不更正")
    category = forms.ChoiceField(label=_("正确的类别"), required=False)
    grid = forms.ChoiceField(label=_("正确的网格"), required=False)
    reason = words(_("更正理由"), rows=2)


class VerifyForm(CaseForm):
    passed = yes_or_no(_("核实结果"), yes=_("问题已解决"), no=_("未解决,退回重办"))
    text = words(_("核实情况"), hint=_("写明何时、何地、怎样核实。"))


class CallbackForm(CaseForm):
    offers: ClassVar = {"report": "reports"}
    empty_choice: ClassVar[Any] = _("第一位反映人")
    report = forms.ChoiceField(label=_("反映人"), required=False)
    outcome = forms.ChoiceField(
        label=_("联系结果"), choices=_options(vocabulary.CALLBACK_OUTCOMES), widget=forms.RadioSelect
    )
    solved = yes_or_no(
        _("是否解决"), yes=_("已解决"), no=_("未解决"), required=False, hint=_("联系上时必填;未解决会退回重办。")
    )
    satisfied = forms.TypedChoiceField(
        label=_("满意度"),
        choices=[("", _("未评价")), *_options(SATISFACTION)],
        coerce=int,
        empty_value=None,
        required=False,
    )
    text = words(_("反映人的话"), rows=2, required=False, longest=500)


class MergeForm(CaseForm):
    """Into one of the cases that look alike, or into any other by its number."""

    offers: ClassVar = {"like": "like_cases"}
    empty_choice: ClassVar[Any] = _("另一件(在下面填编号)")
    like = forms.ChoiceField(label=_("看起来是同一问题的未结事项"), required=False, widget=forms.RadioSelect)
    into = line(
        _("并入哪一件(编号)"), required=False, hint=_("例如 20220523-000017;反映人各自保留答复和回访。"), longest=30
    )
    reason = words(_("并案理由"), rows=2)

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        if not found.get("like") and not found.get("into"):
            self.add_error("into", _("请选一件,或填写要并入的事项编号。"))
        return found

    def arguments(self) -> dict[str, Any]:
        said = self.cleaned_data
        return {"into": said["into"] or said["like"], "reason": said["reason"]}


class SplitForm(CaseForm):
    """Up to three troubles taken out of the case."""

    offers: ClassVar = {
        "category_1": "categories", "grid_1": "grids", "category_2": "categories", "grid_2": "grids", "category_3": "categories", "grid_3": "grids",
    }  # fmt: skip
    empty_choice: ClassVar[Any] = _("由系统建议或与原件相同")
    text_1 = words(_("拆出的问题一"), rows=2)
    category_1 = forms.ChoiceField(label=_("问题一的类别"), required=False)
    grid_1 = forms.ChoiceField(label=_("问题一的网格"), required=False)
    text_2 = words(_("拆出的问题二"), rows=2, required=False)
    category_2 = forms.ChoiceField(label=_("问题二的类别"), required=False)
    grid_2 = forms.ChoiceField(label=_("问题二的网格"), required=False)
    text_3 = words(_("拆出的问题三"), rows=2, required=False)
    category_3 = forms.ChoiceField(label=_("问题三的类别"), required=False)
    grid_3 = forms.ChoiceField(label=_("问题三的网格"), required=False)
    reason = words(_("拆分理由"), rows=2)

    def arguments(self) -> dict[str, Any]:
        said = self.cleaned_data
        parts = [
            Part(said[f"text_{number}"], said[f"category_{number}"], said[f"grid_{number}"])
            for number in range(1, MOST_PARTS + 1)
            if said[f"text_{number}"]
        ]
        return {"parts": parts, "reason": said["reason"]}


class NoticeForm(CaseForm):
    text = words(
        _("需要什么、找谁、多久"), rows=5,
        hint=_("一次写全所需材料和条件,每项一行;反映人在查询页看到全文,也可以打印告知书。"),
    )  # fmt: skip


class FinishDecisionForm(CaseForm):
    offers: ClassVar = {"decision": "decisions"}
    decision = forms.ChoiceField(label=_("哪一项会商决定"))
    text = words(_("完成情况"), rows=2, longest=500)


class SendOutsideForm(CaseForm):
    """A contractor or another office without an account gets a link for one task."""

    body = line(_("外单位名称"), hint=_("例如维修单位、燃气公司、物业;不必有账号。"), longest=80)
    task = words(_("请他们办什么"), hint=_("外单位只看到这段话、地点和类别,看不到反映人和原话。"), longest=1000)
    days = forms.IntegerField(
        label=_("期限(天)"), min_value=1, max_value=30, initial=3, help_text=_("到期没有答复,此事自动回到您的工作台。")
    )
    shows_contact = forms.BooleanField(
        label=_("允许查看反映人联系方式"), required=False, help_text=_("每次查看都会记录。")
    )
    reason = line(_("为什么要提供联系方式"), required=False, hint=_("勾选上一项时必填。"), longest=200)

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        if found.get("shows_contact") and len(found.get("reason", "").strip()) < 2:
            self.add_error("reason", _("提供联系方式要写明理由。"))
        return found


class ExtendOutsideForm(CaseForm):
    offers: ClassVar = {"link": "asking_links"}
    link = forms.ChoiceField(label=_("外单位"))
    approved = yes_or_no(_("是否同意延长"), yes=_("同意"), no=_("不同意"))
    remark = line(_("备注"), required=False)


class ReviewOutsideForm(CaseForm):
    offers: ClassVar = {"link": "answered_links"}
    link = forms.ChoiceField(label=_("外单位"))
    approved = yes_or_no(_("验收结果"), yes=_("通过"), no=_("不通过,退回重办"))
    days = forms.IntegerField(label=_("退回时的期限(天)"), min_value=1, max_value=30, initial=3)
    remark = words(_("意见"), rows=2, required=False, hint=_("不通过时必填。"), longest=300)


class RecallOutsideForm(CaseForm):
    offers: ClassVar = {"link": "open_links"}
    link = forms.ChoiceField(label=_("外单位"), help_text=_("收回后链接立即失效;到期退回的由此了结,自行办理。"))
    reason = line(_("理由"), required=False)


class WithdrawContactForm(CaseForm):
    offers: ClassVar = {"report": "contacts"}
    report = forms.ChoiceField(
        label=_("哪一位反映人"), help_text=_("称呼和电话立即删除,不能恢复;反映的内容和回执保留。")
    )


class AttachForm(CaseForm):
    file = forms.FileField(
        label=_("照片、PDF 或录音"), help_text=_("不超过 10 MB;照片里的拍摄位置会自动去除。"),
        widget=forms.FileInput(attrs={"accept": "image/*,application/pdf,audio/*", "data-photo-preview": "attach-file-chosen", "data-record": "yes"}),
    )  # fmt: skip
    keeps_location = forms.BooleanField(label=_("保留照片里的拍摄位置"), required=False)

    def arguments(self) -> dict[str, Any]:
        sent = self.cleaned_data["file"]
        return {"name": sent.name, "content": sent.read(), "keeps_location": self.cleaned_data["keeps_location"]}
