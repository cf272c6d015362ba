"""/firm/services/: what the firm may ask for and what is under way for it: law, on-site service, matters seen through, resumption, its plan."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gridloop.core.errors import WrongInput
from gridloop.offices.enterprise.actions import resumptions as resuming
from gridloop.offices.enterprise.actions import serving as asking
from gridloop.offices.enterprise.queries import assisting, plans, resumptions, serving, teams
from gridloop.web.firm_page.doors import Visitor, for_firm
from gridloop.web.firm_page.shown import HOW, Deeds, drawn, sent, yes

MOST = 20


@require_safe
@for_firm
def services(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """/firm/services/"""
    return shown(request, visitor)


def shown(request: HttpRequest, visitor: Visitor, *, problem: str = "", status: int = 200) -> HttpResponse:
    firm = visitor.firm
    consults, orders, _promises = serving.of_firm(firm)
    applied = resumptions.resumptions(visitor.by)
    page = {
        "consults": consults[:MOST], "orders": orders[:MOST], "teams": [row for row in teams.teams_of(firm.street) if row.kind != "rescue"],
        "assists": [_assist(row, visitor) for row in assisting.of_firm(firm)[:MOST]],
        "resumptions": [(row, resumptions.items_of(row.row)) for row in applied[:3]],
        "may_apply": not any(row.row.state == "open" for row in applied), "checklist": resumptions.checklist(firm.street).items,
        "plans": [_plan(row, visitor) for row in plans.of_firm(firm)[:3]], "today": visitor.today, "problem": problem,
    }  # fmt: skip
    return drawn(request, visitor, "firm_services", page, status=status)


@dataclass(frozen=True, slots=True)
class AssistShown:
    """A matter seen through for the firm: its steps, how long it has taken, the papers that are missing."""

    row: Any
    steps: list[Any]
    notices: list[Any]
    taken: assisting.Taken
    missing: list[str]


def _assist(row: Any, visitor: Visitor) -> AssistShown:
    missing = [each.name for each in assisting.materials_of(row) if each.required and not each.has_come]
    steps, notices = list(row.steps.select_related("done_by")), list(row.notices.all())
    return AssistShown(
        row, steps, notices, assisting.taken(row, at=visitor.at), missing if row.state == "doing" else []
    )


def _plan(row: Any, visitor: Visitor) -> tuple[Any, list[Any]]:
    """The plan with its measures, and who stands behind it now."""
    return plans.shown(row, today=visitor.today), [each for each in plans.force_of(row) if each.ends_at is None]


# -- the firm's word ---------------------------------------------------------------------------------------------------


def _ask_law(request: HttpRequest, visitor: Visitor) -> str:
    asking.ask_law(by=visitor.by, at=visitor.at, enterprise=visitor.firm.ref, question=sent(request, "question"))
    return _("已提交;法律专员接办和答复都在这里看。")


def _order(request: HttpRequest, visitor: Visitor) -> str:
    asking.order_service(
        by=visitor.by, at=visitor.at, enterprise=visitor.firm.ref, team=sent(request, "team"), service=sent(request, "service"),
        wanted=sent(request, "wanted"),
    )  # fmt: skip
    return _("已预约;团队约好时间后在这里显示。")


def _confirm(request: HttpRequest, visitor: Visitor) -> str:
    solved, why = yes(request, "solved"), sent(request, "why", longest=100)
    if not solved and len(why) < 2:
        raise WrongInput("enterprise.why_not_done", _("没办好请写明还差什么,团队会再来。"), field="why")
    how = f"{HOW}:{why}" if why else HOW
    asking.confirm_order(by=visitor.by, at=visitor.at, order=sent(request, "order"), solved=solved, how=how)
    return _("谢谢,这张单子办完了。") if solved else _("已退回,团队会再来。")


def _cancel(request: HttpRequest, visitor: Visitor) -> str:
    reason = sent(request, "reason") or HOW
    asking.cancel_order(by=visitor.by, at=visitor.at, order=sent(request, "order"), reason=reason)
    return _("已取消这次上门。")


def _apply(request: HttpRequest, visitor: Visitor) -> str:
    on, staff = _day(sent(request, "planned_on")), sent(request, "staff")
    if not staff.isdecimal():
        raise WrongInput("resumptions.staff", _("复工人数请写数字。"), field="staff")
    resuming.apply_resumption(
        by=visitor.by, at=visitor.at, enterprise=visitor.firm.ref, planned_on=on, staff=int(staff[:9])
    )
    return _("已提交;逐项核查的进度在这里看。")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as fault:
        raise WrongInput("resumptions.planned_on", _("请写计划复工的日期。"), field="planned_on") from fault


def _mend(request: HttpRequest, visitor: Visitor) -> str:
    resuming.mend_item(by=visitor.by, at=visitor.at, item=sent(request, "item"), remedy=sent(request, "remedy"))
    return _("已说明整改情况,等工作人员再核查。")


def _take_back(request: HttpRequest, visitor: Visitor) -> str:
    ref, reason = sent(request, "resumption"), sent(request, "reason")
    resuming.withdraw_resumption(by=visitor.by, at=visitor.at, resumption=ref, reason=reason)
    return _("复工申请已撤回。")


DEEDS: Deeds = {
    "ask-law": (_ask_law, shown, "firm_services"),
    "order-service": (_order, shown, "firm_services"),
    "confirm-order": (_confirm, shown, "firm_services"),
    "cancel-order": (_cancel, shown, "firm_services"),
    "apply-resumption": (_apply, shown, "firm_services"),
    "mend-item": (_mend, shown, "firm_services"),
    "withdraw-resumption": (_take_back, shown, "firm_services"),
}
