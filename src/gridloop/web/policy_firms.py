"""/policies/firms/<ref>/: what may fit one firm and why, what it was told, and its answer, which is for good when it is no."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gridloop.core.errors import Broken, GridloopError
from gridloop.core.firm_access import SERVES
from gridloop.offices.enterprise.queries.facts import agrees
from gridloop.offices.enterprise.queries.register import enterprise
from gridloop.offices.policies import actions
from gridloop.offices.policies.queries import matching
from gridloop.web.policies import TONES
from gridloop.web.reader import Reader, staff


@require_safe
@staff
def firm(request: HttpRequest, reader: Reader, ref: str) -> HttpResponse:
    """/policies/firms/<ref>/"""
    return _page(request, reader, ref)


def _page(
    request: HttpRequest, reader: Reader, ref: str, *, error: GridloopError | None = None, about: str = ""
) -> HttpResponse:
    found = enterprise(ref, by=reader.actor)
    matches = matching.matches_of_firm(found, on=reader.today, rest=20)
    page: dict[str, Any] = {
        "firm": found, "groups": groups_of(matches), "takes_pushes": agrees(found, "push"), "tones": TONES, "error": error, "about": about,
        "fits": sum(match.verdict.value == "met" for match in matches), "may_answer": bool(reader.actor.roles(found.street) & SERVES), "key": uuid4().hex,
    }  # fmt: skip
    return render(request, "policies/firm.html", page, status=error.status if error else 200)


def groups_of(matches: list[Any]) -> list[tuple[str, str, list[Any]]]:
    """The matches by what they say: fits, lacks something, does not fit."""
    labels = {"met": _("可能适用"), "unknown": _("补上信息就知道"), "not_met": _("不符合")}
    return [
        (value, label, [match for match in matches if match.verdict.value == value]) for value, label in labels.items()
    ]


@require_POST
@staff
def answer(request: HttpRequest, reader: Reader, ref: str) -> HttpResponse:
    """/policies/firms/<ref>/answer/: 想申请 or 不需要, as the firm's contact said."""
    enterprise(ref, by=reader.actor)
    said = {"how": request.POST.get("how", ""), "note": request.POST.get("note", "")}
    push, about = request.POST.get("push", ""), request.POST.get("policy", "")
    try:
        if push:
            actions.answer_push(by=reader.actor, at=reader.at, push=push, answer=request.POST.get("answer", ""), **said)
        else:
            actions.decline_policy(by=reader.actor, at=reader.at, enterprise=ref, policy=about, **said)
    except Broken:
        raise
    except GridloopError as error:
        return _page(request, reader, ref, error=error, about=about)
    messages.success(
        request,
        _("已记下;谢绝的政策不再推送给这家企业。")
        if request.POST.get("answer") != "interested"
        else _("已记下企业想申请。"),
    )
    return redirect("firm_policies", ref)
