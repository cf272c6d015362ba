"""A contact of a firm is invited to the firm's own page: the letter with its link and code, shown once; and what is taken back."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from gridloop.offices.enterprise.actions.inviting import end_access, invite_contact
from gridloop.offices.enterprise.queries import register
from gridloop.web.filing import quick_response_code
from gridloop.web.forms import refused_in_words
from gridloop.web.public.doors import absolute, grouped
from gridloop.web.reader import Reader, staff
from gridloop.web.wording import masked_name, masked_phone


@require_POST
@staff
def invite(request: HttpRequest, reader: Reader, ref: str, contact: str) -> HttpResponse:
    """/enterprises/<ref>/contacts/<contact>/invite/: the letter; its secret stands in this answer only."""
    found = register.enterprise(ref, by=reader.actor)
    with refused_in_words(request) as refused:
        sent = invite_contact(by=reader.actor, at=reader.at, enterprise=ref, contact=contact)
    if refused:
        return redirect(f"{reverse('enterprise', args=[ref])}#people")
    address = absolute(reverse("firm_open", args=[sent.secret]))
    row = sent.invitation.contact
    page = {
        "firm": found, "invitation": sent.invitation, "address": address, "code": quick_response_code(address), "secret": grouped(sent.secret),
        "name": masked_name(row.name), "phone": masked_phone(row.phone), "street": reader.street, "door": absolute(reverse("firm_door")),
    }  # fmt: skip
    answer = render(request, "enterprise/invited.html", page)
    answer["Cache-Control"] = "no-store"
    return answer


@require_POST
@staff
def take_back(request: HttpRequest, reader: Reader, ref: str, contact: str) -> HttpResponse:
    """/enterprises/<ref>/contacts/<contact>/access/end/: invitation and devices open nothing any more."""
    register.enterprise(ref, by=reader.actor)
    with refused_in_words(request) as refused:
        end_access(
            by=reader.actor, at=reader.at, enterprise=ref, contact=contact, reason=request.POST.get("reason", "")
        )
    if not refused:
        messages.success(request, _("已收回:邀请作废,已登录的设备全部退出。"))
    return redirect(f"{reverse('enterprise', args=[ref])}#people")
