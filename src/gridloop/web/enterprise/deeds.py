"""What can be done on a firm's page: each deed with its form, its words and the action it becomes.

A window turns input into values and calls one action; this table is that, deed by deed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from gridloop.core.firm_access import may_arrange, may_keep, may_serve
from gridloop.core.firm_record import money
from gridloop.offices.enterprise.actions import contacts, factors, pairing, serving, vitality
from gridloop.offices.enterprise.actions.register import end_enterprise, tell_figures
from gridloop.web.enterprise import forms
from gridloop.web.enterprise.forms import FirmChoices
from gridloop.web.enterprise.solution_forms import GapForm
from gridloop.web.forms import StyledForm
from gridloop.web.reader import Reader

Told = dict[str, Any]
Do = Callable[[Reader, Any, Told], Any]


@dataclass(frozen=True, slots=True)
class Deed:
    """One deed: ``group`` is the part of the page it stands in, ``may`` who it is offered to."""

    name: str
    group: str
    label: Any
    said: Any
    form: type[StyledForm]
    do: Do
    may: Callable[[Any, str], bool] = may_keep
    hurts: bool = False


@dataclass(frozen=True, slots=True)
class DeedOffered:
    """A deed with the form as the page shows it."""

    deed: Deed
    form: StyledForm
    is_open: bool


def _by(reader: Reader) -> dict[str, Any]:
    return {"by": reader.actor, "at": reader.at}


def _contact(reader: Reader, firm: Any, told: Told) -> Any:
    return contacts.add_contact(**_by(reader), enterprise=firm.ref, **told)


def _consent(reader: Reader, firm: Any, told: Told) -> Any:
    return contacts.answer_consent(**_by(reader), enterprise=firm.ref, **told)


def _figures(reader: Reader, firm: Any, told: Told) -> Any:
    sums = {name: money(told[name]) if told[name].strip() else None for name in ("revenue", "assets")}
    return tell_figures(
        **_by(reader), enterprise=firm.ref, year=told["year"], staff=told["staff"], source=told["source"], **sums
    )


def _vitality(reader: Reader, firm: Any, told: Told) -> Any:
    return vitality.set_vitality(**_by(reader), enterprise=firm.ref, **told)


def _leave(reader: Reader, firm: Any, told: Told) -> Any:
    return end_enterprise(**_by(reader), enterprise=firm.ref, **told)


def _law(reader: Reader, firm: Any, told: Told) -> Any:
    return serving.ask_law(**_by(reader), enterprise=firm.ref, **told)


def _order(reader: Reader, firm: Any, told: Told) -> Any:
    return serving.order_service(**_by(reader), enterprise=firm.ref, **told)


def _promise(reader: Reader, firm: Any, told: Told) -> Any:
    return serving.promise(**_by(reader), enterprise=firm.ref, **told)


def _gap(reader: Reader, firm: Any, told: Told) -> Any:
    return factors.need_firm_factor(**_by(reader), enterprise=firm.ref, **told)


def _pair(reader: Reader, firm: Any, told: Told) -> Any:
    return pairing.pair(**_by(reader), street=firm.street, subject=firm.subject, **told)


DEEDS: dict[str, Deed] = {
    deed.name: deed
    for deed in (
        Deed("promise", "serving", _("记一条承诺"), _("承诺已记下;到期要说明兑现没有。"), forms.PromiseForm, _promise),
        Deed("order", "serving", _("预约上门服务"), _("已转给团队约定时间。"), forms.OrderForm, _order),
        Deed("law", "serving", _("提法律咨询"), _("已进入法律专员的队列。"), forms.LawForm, _law),
        Deed("factor", "solving", _("登记要素缺口"), _("缺口已登记,并已交办给责任单位。"), GapForm, _gap, may_serve),
        Deed("contact", "people", _("增加联系人"), _("联系人已增加。"), forms.ContactForm, _contact),
        Deed(
            "consent",
            "people",
            _("记录企业的授权或拒绝"),
            _("企业的意思已记下,马上生效。"),
            forms.ConsentForm,
            _consent,
        ),
        Deed(
            "pair",
            "pairing",
            _("补上空缺的层级"),
            _("包联已生效,双方从现在起能看到这家企业。"),
            forms.PairForm,
            _pair,
            may_arrange,
        ),
        Deed(
            "figures",
            "record",
            _("登记年度数据"),
            _("年度数据已登记,规模和限额以上已重新判断。"),
            forms.FiguresForm,
            _figures,
        ),
        Deed(
            "vitality",
            "record",
            _("改经营状态"),
            _("经营状态已改,原状态和依据留在台账里。"),
            forms.VitalityForm,
            _vitality,
        ),
        Deed(
            "leave", "record", _("企业注销或迁出"), _("已记为离开;包联同时结束。"), forms.LeaveForm, _leave, hurts=True
        ),
    )
}


def offered(
    reader: Reader,
    firm: Any,
    *,
    choices: FirmChoices,
    blanks: list[tuple[str, str]],
    refused: tuple[str, StyledForm] | None,
) -> list[DeedOffered]:
    """The deeds this reader may do to this firm now; a refused one stays open with what was typed."""
    if firm.left_at is not None:
        return []
    found = []
    for deed in DEEDS.values():
        if not deed.may(reader.actor, firm.street) or (deed.name == "pair" and not blanks):
            continue
        is_open = bool(refused and refused[0] == deed.name)
        form = refused[1] if refused and is_open else form_of(deed.name, None, choices=choices, blanks=blanks)
        found.append(DeedOffered(deed, form, is_open))
    return found


def form_of(
    name: str,
    sent: QueryDict | None,
    *,
    choices: FirmChoices,
    blanks: list[tuple[str, str]],
    initial: Mapping[str, Any] | None = None,
) -> StyledForm:
    """The form of a deed; ids carry the deed's name, since a page holds many."""
    extra = {"slots": blanks} if name == "pair" else {}
    made: Any = DEEDS[name].form
    form: StyledForm = made(sent, choices=choices, auto_id=f"{name}-%s", initial=dict(initial or {}), **extra)
    return form
