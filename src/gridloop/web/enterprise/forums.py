"""/enterprises/forums/: the calendar of forums, one forum from the list of guests to the 问答, and whom to invite.

A question is typed once: "记下并立事项" files it in the same moment; "先记下" leaves it red until it is a case. An answered case becomes a 问答 here,
through the policies' own action, which keeps where the question came from.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gridloop.core import bank_match
from gridloop.core.errors import Broken, GridloopError, WrongInput
from gridloop.core.firm_access import may_serve
from gridloop.core.policy_access import may
from gridloop.offices.archive.keyset import KEY
from gridloop.offices.archive.repeated import once_sealed
from gridloop.offices.enterprise.actions import forum_questions as asked
from gridloop.offices.enterprise.actions import forums as acts
from gridloop.offices.enterprise.queries import banking, register
from gridloop.offices.enterprise.queries import forums as queries
from gridloop.offices.enterprise.queries.forums import ForumsWanted
from gridloop.offices.policies import actions as policies
from gridloop.offices.policies.queries import finding
from gridloop.web.enterprise import forum_forms as forms
from gridloop.web.enterprise import lists
from gridloop.web.forms import Offered, StyledForm, offered, refused_in_words
from gridloop.web.reader import Reader, staff
from gridloop.web.verbs import new_key
from gridloop.web.wording import said

SHOWN_TEXT = 60


@require_safe
@staff
def calendar(request: HttpRequest, reader: Reader) -> HttpResponse:
    """/enterprises/forums/?kind=&state=&since=&until=&late=1"""
    lists.must_read(reader)
    form = forms.CalendarForm(
        request.GET or None, choices=offered(reader.street.code, at=reader.at), auto_id="calendar-%s"
    )
    told = form.cleaned_data if form.is_bound and form.is_valid() else {}
    wanted = ForumsWanted(
        kind=told.get("kind", ""), state=told.get("state", ""), since=told.get("since"), until=told.get("until"),
        late=bool(request.GET.get("late")), after=_after(request),
    )  # fmt: skip
    rows, following, totals = queries.list_forums(reader.actor, wanted, today=reader.today)
    query = request.GET.copy()
    query.pop("after", None)
    page = {
        "form": form, "rows": rows, "totals": totals, "following": following, "query": query.urlencode(), "wanted": wanted,
        "may_serve": may_serve(reader.actor, reader.street.code),
    }  # fmt: skip
    return render(request, "enterprise/forums.html", page)


def _after(request: HttpRequest) -> str:
    """The key of the last row shown; anything else begins at the beginning."""
    told = request.GET.get("after", "")
    return told if re.fullmatch(KEY, told) else ""


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def announce(request: HttpRequest, reader: Reader) -> HttpResponse:
    """/enterprises/forums/new/"""
    lists.must_read(reader)
    street = reader.street.code
    form = forms.AnnounceForm(
        request.POST or None, choices=offered(street, at=reader.at), auto_id="announce-%s",
        initial={"kind": request.GET.get("kind", "talk"), "way": "on_site"},
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        made = attempt(
            form, lambda: acts.announce_forum(by=reader.actor, at=reader.at, street=street, told=form.told())
        )
        if made is not None:
            messages.success(request, _("已排进日历;请筛选企业并邀请。"))
            return redirect("invite_to_forum", made.ref)
    return render(request, "enterprise/forum_new.html", {"form": form}, status=422 if form.is_bound else 200)


def attempt(form: StyledForm, deed: Callable[[], Any]) -> Any:
    """What the deed answers; None when a rule says no, which then stands in the form. What is not theirs to do or see is raised."""
    try:
        return deed()
    except Broken:
        raise
    except GridloopError as error:
        if error.status == 403 or (error.status == 404 and error.fields.get("field") not in form.fields):
            raise
        form.refuse(error)
        return None


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def invite(request: HttpRequest, reader: Reader, ref: str) -> HttpResponse:
    """/enterprises/forums/<ref>/invite/?section=F&cluster=…&threshold=yes: the register's own filter, ticks, and why some are not asked."""
    found = queries.forum(ref, by=reader.actor)
    refusal = ""
    if request.method == "POST":
        try:
            done = acts.invite(
                by=reader.actor, at=reader.at, forum=ref, enterprises=request.POST.getlist("enterprises")
            )
        except Broken:
            raise
        except GridloopError as error:
            if error.status in (403, 404):
                raise
            refusal = error.sentence
        else:
            told = _("已邀请 %(n)d 家;没有邀请的 %(m)d 家,原因记在会上。")
            messages.success(request, told % {"n": len(done.asked), "m": len(done.left_out)})
            return redirect("forum", ref)
    wanted = replace(lists.wanted_from(request.GET), left=False)
    is_narrowed = bool(lists.query_of(replace(wanted, after=0)))
    rows, count = queries.candidates(found, wanted, by=reader.actor) if is_narrowed else ([], 0)
    page = {
        "forum": found, "rows": rows, "count": count, "open": sum(not row.why_not for row in rows), "wanted": wanted,
        "choices": lists.filters(reader, wanted), "is_narrowed": is_narrowed, "refusal": refusal,
        "may_serve": may_serve(reader.actor, found.street),
    }  # fmt: skip
    return render(request, "enterprise/forum_invite.html", page, status=422 if refusal else 200)


@require_safe
@staff
def forum(request: HttpRequest, reader: Reader, ref: str) -> HttpResponse:
    """/enterprises/forums/<ref>/"""
    return _page(request, reader, ref)


def _page(
    request: HttpRequest, reader: Reader, ref: str, *, refused: tuple[str, StyledForm] | None = None, status: int = 200
) -> HttpResponse:
    """One forum: counter, guests, questions with their cases and answers, minutes, and what may be done now."""
    found = queries.forum(ref, by=reader.actor)
    today = reader.today
    guests, others = queries.guests(found, by=reader.actor)
    told = queries.questions(found, by=reader.actor, today=today)
    answers = finding.answers_to([each.row.subject for each in told], by=reader.actor)
    has_begun = queries.day_of(found.starts_at) <= queries.day_of(reader.at) and found.state != "cancelled"
    serves = may_serve(reader.actor, found.street)
    shelf = _shelf(found, reader, told)
    page = {
        "forum": found, "guests": guests, "others": others, "counter": queries.counter_of(found, today=today), "at": reader.at,
        "came": sum(guest.came is True for guest in guests), "may_serve": serves, "has_begun": has_begun,
        "left_out": [(each["name"], said(each["why"])) for each in queries.left_out(found, by=reader.actor)],
        "questions": [_shown(each, answers, refused, reader, shelf) for each in told],
        "doors": _doors(found, reader, has_begun=has_begun, refused=refused) if serves else {},
        "matching": _matching(found, guests, reader) if found.kind == "bank" else None,
        "refused": refused, "key": request.POST.get("key") or new_key(),
        "answer_forms": _answer_forms(found, guests, reader, refused) if serves and found.state == "planned" else {},
    }  # fmt: skip
    return render(request, "enterprise/forum.html", page, status=status)


def _matching(found: Any, guests: list[Any], reader: Reader) -> dict[str, Any]:
    """The bank matches that came of the forum with their sums, and who came and has none."""
    rows = banking.matches(reader.actor, forum=found.ref)
    sums, shown = banking.totals(rows), list(rows)
    words = (("demand", _("需求")), ("granted", _("授信")), ("drawn", _("放款")))
    begun = {row.enterprise_id for row in shown}
    may = may_serve(reader.actor, found.street) and found.state != "cancelled"
    return {
        "rows": shown, "totals": [(label, sums[name].n, bank_match.said(sums[name].amount)) for name, label in words],
        "without": [guest.enterprise for guest in guests if guest.came and guest.enterprise_id not in begun] if may else [],
    }  # fmt: skip


def _guest_pairs(found: Any, reader: Reader) -> list[tuple[str, str]]:
    guests, _others = queries.guests(found, by=reader.actor)
    return [(guest.enterprise.ref, guest.enterprise.name) for guest in guests if guest.came is not False]


def _made(name: str, found: Any, reader: Reader, sent: Any = None, **initial: Any) -> StyledForm:
    """The form of a deed, filled with what was sent."""
    kind = FORMS[name]
    extra = {"guests": _guest_pairs(found, reader)} if name == "question" else {}
    made: Any = kind
    form: StyledForm = made(
        sent, choices=offered(found.street, at=reader.at), auto_id=f"{name}-%s", initial=initial, **extra
    )
    return form


def _doors(found: Any, reader: Reader, *, has_begun: bool, refused: tuple[str, StyledForm] | None) -> dict[str, Any]:
    """The forms that stand on the page now, by name; a refused one keeps what was typed."""
    names = ["question", "minutes", "walk_in", "result"] if has_begun else []
    names += ["move", "cancel"] if found.state == "planned" else []
    first = {"minutes": {"text": found.minutes}, "move": {"starts_at": found.starts_at}}
    if found.figures_source:
        sales = None if found.sales is None else found.sales / forms.WAN
        first["result"] = {"visitors": found.visitors, "sales": sales, "source": found.figures_source}
    return {
        name: refused[1] if refused and refused[0] == name else _made(name, found, reader, **first.get(name, {}))
        for name in names
    }


def _answer_forms(
    found: Any, guests: list[Any], reader: Reader, refused: tuple[str, StyledForm] | None
) -> list[tuple[Any, StyledForm]]:
    """A form for each guest whose answer is still open."""
    choices = offered(found.street, at=reader.at)
    waiting = [guest for guest in guests if not guest.answer]
    return [
        (
            guest,
            forms.AnswerForm(choices=choices, auto_id=f"{guest.ref}-%s", initial={"enterprise": guest.enterprise.ref}),
        )
        for guest in waiting
    ]


@dataclass(frozen=True, slots=True)
class Shelf:
    """What the forms of the questions offer: the street's lists, what is filed already, the policies in force."""

    choices: Offered
    filed: list[tuple[str, str]]
    policies: list[tuple[str, str]]


def _shelf(found: Any, reader: Reader, told: list[Any]) -> Shelf:
    in_force = finding.policies(reader.actor, street=found.street, on=reader.today)
    return Shelf(
        offered(found.street, at=reader.at),
        [(each.row.ref, each.row.text[:SHOWN_TEXT]) for each in told if each.row.case_id],
        [(each.ref, each.title) for each in in_force],
    )


def _shown(
    each: Any, answers: dict[str, Any], refused: tuple[str, StyledForm] | None, reader: Reader, shelf: Shelf
) -> dict[str, Any]:
    """One question with its case, its 问答, and the forms that carry it on."""
    row, answer = each.row, answers.get(each.row.subject)
    names: tuple[str, ...] = ()
    if may_serve(reader.actor, row.street) and each.standing in ("due", "late"):
        names = ("join", "attach", "drop") if shelf.filed else ("attach", "drop")
    elif each.case and each.case.answer and not answer and may(reader.actor, "draft", street=row.street):
        names = ("answer",)
    made = []
    for name in names:
        is_open = bool(refused and refused[0] == f"{name}-{row.ref}")
        form = refused[1] if refused and is_open else _question_form(name, each, shelf)
        made.append((name, QUESTION_LABELS[name], form, is_open))
    return {"row": row, "case": each.case, "standing": each.standing, "answer": answer, "forms": made}


def _question_form(name: str, each: Any, shelf: Shelf, sent: Any = None) -> StyledForm:
    common: dict[str, Any] = {"choices": shelf.choices, "auto_id": f"{name}-{each.row.ref}-%s"}
    if name == "drop":
        return forms.DropForm(sent, **common)
    if name == "attach":
        return forms.AttachForm(sent, **common)
    if name == "join":
        return forms.JoinForm(sent, filed=shelf.filed, **common)
    first = {"question": each.row.text[:300], "answer": each.case.answer if each.case else ""}
    return forms.ToAnswerForm(sent, policies=shelf.policies, initial=first, **common)


# -- the deeds on a forum ----------------------------------------------------------------------------------------------


def _by(reader: Reader) -> dict[str, Any]:
    return {"by": reader.actor, "at": reader.at}


def _ask(request: HttpRequest, reader: Reader, found: Any, form: Any) -> str:
    """The question is noted, and with the first button filed; sent twice it is there once."""
    told = form.told()

    def do() -> dict[str, Any]:
        if request.POST.get("then") == "note":
            asked.take_question(**_by(reader), forum=found.ref, told=told)
            return {"cases": []}
        filed = asked.raise_questions(**_by(reader), forum=found.ref, told=[told])
        return {"cases": [each.case.number for each in filed]}

    content = {name: request.POST.getlist(name) for name in sorted(request.POST) if name != "csrfmiddlewaretoken"}
    key = request.POST.get("key", "")[:128]
    cases = once_sealed(door=f"web:{reader.actor.label}", key=key, content=content, at=reader.at, do=do)[0]["cases"]
    return _("已立为事项:%(numbers)s。") % {"numbers": "、".join(cases)} if cases else _("已记下;今天须立为事项。")


def _walk_in(request: HttpRequest, reader: Reader, found: Any, form: Any) -> str:
    firm = register.enterprise_said(found.street, form.cleaned_data["enterprise"])
    if firm is None:
        raise WrongInput("forums.which_firm", "没有找到这家企业;请写全名或代码,或先建档。", field="enterprise")
    acts.note_walk_in(**_by(reader), forum=found.ref, enterprise=firm.ref)
    return _("已记到会:%(name)s。") % {"name": firm.name}


def _answer(request: HttpRequest, reader: Reader, found: Any, form: Any) -> str:
    acts.answer_invitation(**_by(reader), forum=found.ref, **form.cleaned_data)
    return _("已记下企业的答复。")


def _minutes(request: HttpRequest, reader: Reader, found: Any, form: Any) -> str:
    acts.write_minutes(**_by(reader), forum=found.ref, text=form.cleaned_data["text"])
    return _("纪要已保存。")


def _result(request: HttpRequest, reader: Reader, found: Any, form: Any) -> str:
    acts.tell_result(**_by(reader), forum=found.ref, **form.told())
    return _("活动结果已登记。")


def _move(request: HttpRequest, reader: Reader, found: Any, form: Any) -> str:
    acts.move_forum(**_by(reader), forum=found.ref, **form.cleaned_data)
    return _("已改期;请告知已邀请的企业。")


def _cancel(request: HttpRequest, reader: Reader, found: Any, form: Any) -> str:
    acts.cancel_forum(**_by(reader), forum=found.ref, **form.cleaned_data)
    return _("已取消;请告知已邀请的企业。")


FORMS: dict[str, type[StyledForm]] = {
    "question": forms.QuestionForm,
    "walk_in": forms.WalkInForm,
    "answer": forms.AnswerForm,
    "minutes": forms.MinutesForm,
    "result": forms.ResultForm,
    "move": forms.MoveForm,
    "cancel": forms.CancelForm,
}
DEEDS: dict[str, Callable[[HttpRequest, Reader, Any, Any], str]] = {
    "question": _ask,
    "walk_in": _walk_in,
    "answer": _answer,
    "minutes": _minutes,
    "result": _result,
    "move": _move,
    "cancel": _cancel,
}


@require_POST
@staff
def do(request: HttpRequest, reader: Reader, ref: str, deed: str) -> HttpResponse:
    """/enterprises/forums/<ref>/do/<deed>/"""
    if deed not in DEEDS:
        raise Http404
    found = queries.forum(ref, by=reader.actor)
    form = _made(deed, found, reader, request.POST)
    if form.is_valid():
        told = attempt(form, lambda: DEEDS[deed](request, reader, found, form))
        if told is not None:
            messages.success(request, told)
            return redirect("forum", ref)
    return _page(request, reader, ref, refused=(deed, form), status=422)


@require_POST
@staff
def attendance(request: HttpRequest, reader: Reader, ref: str) -> HttpResponse:
    """/enterprises/forums/<ref>/attendance/: the ticked firms came, the others did not."""
    with refused_in_words(request):
        acts.note_attendance(**_by(reader), forum=ref, came=request.POST.getlist("came"))
        messages.success(request, _("到会情况已记下。"))
    return redirect("forum", ref)


@require_POST
@staff
def file_open(request: HttpRequest, reader: Reader, ref: str) -> HttpResponse:
    """/enterprises/forums/<ref>/file/: the questions named (none: all that are open) become cases."""
    with refused_in_words(request):
        filed = asked.file_questions(**_by(reader), forum=ref, questions=request.POST.getlist("questions"))
        numbers = "、".join(each.case.number for each in filed)
        messages.success(request, _("已立为事项:%(numbers)s。") % {"numbers": numbers})
    return redirect("forum", ref)


# -- the deeds on a question -------------------------------------------------------------------------------------------


def _join(reader: Reader, row: Any, form: Any) -> str:
    asked.join_question(**_by(reader), question=row.ref, like=form.cleaned_data["like"])
    return _("已并入同一件事项。")


def _attach(reader: Reader, row: Any, form: Any) -> str:
    asked.attach_question(**_by(reader), question=row.ref, case=form.cleaned_data["case"])
    return _("已并入同一件事项。")


def _drop(reader: Reader, row: Any, form: Any) -> str:
    asked.drop_question(**_by(reader), question=row.ref, reason=form.cleaned_data["reason"])
    return _("已撤回,原因记在台账里。")


def _to_answer(reader: Reader, row: Any, form: Any) -> str:
    policies.answer_question(
        **_by(reader), street=row.street, source=row.forum.title, origin=row.subject, **form.cleaned_data
    )
    return _("已写成问答,大家都能查到。")


QUESTION_LABELS: dict[str, Any] = {
    "join": gettext_lazy("与已立的是同一件"),
    "attach": gettext_lazy("会前已登记"),
    "drop": gettext_lazy("撤回"),
    "answer": gettext_lazy("写成问答"),
}
QUESTION_DEEDS: dict[str, Callable[[Reader, Any, Any], str]] = {
    "join": _join,
    "attach": _attach,
    "drop": _drop,
    "answer": _to_answer,
}


@require_POST
@staff
def do_question(request: HttpRequest, reader: Reader, ref: str, deed: str) -> HttpResponse:
    """/enterprises/forums/questions/<ref>/<deed>/"""
    if deed not in QUESTION_DEEDS:
        raise Http404
    row = queries.question(ref, by=reader.actor)
    told = queries.questions(row.forum, by=reader.actor, today=reader.today)
    each = next(one for one in told if one.row.pk == row.pk)
    form = _question_form(deed, each, _shelf(row.forum, reader, told), request.POST)
    if form.is_valid():
        done = attempt(form, lambda: QUESTION_DEEDS[deed](reader, row, form))
        if done is not None:
            messages.success(request, done)
            return redirect("forum", row.forum.ref)
    return _page(request, reader, row.forum.ref, refused=(f"{deed}-{ref}", form), status=422)
