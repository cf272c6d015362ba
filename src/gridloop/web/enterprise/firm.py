"""One firm: its page, its record in a form, and what is done there."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gridloop.core.access import FILES_CASES
from gridloop.core.errors import Broken, GridloopError, NotFound
from gridloop.core.firm_access import may_arrange, may_keep, may_serve, must_keep
from gridloop.core.firm_size import SIZES, sized, threshold
from gridloop.core.industry import industry
from gridloop.core.vitality import VITALITIES
from gridloop.offices.archive.queries import access_notes, timeline
from gridloop.offices.enterprise.actions.contacts import Told, end_contact, look_at_contacts
from gridloop.offices.enterprise.actions.register import amend_enterprise, register_enterprise
from gridloop.offices.enterprise.queries import access, pairing, register, serving, teams, visits
from gridloop.offices.enterprise.queries.cases import cases_of
from gridloop.offices.enterprise.queries.facts import in_wan
from gridloop.offices.enterprise.queries.pages import present_consents, present_contacts
from gridloop.offices.enterprise.queries.words import LEFT_BECAUSE, PRIORITIES, SLOTS
from gridloop.web.drawing import draw_place
from gridloop.web.enterprise import deeds
from gridloop.web.enterprise.beside import beside_firm
from gridloop.web.enterprise.forms import AmendForm, FirmForm, NewFirmForm, choices_of
from gridloop.web.enterprise.words import timeline_of
from gridloop.web.forms import StyledForm
from gridloop.web.reader import Reader, staff
from gridloop.web.wording import masked_name, masked_phone, said

LATEST = 12
SHOWN_VISITS = 6
SOON = timedelta(days=30)


@require_safe
@staff
def firm(request: HttpRequest, reader: Reader, ref: str) -> HttpResponse:
    """/enterprises/<ref>/"""
    return firm_page(request, reader, ref)


def firm_page(
    request: HttpRequest, reader: Reader, ref: str, *, status: int = 200, refused: tuple[str, StyledForm] | None = None,
    contacts: list[Told] | None = None, unmask_error: str = "",
) -> HttpResponse:  # fmt: skip
    """The firm with its facts, names, contacts, cases, services, consents and history."""
    found = register.enterprise(ref, by=reader.actor)
    stack = pairing.stack_of(found.subject, street=found.street)
    cases = list(cases_of(found, by=reader.actor).select_related("lead")[:50])
    happened = timeline_of(timeline(found.subject), cases, visits.found_on(cases))
    consults, orders, promises = serving.of_firm(found)
    choices = choices_of(found.street, at=reader.at)
    offers = deeds.offered(reader, found, choices=choices, blanks=blanks_of(stack), refused=refused)
    roles = reader.actor.roles(found.street)
    page = {
        "at": reader.at, "firm": found, "facts": facts_shown(found), "reasons": _reasons(found), "stack": named(stack), "stack_full": stack.is_full,
        "team": teams.serving_at(found.street, found.place), "contacts": _contacts(found, contacts, at=reader.at), "may_invite": access.may_invite(reader.actor, found) and found.left_at is None, "is_masked": contacts is None,
        "unmask_error": unmask_error, "consents": present_consents(found), "cases": cases, "consults": consults, "orders": orders,
        "promises": promises, "happened": happened[:LATEST], "older": happened[LATEST:], "count": len(happened),
        "figures": [year_shown(row) for row in found.figures.all()], "spells": _spells(found), "beside": beside_firm(found, reader),
        "groups": {group: [each for each in offers if each.deed.group == group] for group in ("serving", "solving", "people", "pairing", "record")},
        "may_keep": may_keep(reader.actor, found.street), "may_arrange": may_arrange(reader.actor, found.street),
        "may_file": bool(roles & FILES_CASES) and found.left_at is None, "left": said(LEFT_BECAUSE.get(found.left_because, "")),
        "looks": access_notes(found.subject) if may_arrange(reader.actor, found.street) else None,
        "visits": visits_of(reader, found), "may_serve": may_serve(reader.actor, found.street) and found.left_at is None,
        "map": draw_place(found.street, place=found.place, lon=found.lon, lat=found.lat) if found.grid_id else None,
    }  # fmt: skip
    return render(request, "enterprise/firm.html", page, status=status)


def visits_of(reader: Reader, found: Any) -> list[Any]:
    """The visits of the firm, those to come and the latest that were made."""
    return visits.list_visits(reader.actor, visits.VisitsWanted(enterprise=found.ref), size=SHOWN_VISITS)[0]


def named(stack: pairing.Stack) -> list[tuple[str, str, Any]]:
    """The four slots in their order: code, label, and who holds it."""
    return [(slot, said(SLOTS[slot]), held) for slot, held in stack.slots.items()]


def blanks_of(stack: pairing.Stack) -> list[tuple[str, str]]:
    return [(slot, said(SLOTS[slot])) for slot in stack.blanks]


def facts_shown(found: Any) -> list[tuple[str, str]]:
    """What the record says, label and value; what is unknown is left out."""
    activity = industry(found.industry) if found.industry else None
    told = (
        (_("代码"), f"{found.code}({said(found.get_code_kind_display())})"),
        (_("简称或门头"), found.alias),
        (_("企业类型"), found.kind),
        (
            _("行业"),
            f"{found.industry} {' › '.join(said(part) for part in activity.label.split(' › '))}" if activity else "",
        ),
        (_("规模"), said(SIZES.get(found.size, "")) + (_("(人工)") if found.size_by == "stated" else "")),
        (_("限额以上"), _threshold(found)),
        (_("从业人员"), _("%(n)s 人") % {"n": found.staff} if found.staff is not None else ""),
        (_("营业收入"), _wan(found.revenue)),
        (_("资产总额"), _wan(found.assets)),
        (_("数据年度"), str(found.figures_year or "")),
        (_("成立日期"), found.registered_on.isoformat() if found.registered_on else ""),
        (_("注册资本"), _wan(found.capital) or found.capital_text),
        (_("网格"), found.grid.name if found.grid else _("未定位")),
        (_("地址"), found.address),
        (_("重点级别"), said(PRIORITIES.get(found.priority, ""))),
        (_("经营范围"), found.business),
    )
    return [(label, value) for label, value in told if value]


def _threshold(found: Any) -> str:
    if found.above_threshold is None:
        return _("未知")
    word = _("是") if found.above_threshold else _("否")
    return f"{word}{_('(人工)') if found.threshold_by == 'stated' else ''}"


def _reasons(found: Any) -> list[str]:
    """Why the rule says so, or what it still needs."""
    rule = sized(found.industry, staff=found.staff, revenue=found.revenue, assets=found.assets)
    return [said(rule.reason), said(threshold(found.industry, revenue=found.revenue).reason)]


def _wan(amount: Decimal | None) -> str:
    return _("%(n)s 万元") % {"n": f"{in_wan(amount):,f}"} if amount is not None else ""


def year_shown(row: Any) -> dict[str, Any]:
    """One year's figures in words."""
    return {
        "year": row.year,
        "staff": row.staff,
        "revenue": _wan(row.revenue),
        "assets": _wan(row.assets),
        "source": row.source,
    }


def _spells(found: Any) -> list[dict[str, Any]]:
    return [
        {
            "word": said(VITALITIES[row.vitality]),
            "reason": said(row.reason),
            "since": row.starts_at,
            "until": row.ends_at,
        }
        for row in found.spells.all()
    ]


def _contacts(found: Any, told: list[Told] | None, *, at: datetime) -> list[dict[str, Any]]:
    """The present contacts, masked unless just shown for a reason, each with its way to the firm's own page."""
    ways = access.access_of(found, at=at)
    clear = {each.ref: each for each in told or []}
    return [
        {
            "ref": row.ref, "duty": row.duty, "is_main": row.is_main, "way": ways.get(row.ref), "has_phone": bool(row.phone_index),
            "name": clear[row.ref].name if row.ref in clear else masked_name(row.name),
            "phone": clear[row.ref].phone if row.ref in clear else masked_phone(row.phone),
        }
        for row in present_contacts(found)
    ]  # fmt: skip


@require_POST
@staff
def do_deed(request: HttpRequest, reader: Reader, ref: str, deed: str) -> HttpResponse:
    """/enterprises/<ref>/do/<deed>/"""
    if deed not in deeds.DEEDS:
        raise Http404
    found = register.enterprise(ref, by=reader.actor)
    blanks = blanks_of(pairing.stack_of(found.subject, street=found.street))
    form = deeds.form_of(deed, request.POST, choices=choices_of(found.street, at=reader.at), blanks=blanks)
    if not form.is_valid():
        return firm_page(request, reader, ref, status=422, refused=(deed, form))
    try:
        deeds.DEEDS[deed].do(reader, found, form.cleaned_data)
    except Broken:
        raise
    except GridloopError as error:
        form.refuse(error)
        return firm_page(request, reader, ref, status=error.status, refused=(deed, form))
    messages.success(request, str(deeds.DEEDS[deed].said))
    return redirect("enterprise", ref)


@require_POST
@staff
def contacts(request: HttpRequest, reader: Reader, ref: str) -> HttpResponse:
    """/enterprises/<ref>/contacts/: names and telephones in full on this answer only, after the reason is on record."""
    try:
        told = look_at_contacts(by=reader.actor, at=reader.at, enterprise=ref, reason=request.POST.get("reason", ""))
    except (Broken, NotFound):
        raise
    except GridloopError as error:
        return firm_page(request, reader, ref, status=error.status, unmask_error=error.sentence)
    messages.info(request, _("已显示联系人,查看原因已记录。离开本页后恢复隐藏。"))
    return firm_page(request, reader, ref, contacts=told)


@require_POST
@staff
def finish_contact(request: HttpRequest, reader: Reader, ref: str, contact: str) -> HttpResponse:
    """/enterprises/<ref>/contacts/<contact>/end/"""
    end_contact(by=reader.actor, at=reader.at, enterprise=ref, contact=contact)
    messages.success(request, _("联系人已结束。"))
    return redirect("enterprise", ref)


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def new_firm(request: HttpRequest, reader: Reader) -> HttpResponse:
    """/enterprises/new/"""
    must_keep(reader.actor, reader.street.code)
    form = NewFirmForm(request.POST or None, choices=choices_of(reader.street.code, at=reader.at))
    if request.method == "POST" and form.is_valid():
        try:
            made = register_enterprise(by=reader.actor, at=reader.at, street=reader.street.code, told=form.told())
        except Broken:
            raise
        except GridloopError as error:
            _refuse(form, error)
            return _form(request, form, status=error.status, known=str(error.fields.get("enterprise", "")))
        messages.success(request, _("已建档:%(name)s。") % {"name": made.name})
        return redirect("enterprise", made.ref)
    return _form(request, form, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def edit_firm(request: HttpRequest, reader: Reader, ref: str) -> HttpResponse:
    """/enterprises/<ref>/edit/"""
    found = register.enterprise(ref, by=reader.actor)
    must_keep(reader.actor, found.street)
    first = _as_told(found)
    form = AmendForm(
        request.POST or None, choices=choices_of(found.street, at=reader.at), initial={**first, "rev": found.rev}
    )
    if request.method == "POST" and form.is_valid():
        told = form.told()
        changed = {
            name: value
            for name, value in told.items()
            if name not in ("reason", "rev") and value != first.get(name, "")
        }
        try:
            amend_enterprise(
                by=reader.actor,
                at=reader.at,
                enterprise=ref,
                told=changed,
                reason=told["reason"],
                rev=form.cleaned_data["rev"],
            )
        except Broken:
            raise
        except GridloopError as error:
            _refuse(form, error)
            return _form(request, form, status=error.status, found=found)
        messages.success(request, _("档案已修改;改前改后都在台账里。"))
        return redirect("enterprise", ref)
    return _form(request, form, status=422 if form.is_bound else 200, found=found)


def _as_told(found: Any) -> dict[str, str]:
    """The record as the form tells it."""
    return {
        "name": found.name, "code": found.code, "alias": found.alias, "kind": found.kind, "industry": found.industry, "business": found.business,
        "registered_on": found.registered_on.isoformat() if found.registered_on else "",
        "capital": f"{in_wan(found.capital):f}" if found.capital is not None else found.capital_text, "address": found.address,
        "grid": found.grid.code if found.grid and found.placed_by == "picked" else "", "lon": _degree(found.lon), "lat": _degree(found.lat),
        "cluster": found.cluster.name if found.cluster else "", "priority": found.priority,
        "size": found.size if found.size_by == "stated" else "",
        "above": {True: "是", False: "否"}.get(found.above_threshold, "") if found.threshold_by == "stated" else "",
    }  # fmt: skip


def _degree(value: float | None) -> str:
    return "" if value is None else f"{value:.6f}"


def _refuse(form: FirmForm, error: GridloopError) -> None:
    """Every problem stands at its field."""
    problems: Any = error.fields.get("problems")
    if not problems:
        form.refuse(error)
        return
    for problem in problems:
        form.add_error(problem["field"] if problem["field"] in form.fields else None, problem["reason"])


def _form(request: HttpRequest, form: FirmForm, *, status: int, found: Any = None, known: str = "") -> HttpResponse:
    return render(request, "enterprise/edit.html", {"form": form, "firm": found, "known": known}, status=status)
