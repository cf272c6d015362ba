"""Following a report by its receipt: where it stands, by when, what was answered; and what the reporter may do about it.

Everything done here goes through actions, as the reporter whose receipt this is. A refusal comes back as the same page with the
sentence on top and the words kept.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import segno
from django.conf import settings
from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gridloop.core.errors import Broken, GridloopError, NotFound, WrongInput
from gridloop.offices.cases.actions import attach, judge_answer, reopen, supplement, withdraw
from gridloop.offices.cases.actions.closing import SATISFACTION
from gridloop.offices.cases.actions.telling import UNDO_WITHIN, may_undo, undo
from gridloop.offices.cases.queries import following
from gridloop.offices.cases.queries.explaining import plainly_explained
from gridloop.offices.cases.queries.following import Followed
from gridloop.offices.cases.queries.pages import ASK_AFTER
from gridloop.web.public import wording
from gridloop.web.public.doors import Opened, absolute, grouped, with_receipt
from gridloop.web.public.limits import count
from gridloop.web.public.report import read_photo
from gridloop.web.public.told import MOST_PHOTOS

SHOWN_IN_PLACE = ("image/jpeg", "image/png", "image/webp")
MOST_PHOTOS_IN_ALL = 12
REASONS = {
    "undone": gettext_lazy("问题还在"), "partly": gettext_lazy("只办了一部分"), "back": gettext_lazy("办好后又出现了"),
    "unclear": gettext_lazy("答复没说清楚"), "slow": gettext_lazy("太慢"), "manner": gettext_lazy("态度不好"), "nobody": gettext_lazy("没有人联系过我"),
}  # fmt: skip
"""Why someone is not content: what can be put right, in words people use. Several may hold."""


@dataclass(frozen=True, slots=True)
class TroubleShown:
    """One trouble of this receipt, with everything its part of the page needs."""

    followed: Followed
    label: str
    sentence: str
    tone: str
    decided: tuple[str, ...]
    road: list[wording.Milestone]
    history: list[wording.StepShown]
    answer: str
    question: str
    satisfied: str
    may_withdraw: bool
    asks_again: bool
    """Four weeks have passed since the end: is it still well?"""
    undo_until: datetime | None
    why_here: str

    @property
    def report(self) -> Any:
        return self.followed.report

    @property
    def case(self) -> Any:
        return self.followed.answering


@require_safe
@with_receipt
def follow(request: HttpRequest, opened: Opened) -> HttpResponse:
    """/r/<secret>/: the receipt when it is new or asked for, else the whole story."""
    if "new" in request.GET or "receipt" in request.GET:
        return _receipt(request, opened)
    return _page(request, opened)


def _receipt(request: HttpRequest, opened: Opened) -> HttpResponse:
    """The receipt on one sheet: number, code, who answers, why, by when."""
    page = {
        "opened": opened,
        "street": opened.street,
        "trouble": _trouble(opened, opened.reports[0]),
        "is_new": "new" in request.GET,
        "secret": grouped(opened.secret),
        "link": absolute(opened.address),
        "code": qr_code(absolute(opened.address)),
        "verifier_key": settings.LEDGER_VERIFIER_KEY,
        "ledger": absolute("/ledger/"),
    }
    return render(request, "public/receipt.html", page)


def qr_code(text: str) -> SafeString:
    """The text as an inline SVG without styles or scripts, a quarter of it restorable."""
    drawn = segno.make(text, error="m", micro=False).svg_inline(
        scale=1, border=2, omitsize=True, svgclass=None, lineclass=None
    )
    return SafeString(drawn)


def _page(
    request: HttpRequest, opened: Opened, *, problem: str = "", said: dict[str, str] | None = None, status: int = 200
) -> HttpResponse:
    return render(request, "public/follow.html", told_page(opened, problem=problem, said=said), status=status)


def told_page(opened: Opened, *, problem: str = "", said: dict[str, str] | None = None) -> dict[str, Any]:
    """What the story of these reports needs, wherever it is shown."""
    troubles = [_trouble(opened, report) for report in opened.reports]
    return {
        "opened": opened,
        "street": opened.street,
        "troubles": troubles,
        "main": troubles[0],
        "is_split": len(troubles) > 1,
        "problem": problem,
        "said": said or {},
        "ratings": [(value, _(label)) for value, label in SATISFACTION.items()],
        "reasons": list(REASONS.items()),
        "chosen": (said or {}).get("why", "").split(),
        "most_photos": MOST_PHOTOS,
    }


def _trouble(opened: Opened, report: Any) -> TroubleShown:
    followed = following.follow(report, by=opened.by, at=opened.at)
    label, sentence, tone = wording.state(followed.answering.state)
    return TroubleShown(
        followed=followed,
        label=label,
        sentence=sentence,
        tone=tone,
        road=wording.road(followed.answering.state),
        history=wording.history(followed),
        answer=report.answer or followed.answering.answer,
        question=next(
            (
                step.shown["text"]
                for step in reversed(followed.steps)
                if step.kind == "case.asked" and "text" in step.shown
            ),
            "",
        ),
        satisfied=_(SATISFACTION.get(report.satisfied, "")) if report.satisfied else "",
        may_withdraw="withdraw" in followed.own_verbs
        and (followed.told is not followed.answering or not followed.others),
        asks_again=_asks_again(followed, at=opened.at),
        undo_until=_undo_until(followed, at=opened.at),
        why_here=wording.why_here(followed),
        decided=plainly_explained(followed.told),
    )


def _asks_again(followed: Followed, *, at: datetime) -> bool:
    ended_at = followed.answering.cleared_at
    return "reopen" in followed.verbs and ended_at is not None and at - ended_at >= ASK_AFTER


def _undo_until(followed: Followed, *, at: datetime) -> datetime | None:
    """Until when the reporter may undo with one press; None when not (any more), or when others told of the same case."""
    is_alone = followed.told is not followed.answering or not followed.others
    return followed.report.told_at + UNDO_WITHIN if is_alone and may_undo(followed.report, at=at) else None


# -- what the reporter does ------------------------------------------------------------------------------------------


def _supplement(request: HttpRequest, opened: Opened, report: Any) -> None:
    supplement(by=opened.by, at=opened.at, case=_answering(report).ref, text=request.POST.get("text", ""))


def _judge(request: HttpRequest, opened: Opened, report: Any) -> None:
    """Whether it is solved must be said; how satisfied and why is up to the reporter."""
    verdict = {"yes": True, "no": False}.get(request.POST.get("solved", ""))
    if verdict is None:
        raise WrongInput("public.no_verdict", _("请先选“已解决”或“未解决”。"), field="solved")
    rating = request.POST.get("satisfied", "")
    judge_answer(
        by=opened.by, at=opened.at, case=_answering(report).ref, report=report.ref, solved=verdict,
        satisfied=int(rating) if rating.isdecimal() and len(rating) == 1 else None, comment=_comment(request),
    )  # fmt: skip


def _comment(request: HttpRequest) -> str:
    """The ticked reasons in words, then what was written."""
    chosen = [str(REASONS[code]) for code in request.POST.getlist("why") if code in REASONS]
    words = request.POST.get("comment", "").replace("\x00", "").strip()
    return "。".join(part for part in ("、".join(chosen), words) if part)


def _undo(request: HttpRequest, opened: Opened, report: Any) -> None:
    undo(by=opened.by, at=opened.at, case=report.case.ref)


def _reopen(request: HttpRequest, opened: Opened, report: Any) -> None:
    reopen(by=opened.by, at=opened.at, case=_answering(report).ref, reason=request.POST.get("reason", ""))


def _withdraw(request: HttpRequest, opened: Opened, report: Any) -> None:
    if not request.POST.get("sure"):
        raise WrongInput("public.not_sure", _("请勾选“我确认撤回”再提交。"), field="sure")
    reason = request.POST.get("reason", "").strip() or _("反映人撤回")
    withdraw(by=opened.by, at=opened.at, case=report.case.ref, reason=reason)


def _photo(request: HttpRequest, opened: Opened, report: Any) -> None:
    photos = request.FILES.getlist("photos")
    if not photos:
        raise WrongInput("public.no_photo", _("请先选择照片。"), field="photos")
    before = following.own_attachments(report, by=opened.by)
    if len(photos) > MOST_PHOTOS or len(before) + len(photos) > MOST_PHOTOS_IN_ALL:
        sentence = _("一次最多 %(once)d 张,一件最多 %(all)d 张;请留下最要紧的几张。")
        raise WrongInput(
            "public.too_many_photos", sentence % {"once": MOST_PHOTOS, "all": MOST_PHOTOS_IN_ALL}, field="photos"
        )
    for name, content in [(photo.name or _("照片"), read_photo(photo)) for photo in photos]:
        attach(
            by=opened.by, at=opened.at, case=_answering(report).ref, name=name, content=content,
            keeps_location=bool(request.POST.get("keeps_location")),
        )  # fmt: skip


def _answering(report: Any) -> Any:
    return report.case.merged_into or report.case


Deed = Callable[[HttpRequest, Opened, Any], None]
DEEDS: dict[str, tuple[Deed, Any]] = {
    "undo": (_undo, gettext_lazy("已撤销,就像没有提交过;没有人会再办这件事。")),
    "reopen": (_reopen, gettext_lazy("已转主办单位重新办理;原来的期限继续计算。")),
    "supplement": (_supplement, gettext_lazy("补充的情况已转给主办单位。")),
    "judge": (_judge, gettext_lazy("谢谢,您的评价已记入台账。")),
    "withdraw": (_withdraw, gettext_lazy("已撤回。需要时可以重新反映。")),
    "photo": (_photo, gettext_lazy("照片已收到。")),
}


@require_POST
@with_receipt
def act(request: HttpRequest, opened: Opened, deed: str) -> HttpResponse:
    """/r/<secret>/do/<deed>/"""
    return acted(request, opened, deed, shown=_page)


def acted(request: HttpRequest, opened: Opened, deed: str, *, shown: Callable[..., HttpResponse]) -> HttpResponse:
    """The deed is done and the story shown anew; refused, it is shown with the sentence on top and the words kept."""
    try:
        count(request, "write", at=opened.at)
        do, done = _deed(deed)
        do(request, opened, opened.report(request.POST.get("report", "")))
    except Broken:
        raise
    except GridloopError as error:
        said = {name: value for name, value in request.POST.items() if name != "csrfmiddlewaretoken"}
        said["why"] = " ".join(request.POST.getlist("why"))
        return shown(request, opened, problem=error.sentence, said=said, status=error.status)
    messages.success(request, str(done))
    return redirect(opened.address)


def _deed(name: str) -> tuple[Deed, Any]:
    if name not in DEEDS:
        raise NotFound("public.no_deed", _("没有这个操作;请刷新页面重试。"))
    return DEEDS[name]


@require_http_methods(["GET", "HEAD"])
@with_receipt
def confirm_withdrawal(request: HttpRequest, opened: Opened) -> HttpResponse:
    """/r/<secret>/withdraw/: withdrawing is asked twice."""
    return asked_twice(request, opened, shown=_page)


def asked_twice(request: HttpRequest, opened: Opened, *, shown: Callable[..., HttpResponse]) -> HttpResponse:
    """Whether the trouble is really to be withdrawn, if it may be."""
    trouble = _trouble(opened, opened.report(request.GET.get("report", "")))
    if not trouble.may_withdraw:
        return shown(request, opened, problem=_("此件现在不能撤回;请看它到了哪一步。"), status=409)
    return render(request, "public/withdraw.html", {"opened": opened, "street": opened.street, "trouble": trouble})


@require_safe
@with_receipt
def photo(request: HttpRequest, opened: Opened, ref: str) -> HttpResponseBase:
    """/r/<secret>/photos/<ref>/: only what came with this receipt."""
    return own_photo(opened, ref)


def own_photo(opened: Opened, ref: str) -> HttpResponseBase:
    """The photo, if it came with one of these reports. Raises NotFound."""
    own = [each for report in opened.reports for each in following.own_attachments(report, by=opened.by)]
    found = next((each for each in own if each.ref == ref), None)
    if found is None:
        raise NotFound("public.no_photo", _("没有这张照片;请从查询页重新打开。"))
    is_picture = found.media_type in SHOWN_IN_PLACE
    answer = FileResponse(
        found.file.open("rb"), content_type=found.media_type, as_attachment=not is_picture, filename=found.name
    )
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src 'self'"
    return answer
