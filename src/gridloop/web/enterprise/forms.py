"""The forms about a firm: one for its record, one for each deed on its page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from gridloop.core.access import Role
from gridloop.core.firm_size import SIZES
from gridloop.core.industry import DIVISIONS, SECTION_OF, SECTIONS
from gridloop.core.vitality import VITALITIES
from gridloop.offices.enterprise.queries import banking, register, teams
from gridloop.offices.enterprise.queries.words import CLUSTER_KINDS, CONSENTS, MEMBER_KINDS, PRIORITIES, TEAM_KINDS
from gridloop.offices.organisation import queries as organisation
from gridloop.offices.territory import queries as territory
from gridloop.web.dates import when
from gridloop.web.forms import Pairs, StyledForm, day_field, line, moment_field, words, yes_or_no
from gridloop.web.wording import said


@dataclass(frozen=True, slots=True)
class FirmChoices:
    """What the forms of a street's firms may offer, by the name of the list."""

    lists: Mapping[str, Pairs] = field(default_factory=dict)

    def pairs(self, name: str) -> Pairs:
        return self.lists.get(name, [])


def choices_of(street: str, *, at: datetime) -> FirmChoices:
    """The lists of this street now."""
    everyone = organisation.people(street, at=at)
    managers = organisation.people_with_roles(street, roles=(Role.SERVICE_MANAGER,), at=at)
    return FirmChoices(
        {
            "people": [(each.code, f"{each.name}({each.unit.name})") for each in everyone],
            "managers": [(each.code, each.name) for each in managers],
            "units": [(unit.code, unit.name) for unit in organisation.units(street, at=at)],
            "grids": [(cell.code, f"{'　' * max(cell.level - 1, 0)}{cell.name}") for cell in territory.grids(street)],
            "clusters": [(each.name, each.name) for each in register.clusters(street)],
            "teams": [(each.ref, each.name) for each in teams.teams_of(street)],
            "industries": [
                (code, f"{code} {said(name)}({said(SECTIONS[SECTION_OF[code]])})") for code, name in DIVISIONS.items()
            ],
            "bank_forums": [(row.ref, f"{row.title} {when(row.starts_at)}") for row in banking.bank_forums(street)],
            "industry_groups": [
                *((letter, f"{letter} {said(name)}") for letter, name in SECTIONS.items()),
                *((code, f"{code} {said(name)}") for code, name in DIVISIONS.items()),
            ],
            "vitalities": _said(VITALITIES),
            "priorities": _said(PRIORITIES),
            "sizes": _said(SIZES),
            "consents": _said(CONSENTS),
            "cluster_kinds": _said(CLUSTER_KINDS),
            "team_kinds": _said(TEAM_KINDS),
            "member_kinds": _said(MEMBER_KINDS),
        }
    )


def _said(labels: Mapping[str, str]) -> Pairs:
    return [(code, said(label)) for code, label in labels.items()]


def _one(label: Any, *, required: bool = True, hint: Any = "", filtered: bool = False) -> forms.ChoiceField:
    """A choice from one of the street's lists; a long one can be narrowed by typing."""
    attributes = {"data-filter": ""} if filtered else {}
    return forms.ChoiceField(label=label, required=required, help_text=hint, widget=forms.Select(attrs=attributes))


class FirmForm(StyledForm):
    """The record of a firm, as it is told: what does not fit is said at its field."""

    offers: ClassVar[dict[str, str]] = {
        "grid": "grids",
        "cluster": "clusters",
        "priority": "priorities",
        "size": "sizes",
    }
    empty_choice = _("未填")
    name = line(_("企业名称"), longest=120)
    code = line(_("统一社会信用代码"), longest=30, hint=_("18 位;还没换证的写 15 位注册号。"))
    alias = line(_("简称或门头"), required=False, longest=120)
    kind = line(_("企业类型"), required=False, longest=60)
    industry = line(
        _("行业代码"),
        required=False,
        longest=40,
        hint=_("GB/T 4754 的两到四位代码,或大类名称;规模和限额以上据此判断。"),
    )
    business = words(_("经营范围"), required=False, longest=4000)
    registered_on = line(_("成立日期"), required=False, longest=20)
    capital = line(_("注册资本(万元)"), required=False, longest=60)
    address = line(_("地址"), required=False, longest=200)
    grid = _one(_("网格"), required=False, hint=_("不选则按坐标或地址判断。"), filtered=True)
    lon = line(_("经度"), required=False, longest=20)
    lat = line(_("纬度"), required=False, longest=20)
    cluster = _one(_("集聚区"), required=False)
    priority = _one(_("重点级别"), required=False)
    size = _one(_("规模(人工)"), required=False, hint=_("有行业和年度数据时由规则划型,这里只在规则划不了时用。"))
    above = forms.ChoiceField(
        label=_("限额以上(人工)"), required=False, choices=[("", _("按规则")), ("是", _("是")), ("否", _("否"))],
        help_text=_("建筑业等按资质纳统的,在这里写明。"),
    )  # fmt: skip

    def told(self) -> dict[str, str]:
        return {name: str(value or "") for name, value in self.cleaned_data.items()}


class NewFirmForm(FirmForm):
    """Also the first year's figures and the first contact."""

    staff = line(_("从业人员"), required=False, longest=20)
    revenue = line(_("营业收入(万元)"), required=False, longest=30)
    assets = line(_("资产总额(万元)"), required=False, longest=30)
    contact = line(_("联系人"), required=False, longest=40)
    phone = line(_("联系电话"), required=False, longest=40)
    duty = line(_("职务"), required=False, longest=40)


class AmendForm(FirmForm):
    """Also why, and the revision that was seen."""

    reason = line(_("修改依据"), longest=200, hint=_("记入台账,例如:营业执照变更。"))
    rev = forms.IntegerField(widget=forms.HiddenInput, min_value=0)


class ContactForm(StyledForm):
    name = line(_("称呼"), longest=40)
    phone = line(_("电话"), required=False, longest=40)
    duty = line(_("职务"), required=False, longest=40)
    is_main = forms.BooleanField(label=_("首要联系人"), required=False)


class ConsentForm(StyledForm):
    offers: ClassVar[dict[str, str]] = {"kind": "consents"}
    kind = _one(_("事项"))
    granted = yes_or_no(_("企业的意思"), yes=_("同意"), no=_("不同意或撤回"))
    how = line(_("怎样表示的"), longest=120, hint=_("例如:当面签字、电话说明。"))


class FiguresForm(StyledForm):
    year = forms.IntegerField(label=_("年度"), min_value=1990, max_value=2100)
    staff = forms.IntegerField(label=_("从业人员"), required=False, min_value=0)
    revenue = line(_("营业收入(万元)"), required=False, longest=30)
    assets = line(_("资产总额(万元)"), required=False, longest=30)
    source = line(_("来源"), required=False, longest=120, hint=_("例如:企业年报、走访了解。"))


class VitalityForm(StyledForm):
    offers: ClassVar[dict[str, str]] = {"vitality": "vitalities"}
    vitality = _one(_("经营状态"))
    reason = line(_("依据"), longest=300)


class LeaveForm(StyledForm):
    because = forms.ChoiceField(label=_("原因"), choices=[("closed", _("注销")), ("moved", _("迁出"))])
    reason = line(_("依据"), longest=200)


class LawForm(StyledForm):
    question = words(_("问题"), hint=_("不写个人信息;法律专员会来电核实细节。"))


class OrderForm(StyledForm):
    offers: ClassVar[dict[str, str]] = {"team": "teams"}
    team = _one(_("团队"))
    service = line(_("要办的事"), longest=200)
    wanted = line(_("希望的时间"), required=False, longest=80)


class PromiseForm(StyledForm):
    text = line(_("承诺"), longest=300)
    due_on = day_field(_("兑现期限"))


class PairForm(StyledForm):
    """One slot of one or many firms."""

    offers: ClassVar[dict[str, str]] = {"person": "people", "unit": "units", "substitute": "people"}
    slot = forms.ChoiceField(label=_("层级"))
    person = _one(_("人员"), required=False, filtered=True, hint=_("县级领导和服务管家要写到人。"))
    unit = _one(_("单位"), required=False, filtered=True, hint=_("职能部门和属地兜底可以只写单位。"))
    substitute = _one(_("备岗"), required=False, filtered=True)
    term_ends_on = day_field(_("任期至"), required=False)
    reason = line(_("说明"), required=False, longest=200)

    def __init__(self, *args: Any, slots: Pairs, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        slot: Any = self.fields["slot"]
        slot.choices = slots


class HandOverForm(StyledForm):
    offers: ClassVar[dict[str, str]] = {"person": "people", "unit": "units", "substitute": "people"}
    person = _one(_("接手的人"), required=False, filtered=True)
    unit = _one(_("接手的单位"), required=False, filtered=True, hint=_("写了人就可以不选,按其所在单位。"))
    substitute = _one(_("备岗"), required=False, filtered=True)
    reason = line(_("缘由"), longest=200)
    note = words(_("交接说明"), required=False, hint=_("在办的事、答应过的事、企业的习惯;随交接包交给接手的人。"))
    term_ends_on = day_field(_("任期至"), required=False)


class EndPairingForm(StyledForm):
    reason = line(_("缘由"), longest=200)


class ClusterForm(StyledForm):
    offers: ClassVar[dict[str, str]] = {"kind": "cluster_kinds", "grid": "grids"}
    name = line(_("名称"), longest=80)
    kind = _one(_("类别"))
    grid = _one(_("网格"), required=False, filtered=True)
    address = line(_("地址"), required=False, longest=200)
    operator = line(_("运营单位"), required=False, longest=120)
    note = line(_("说明"), required=False, longest=300)


class TeamForm(StyledForm):
    offers: ClassVar[dict[str, str]] = {"kind": "team_kinds"}
    kind = _one(_("类别"))
    name = line(_("名称"), longest=60)


class MemberForm(StyledForm):
    offers: ClassVar[dict[str, str]] = {"person": "people", "kind": "member_kinds", "grid": "grids"}
    person = _one(_("人员"), filtered=True)
    kind = _one(_("身份"))
    grid = _one(_("片区"), required=False, hint=_("不选则为整个街道。"), filtered=True)


class BookForm(StyledForm):
    offers: ClassVar[dict[str, str]] = {"officer": "people"}
    officer = _one(_("上门人员"), filtered=True)
    booked_for = moment_field(_("约定时间"))


class ResultForm(StyledForm):
    result = line(_("结果"), longest=300)


class ConfirmForm(StyledForm):
    solved = yes_or_no(_("企业怎么说"), yes=_("办好了"), no=_("还没办好"))
    how = line(_("怎样确认的"), longest=120, hint=_("例如:电话问了厂长。"))


class CancelForm(StyledForm):
    reason = line(_("原因"), longest=200)


class ReplyForm(StyledForm):
    reply = words(_("答复"), rows=5)


class SettleForm(StyledForm):
    kept = yes_or_no(_("兑现了吗"), yes=_("兑现了"), no=_("没有兑现"))
    outcome = line(_("结果"), longest=300)


class DecideForm(StyledForm):
    accepted = yes_or_no(_("您的决定"), yes=_("采纳"), no=_("不采纳"))
    remark = line(_("意见"), required=False, longest=300, hint=_("不采纳请写明理由。"))


class NothingForm(StyledForm):
    """A deed that asks nothing."""
