"""The firm's own pages: its four names and what is under way, its policies, its visits, what is kept about it and who looked."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from gridloop.core.errors import Broken, GridloopError, NotFound, WrongInput
from gridloop.offices.archive.queries import access_notes_of
from gridloop.offices.cases.actions import Filing
from gridloop.offices.cases.queries.held import look_of
from gridloop.offices.enterprise.actions.cases import file_need
from gridloop.offices.enterprise.actions.contacts import answer_consent
from gridloop.offices.enterprise.actions.visits import decline_visit
from gridloop.offices.enterprise.queries import access, banking, pairing, serving
from gridloop.offices.enterprise.queries.facts import agrees
from gridloop.offices.enterprise.queries.pages import present_consents, present_contacts
from gridloop.offices.enterprise.queries.visits import VisitsWanted, list_visits
from gridloop.offices.policies import actions as policies
from gridloop.offices.policies.queries import matching
from gridloop.web.enterprise.firm import facts_shown, named, year_shown
from gridloop.web.firm_page import services, together
from gridloop.web.firm_page.doors import Visitor, for_firm
from gridloop.web.firm_page.shown import HOW, Deeds, drawn, sent, yes
from gridloop.web.policy_firms import groups_of
from gridloop.web.public import wording
from gridloop.web.public.limits import count
from gridloop.web.wording import masked_name, masked_phone

MOST_CASES, MOST_VISITS, NOT_FITTING = 50, 40, 20


@require_safe
@for_firm
def home(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """/firm/home/: who answers for the firm, what it told, what was promised to it."""
    firm = visitor.firm
    page = {
        "stack": named(pairing.stack_of(firm.subject, street=firm.street)), "cases": _cases(visitor),
        "promises": serving.of_firm(firm)[2], "promised": serving.promise_count(visitor.by, on=visitor.today), "today": visitor.today,
        "waiting": together.waiting(visitor), "to_confirm": sum(row.state == "done" for row in serving.of_firm(firm)[1]),
    }  # fmt: skip
    return drawn(request, visitor, "firm_home", page)


def _cases(visitor: Visitor) -> list[dict[str, Any]]:
    """What the firm told, the newest first, each with its state in a resident's words; what awaits its judgement says so."""
    rows = access.reports_of(visitor.firm).filter(origin=None).select_related("case__lead", "case__merged_into__lead")
    shown = []
    for report in rows[:MOST_CASES]:
        case = report.case.merged_into or report.case
        label, _sentence, tone = wording.state(case.state)
        asks = case.state in ("answered", "verified", "cleared") and report.judged_at is None
        shown.append({"report": report, "case": case, "label": label, "tone": tone, "asks": asks})
    return shown


@require_safe
@for_firm
def policies_page(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """/firm/policies/: what may fit and why, clause by clause; what is lacking; what does not fit."""
    return _policies(request, visitor)


def _policies(request: HttpRequest, visitor: Visitor, *, problem: str = "", status: int = 200) -> HttpResponse:
    matches = matching.matches_of_firm(visitor.firm, on=visitor.today, rest=NOT_FITTING)
    page = {
        "groups": groups_of(matches), "fits": sum(match.verdict.value == "met" for match in matches), "problem": problem,
        "takes_pushes": agrees(visitor.firm, "push"),
    }  # fmt: skip
    return drawn(request, visitor, "firm_policies_own", page, status=status)


@require_safe
@for_firm
def visits(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """/firm/visits/: who is to come and who came; no to one of them, or to all."""
    return _visits(request, visitor)


def _visits(request: HttpRequest, visitor: Visitor, *, problem: str = "", status: int = 200) -> HttpResponse:
    rows, _after = list_visits(visitor.by, VisitsWanted(), size=MOST_VISITS)
    page = {
        "to_come": sorted((row for row in rows if row.state == "planned"), key=lambda row: row.planned_on),
        "past": [row for row in rows if row.state != "planned"], "takes_visits": agrees(visitor.firm, "visit"), "problem": problem,
    }  # fmt: skip
    return drawn(request, visitor, "firm_visits", page, status=status)


@require_safe
@for_firm
def held(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """/firm/held/: what is kept about the firm, who looked, and on which devices one is signed in."""
    return _held(request, visitor)


def _held(request: HttpRequest, visitor: Visitor, *, problem: str = "", status: int = 200) -> HttpResponse:
    firm = visitor.firm
    page = {
        "facts": facts_shown(firm), "figures": [year_shown(row) for row in firm.figures.all()], "consents": present_consents(firm),
        "contacts": [
            {"name": masked_name(row.name), "phone": masked_phone(row.phone), "duty": row.duty, "is_self": row.pk == visitor.signed.contact.pk}
            for row in present_contacts(firm)
        ],
        "looks": [look_of(note) for note in access_notes_of(access.looked_at(firm))], "given": banking.introduced(firm),
        "devices": access.devices(visitor.signed, at=visitor.at), "own": visitor.signed.sign_in.ref, "problem": problem,
    }  # fmt: skip
    return drawn(request, visitor, "firm_held", page, status=status)


# -- the firm's word ---------------------------------------------------------------------------------------------------


def _consent(request: HttpRequest, visitor: Visitor) -> str:
    granted = yes(request, "granted")
    kind = request.POST.get("kind", "")
    answer_consent(by=visitor.by, at=visitor.at, enterprise=visitor.firm.ref, kind=kind, granted=granted, how=HOW)
    return _("已记下,马上生效;随时可以改。")


def _decline_policy(request: HttpRequest, visitor: Visitor) -> str:
    ref, note = request.POST.get("policy", ""), request.POST.get("note", "")
    policies.decline_policy(by=visitor.by, at=visitor.at, enterprise=visitor.firm.ref, policy=ref, how=HOW, note=note)
    return _("已记下;这项政策不再推送给您。")


def _want_policy(request: HttpRequest, visitor: Visitor) -> str:
    push = request.POST.get("push", "")
    policies.answer_push(by=visitor.by, at=visitor.at, push=push, answer="interested", how=HOW)
    return _("已记下您想申请;请按政策里的办法办理,服务管家会看到。")


def _decline_visit(request: HttpRequest, visitor: Visitor) -> str:
    decline_visit(
        by=visitor.by, at=visitor.at, visit=request.POST.get("visit", ""), reason=request.POST.get("reason", "")
    )
    return _("已谢绝这次走访,并告诉要来的人。")


def _correction(request: HttpRequest, visitor: Visitor) -> str:
    """What is to be corrected becomes a case of the firm, with a deadline and an answer."""
    words = sent(request, "text")
    if len(words) < 4:
        raise WrongInput("public.nothing_asked", _("请写明要更正或删除什么。"), field="text")
    contact = visitor.signed.contact
    filing = Filing(
        text=words,
        title=_("企业资料更正申请"),
        source="enterprise",
        reporter_name=contact.name,
        reporter_phone=contact.phone,
    )
    file_need(by=visitor.by, at=visitor.at, enterprise=visitor.firm.ref, filing=filing)
    return _("申请已登记,首页能看到进展;同样有期限、有答复。")


DEEDS: Deeds = {
    **services.DEEDS,
    **together.DEEDS,
    "decline-policy": (_decline_policy, _policies, "firm_policies_own"),
    "want-policy": (_want_policy, _policies, "firm_policies_own"),
    "pushes": (_consent, _policies, "firm_policies_own"),
    "decline-visit": (_decline_visit, _visits, "firm_visits"),
    "visits": (_consent, _visits, "firm_visits"),
    "consent": (_consent, _held, "firm_held"),
    "correct": (_correction, _held, "firm_held"),
}
NO_DEED = gettext_lazy("没有这个操作;请刷新页面重试。")


@require_POST
@for_firm
def act(request: HttpRequest, visitor: Visitor, deed: str) -> HttpResponse:
    """/firm/do/<deed>/: the firm's word; a refusal comes back as the page with its sentence on top."""
    if deed not in DEEDS:
        raise NotFound("public.no_deed", str(NO_DEED))
    do, shown, back = DEEDS[deed]
    try:
        count(request, "write", at=visitor.at)
        done = do(request, visitor)
    except Broken:
        raise
    except GridloopError as error:
        return shown(request, visitor, problem=error.sentence, status=error.status)
    messages.success(request, done)
    return redirect(back)
