"""The forms about visits: what is told of one, a day for one to come, a body's wish, quiet days, the rules, a plan to be made."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from gridloop.core.errors import GridloopError
from gridloop.core.quiet import Quiet
from gridloop.core.visiting import LEVELS, OUTCOMES, PURPOSES, STATES, WAYS
from gridloop.offices.cases.actions.filing import Filing
from gridloop.offices.enterprise.actions.visits import VisitTold
from gridloop.web.forms import MomentInput, Pairs, StyledForm, day_field, line, words, yes_or_no
from gridloop.web.uploads import HINT, FilesField, Named
from gridloop.web.wording import said

PROBLEMS = 3


def pairs(labels: dict[str, str], *codes: str) -> Pairs:
    """Code and word, in the reader's language when shown."""
    return [(code, said(labels[code])) for code in (codes or labels)]


class LogForm(StyledForm):
    """What is told of a visit, with the problems that were found: each becomes a case when it is sent."""

    offers: ClassVar = {f"category_{n}": "categories" for n in range(1, PROBLEMS + 1)} | {"bodies": "units"}
    empty_choice: ClassVar[Any] = _("由系统建议")

    outcome = forms.ChoiceField(label=_("结果"), widget=forms.RadioSelect)
    way = forms.ChoiceField(label=_("方式"), widget=forms.RadioSelect, help_text=_("上门、电话、线上同样算一次。"))
    purposes = forms.MultipleChoiceField(label=_("事由"), widget=forms.CheckboxSelectMultiple, required=False)
    topic = line(_("主题"), required=False, longest=120)
    said = words(_("情况"), required=False)
    text_1 = words(_("发现的问题 1"), rows=2, required=False, hint=_("提交后马上立为事项:当天交办,您是首问人。"))
    category_1 = forms.ChoiceField(label=_("问题 1 的类别"), required=False)
    files_1 = FilesField(label=_("问题 1 的照片、PDF 或录音"), help_text=HINT, records="keep")
    text_2 = words(_("发现的问题 2"), rows=2, required=False)
    category_2 = forms.ChoiceField(label=_("问题 2 的类别"), required=False)
    files_2 = FilesField(label=_("问题 2 的照片、PDF 或录音"), help_text=HINT, records="keep")
    text_3 = words(_("发现的问题 3"), rows=2, required=False)
    category_3 = forms.ChoiceField(label=_("问题 3 的类别"), required=False)
    files_3 = FilesField(label=_("问题 3 的照片、PDF 或录音"), help_text=HINT, records="keep")
    level = forms.ChoiceField(label=_("走访人层级"))
    bodies = forms.MultipleChoiceField(
        label=_("一起去的单位"),
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 4}),
        help_text=_("几家单位一起去,只记一次。"),
    )
    happened_at = forms.DateTimeField(
        label=_("时间"),
        required=False,
        widget=MomentInput,
        help_text=_("不填就是现在。"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, found in (
            ("outcome", pairs(STATES, *OUTCOMES)), ("way", pairs(WAYS)), ("purposes", pairs(PURPOSES)), ("level", pairs(LEVELS)),
        ):  # fmt: skip
            self.fields[name].choices = found  # type: ignore[attr-defined]

    def refuse(self, error: GridloopError) -> None:
        """What is wrong with one of the problems stands at that problem."""
        number = error.fields.get("problem")
        if number and f"text_{number}" in self.fields:
            self.add_error(f"text_{number}", error.sentence)
        else:
            super().refuse(error)

    def told(self) -> VisitTold:
        """The visit as typed."""
        given = self.cleaned_data
        return VisitTold(
            given["way"], given["outcome"], given["level"], tuple(given["purposes"]), given["topic"], given["said"],
            tuple(given["bodies"]), given["happened_at"],
        )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """A file belongs to a problem that is told in words."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        for n in range(1, PROBLEMS + 1):
            if given.get(f"files_{n}") and not given.get(f"text_{n}", "").strip():
                self.add_error(f"text_{n}", _("有附件的问题也要写一两句是什么事;写明才能派件。"))
        return given

    def told_with(self) -> list[list[Named]]:
        """The files of each problem, in the order of ``problems``."""
        given = self.cleaned_data
        return [given[f"files_{n}"] for n in range(1, PROBLEMS + 1) if given[f"text_{n}"].strip()]

    def problems(self) -> list[Filing]:
        """The problems as typed, without the empty ones."""
        given = self.cleaned_data
        told = ((given[f"text_{n}"], given[f"category_{n}"]) for n in range(1, PROBLEMS + 1))
        return [Filing(text=text, category=category) for text, category in told if text.strip()]


class ArrangeForm(StyledForm):
    """A visit to come."""

    on = day_field(_("哪一天"))
    way = forms.ChoiceField(label=_("方式"), widget=forms.RadioSelect)
    purposes = forms.MultipleChoiceField(label=_("事由"), widget=forms.CheckboxSelectMultiple)
    urgent_because = line(
        _("安全、消防、环保急事"), required=False, longest=200, hint=_("只有急事才能在宁静日上门;写明是什么隐患。")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["way"].choices = pairs(WAYS)  # type: ignore[attr-defined]
        self.fields["purposes"].choices = pairs(PURPOSES)  # type: ignore[attr-defined]


class MoveForm(StyledForm):
    """Another day, with the reason."""

    on = day_field(_("改到哪一天"))
    reason = line(_("原因"), longest=200)


class CancelForm(StyledForm):
    """No visit, with the reason."""

    reason = line(_("原因"), longest=200)


class WishForm(StyledForm):
    """A body's wish to visit."""

    offers: ClassVar = {"unit": "units"}
    unit = forms.ChoiceField(label=_("单位"))
    purpose = forms.ChoiceField(label=_("事由"))
    by_on = day_field(_("不晚于"), required=False)
    note = line(_("说明"), required=False, longest=200)
    urgent = yes_or_no(_("是安全、消防、环保急事吗"), yes=_("是"), no=_("不是"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["purpose"].choices = pairs(PURPOSES)  # type: ignore[attr-defined]


class QuietForm(StyledForm):
    """Quiet days: between two days, or each month."""

    first_on = day_field(_("自"), required=False)
    last_on = day_field(_("至"), required=False)
    month_from = forms.IntegerField(label=_("每月第几日起"), min_value=1, max_value=31, required=False)
    month_to = forms.IntegerField(
        label=_("每月第几日止"), min_value=1, max_value=31, required=False, help_text=_("31 就是到月底。")
    )
    reason = line(_("缘由"), required=False, longest=200)

    def span(self) -> Quiet:
        """The span as typed. Raises WrongInput."""
        given = self.cleaned_data
        return Quiet(given["first_on"], given["last_on"], given["month_from"], given["month_to"])


class RulesForm(StyledForm):
    """The cap and the load of a day."""

    cap_visits = forms.IntegerField(label=_("上门最多(次)"), min_value=1, max_value=31)
    cap_days = forms.IntegerField(label=_("每多少天"), min_value=1, max_value=366)
    per_day = forms.IntegerField(label=_("每人每天最多(家)"), min_value=1, max_value=20)


class PlanForm(StyledForm):
    """For which workdays a plan is to be made, and for whom."""

    first_on = day_field(_("从哪天开始"))
    days = forms.IntegerField(label=_("多少个工作日"), min_value=1, max_value=40)
    manager = forms.ChoiceField(label=_("服务管家"), required=False)

    def __init__(self, *args: Any, managers: Pairs, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["manager"].choices = [("", _("全部")), *managers]  # type: ignore[attr-defined]


class PeriodForm(StyledForm):
    """Which visits are listed."""

    since = day_field(_("自"), required=False)
    until = day_field(_("至"), required=False)
    state = forms.ChoiceField(label=_("状态"), required=False)
    way = forms.ChoiceField(label=_("方式"), required=False)
    purpose = forms.ChoiceField(label=_("事由"), required=False)
    level = forms.ChoiceField(label=_("走访人层级"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, labels in (("state", STATES), ("way", WAYS), ("purpose", PURPOSES), ("level", LEVELS)):
            self.fields[name].choices = [("", _("全部")), *pairs(labels)]  # type: ignore[attr-defined]


def day_of(text: str, *, otherwise: date) -> date:
    """The day in an address; another when there is none or it is none."""
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007 - a day, no moment
    except ValueError:
        return otherwise
