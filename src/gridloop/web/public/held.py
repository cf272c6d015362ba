"""您手里有我的什么: everything kept about whoever holds the receipt, as a page and as a file; correcting it, taking it back, asking for more.

What the reporter may do alone they do at once (name and telephone). What others rely on (the words of a case under way, the record of what was done)
is asked for: the request becomes a case of its own, with a receipt and a deadline (PIPL art. 45–47, 50).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from gridloop.core.errors import Broken, GridloopError, NotFound, WrongInput
from gridloop.offices.cases.actions import Filing, file_case, withdraw_contact
from gridloop.offices.cases.actions.telling import correct_contact
from gridloop.offices.cases.queries.held import Field, Held, held_about
from gridloop.web.dates import when
from gridloop.web.public.doors import PUBLIC, Opened, with_receipt
from gridloop.web.public.limits import count

NAMES = {
    "name": gettext_lazy("称呼"), "phone": gettext_lazy("电话"), "enterprise": gettext_lazy("企业"), "text": gettext_lazy("原话"),
    "place": gettext_lazy("地点"), "supplements": gettext_lazy("补充的情况"), "photos": gettext_lazy("照片"),
    "judgement": gettext_lazy("评价里写的话"),
}  # fmt: skip
LEVELS = {"L2": gettext_lazy("L2 内部"), "L3": gettext_lazy("L3 个人信息")}


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that is kept, in a resident's words."""

    name: str
    value: str
    level: str


@dataclass(frozen=True, slots=True)
class HeldShown:
    """What is kept about one report."""

    held: Held
    rows: tuple[Row, ...]


@require_safe
@with_receipt
def held(request: HttpRequest, opened: Opened) -> HttpResponse:
    """/r/<secret>/held/"""
    return _page(request, opened)


def _page(
    request: HttpRequest, opened: Opened, *, problem: str = "", said: dict[str, str] | None = None, status: int = 200
) -> HttpResponse:
    page = {
        "opened": opened,
        "street": opened.street,
        "troubles": [_shown(report) for report in opened.reports],
        "problem": problem,
        "said": said or {},
    }
    return render(request, "public/held.html", page, status=status)


def _shown(report: Any) -> HeldShown:
    found = held_about(report)
    return HeldShown(found, tuple(_row(each) for each in found.fields))


def _row(each: Field) -> Row:
    return Row(str(NAMES[each.name]), each.value, str(LEVELS[each.level]))


@require_safe
@with_receipt
def held_file(request: HttpRequest, opened: Opened, kind: str) -> HttpResponse:
    """/r/<secret>/held.json and /r/<secret>/held.txt: a copy to take away."""
    count(request, "held", at=opened.at)
    found = [_shown(report) for report in opened.reports]
    number = opened.reports[0].case.number
    if kind == "json":
        answer: HttpResponse = JsonResponse(
            {"street": opened.street.name, "copied_at": opened.at.isoformat(), "reports": [_document(each) for each in found]},
            json_dumps_params={"ensure_ascii": False, "indent": 1},
        )  # fmt: skip
    else:
        text = "\n\n".join(_text(each) for each in found)
        answer = HttpResponse(f"{opened.street.name}\n\n{text}\n", content_type="text/plain; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="held-{number}.{kind}"'
    return answer


def _document(shown: HeldShown) -> dict[str, Any]:
    return {
        "number": shown.held.number,
        "told_at": shown.held.told_at.isoformat(),
        "kept": [{"name": each.name, "value": each.value, "class": each.level} for each in shown.held.fields],
        "looks": [
            {"at": look.at.isoformat(), "post": look.post, "what": look.what, "reason": look.reason}
            for look in shown.held.looks
        ],
        "contact_kept_until": timezone.localdate(shown.held.contact_until).isoformat()
        if shown.held.contact_until
        else None,
    }


def _text(shown: HeldShown) -> str:
    until = shown.held.contact_until
    lines = [
        f"{_('编号')}:{shown.held.number}",
        *(f"{row.name}:{row.value or _('没有留')}({row.level.split()[0]})" for row in shown.rows),
        *(f"{_('查看记录')}:{when(look.at)} {look.post or _('岗位已撤销')} · {look.what} · {look.reason}" for look in shown.held.looks),
        f"{_('姓名和电话保存到')}:{timezone.localdate(until).isoformat() if until else _('办结满一年为止')}",
    ]  # fmt: skip
    return "\n".join(lines)


@require_POST
@with_receipt
def change(request: HttpRequest, opened: Opened, what: str) -> HttpResponse:
    """/r/<secret>/held/<what>/: correct, forget or ask."""
    change_it = _CHANGES.get(what)
    if change_it is None:
        raise NotFound("public.no_deed", _("没有这个操作;请刷新页面重试。"))
    try:
        count(request, "write", at=opened.at)
        return change_it(request, opened)
    except Broken:
        raise
    except GridloopError as error:
        said = {name: value for name, value in request.POST.items() if name != "csrfmiddlewaretoken"}
        return _page(request, opened, problem=error.sentence, said=said, status=error.status)


def _correct(request: HttpRequest, opened: Opened) -> HttpResponse:
    name, phone = request.POST.get("name", ""), request.POST.get("phone", "")
    correct_contact(by=opened.by, at=opened.at, name=name, phone=phone)
    messages.success(request, _("已更正。更正本身记入台账,内容不记。"))
    return redirect("held", secret=opened.secret)


def _forget(request: HttpRequest, opened: Opened) -> HttpResponse:
    if not request.POST.get("sure"):
        raise WrongInput("public.not_sure", _("请勾选“我确认删除”再提交。"), field="sure")
    for report in opened.reports:
        if report.name or report.phone:
            withdraw_contact(by=opened.by, at=opened.at, case=report.case.ref, report=report.ref)
    messages.success(request, _("称呼和电话已删除,谁也看不到了。事项继续办,凭回执查询。"))
    return redirect("held", secret=opened.secret)


def _ask(request: HttpRequest, opened: Opened) -> HttpResponse:
    """The request is filed as a case; its receipt is a new one."""
    words = request.POST.get("text", "").replace("\x00", "").strip()
    if len(words) < 4:
        raise WrongInput("public.nothing_asked", _("请写明要更正或删除什么。"), field="text")
    number = opened.reports[0].case.number
    title = _("个人信息更正或删除申请:事项 %(number)s") % {"number": number}
    filing = Filing(text=f"{title}\n{words}"[:10_000], source="public", title=title)
    receipt = file_case(by=PUBLIC, at=opened.at, street=opened.street.code, filing=filing).receipt
    return redirect(f"{reverse('follow', args=[receipt])}?new=1")


_CHANGES = {"correct": _correct, "forget": _forget, "ask": _ask}
