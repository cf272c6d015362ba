"""Getting in and out: the door, the invitation that opens it once, the devices that are signed in."""

from __future__ import annotations

import re

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from gridloop.core.errors import Broken, GridloopError
from gridloop.offices.enterprise.actions.inviting import enter_demonstration, open_invitation, sign_out
from gridloop.offices.enterprise.queries import access
from gridloop.web.firm_page.doors import Visitor, for_firm, forget, remember, visitor_of
from gridloop.web.public.doors import SECRET_LENGTH, private
from gridloop.web.public.limits import count
from gridloop.web.reader import moment

LONGEST_SECRET = 64


@require_http_methods(["GET", "HEAD", "POST"])
@private
def door(request: HttpRequest) -> HttpResponse:
    """/firm/: how to get in; whoever is in goes on. Posted, the code from the paper."""
    if request.method == "POST":
        secret = secret_in(request.POST.get("secret", ""))
        if len(secret) == SECRET_LENGTH:
            return redirect("firm_open", secret)
        problem = _("邀请码应是 %(length)d 位字母和数字;请对照邀请函再输一遍。") % {"length": SECRET_LENGTH}
        return _door(request, problem=problem, status=422)
    if visitor_of(request):
        return redirect("firm_home")
    return _door(request)


def _door(request: HttpRequest, *, problem: str = "", status: int = 200) -> HttpResponse:
    page = {
        "problem": problem, "length": SECRET_LENGTH, "said": request.POST.get("secret", "")[:200],
        "demonstrations": [row.enterprise for row in access.demonstrated()],
    }  # fmt: skip
    return render(request, "firm/door.html", page, status=status)


@require_POST
@private
def demonstration(request: HttpRequest) -> HttpResponse:
    """/firm/demonstration/: a visitor of a demonstration street sees the page of its invited firm, with a sign-in like any other."""
    at = moment(request)
    try:
        count(request, "firm", at=at)
        opened = enter_demonstration(
            street=request.POST.get("street", "")[:20], device=device_of(request.headers.get("User-Agent", "")), at=at
        )
    except Broken:
        raise
    except GridloopError as error:
        return _door(request, problem=error.sentence, status=error.status)
    messages.success(request, _("这是演示企业的页面,资料和事情都是虚构的。"))
    return remember(redirect("firm_home"), opened.token)


def secret_in(said: str) -> str:
    """The secret in what was typed or pasted: a whole link, capitals, blanks and dashes are understood."""
    linked = re.search(r"/firm/open/([^/?#\s]+)", said)
    return re.sub(r"[\s\-_·.。,,、]", "", linked.group(1) if linked else said).lower()[:LONGEST_SECRET]


@require_http_methods(["GET", "HEAD", "POST"])
@private
def open_door(request: HttpRequest, secret: str) -> HttpResponse:
    """/firm/open/<secret>/: looking uses nothing up (chat programs look, too); sent with the number, the device is signed in."""
    at = moment(request)
    try:
        if request.user.is_authenticated:
            return _opening(request, is_staff=True, status=409)
        count(request, "firm", at=at)
        invitation = access.open_invitation(secret[:LONGEST_SECRET], at=at)
        if request.method != "POST":
            return _opening(request, invitation=invitation)
        phone, device = request.POST.get("phone", "")[:40], device_of(request.headers.get("User-Agent", ""))
        opened = open_invitation(secret=secret[:LONGEST_SECRET], phone=phone, device=device, at=at)
    except Broken:
        raise
    except GridloopError as error:
        return _refused(request, secret, error)
    messages.success(request, _("已登录。这台设备半年内不用再登录;不用了请退出。"))
    return remember(redirect("firm_home"), opened.token)


def _refused(request: HttpRequest, secret: str, error: GridloopError) -> HttpResponse:
    """A wrong number stands at its field; what opens nothing any more has a page that says what to do."""
    if error.fields.get("field") != "phone":
        return _opening(request, problem=error.sentence, status=error.status)
    try:
        still = access.open_invitation(secret[:LONGEST_SECRET], at=moment(request))
    except GridloopError as gone:
        return _opening(request, problem=gone.sentence, status=gone.status)
    return _opening(request, invitation=still, wrong=error.sentence, status=error.status)


def _opening(
    request: HttpRequest, *, invitation: object = None, problem: str = "", wrong: str = "", is_staff: bool = False, status: int = 200
) -> HttpResponse:  # fmt: skip
    page = {"invitation": invitation, "problem": problem, "wrong": wrong, "is_staff": is_staff}
    return render(request, "firm/open.html", page, status=status)


_SYSTEMS = (("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("HarmonyOS", "HarmonyOS"), ("Windows", "Windows"), ("Mac OS", "Mac"), ("Linux", "Linux"))  # fmt: skip
_BROWSERS = (
    ("MicroMessenger", "微信"),
    ("Edg/", "Edge"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)


def device_of(agent: str) -> str:
    """What the browser says of itself in two words, so that its owner recognises the device; no more of it is kept."""
    found = [next((name for mark, name in table if mark in agent), "") for table in (_SYSTEMS, _BROWSERS)]
    return " · ".join(part for part in found if part)


@require_POST
@for_firm
def leave(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """/firm/leave/: this device, another one (``device``), or all of them (``all``) are signed out."""
    own, wanted = visitor.signed.sign_in.ref, request.POST.get("device", "")
    everywhere = bool(request.POST.get("all"))
    sign_out(by=visitor.by, at=visitor.at, sign_in="" if everywhere else wanted or own)
    if everywhere or wanted in ("", own):
        messages.success(request, _("已退出;下次要用请联系服务管家重新邀请。"))
        return forget(redirect("firm_door"))
    messages.success(request, _("那台设备已退出。"))
    return redirect("firm_held")
