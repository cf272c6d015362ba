"""Tokens: one's own under /me/tokens/, those of the whole street under /setup/tokens/ for who sets it up.

The secret stands in the one answer that made the token, which nobody keeps, and nowhere else. A form sent twice issues one token.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from gridloop.core.errors import Broken, GridloopError, NotFound
from gridloop.offices.archive.repeated import once_sealed
from gridloop.offices.organisation import queries as organisation
from gridloop.offices.organisation.actions import issue_token, must_set_up, revoke_token
from gridloop.offices.organisation.tokens import queries
from gridloop.offices.organisation.tokens.scopes import SCOPES
from gridloop.web.forms import DayInput, Offered, StyledForm, line
from gridloop.web.reader import Reader, staff
from gridloop.web.sentences import spoken

SHOWN = 50
USUAL_LIFE = timedelta(days=365)
NO_CHOICES = Offered(units=[], superiors=[], duty_items=[], grids=[], categories=[], reports=[])


class TokenForm(StyledForm):
    """A token: what it is for, what it may do, until when; for oneself, or for someone of the street."""

    key = forms.CharField(widget=forms.HiddenInput, max_length=64)
    name = line(_("用途"), hint=_("例如:区热线平台同步。出问题时凭它找到这个令牌。"), longest=80)
    scopes = forms.MultipleChoiceField(label=_("可以做什么"), widget=forms.CheckboxSelectMultiple)
    expires_on = forms.DateField(
        label=_("有效到"),
        required=False,
        widget=DayInput,
        help_text=_("当天结束时失效;留空则长期有效。"),
    )
    person = forms.ChoiceField(
        label=_("代表谁"), required=False, help_text=_("令牌能做的不超过这个人今天的岗位;岗位结束,令牌随之失效。")
    )

    def __init__(self, *args: Any, people: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, choices=NO_CHOICES, **kwargs)
        scopes: Any = self.fields["scopes"]
        scopes.choices = [(scope, f"{spoken(label)}({scope})") for scope, label in SCOPES.items()]
        if people:
            person: Any = self.fields["person"]
            person.choices = [("", _("本人")), *people]
        else:
            del self.fields["person"]


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def mine(request: HttpRequest, reader: Reader) -> HttpResponse:
    """/me/tokens/"""
    return _page(request, reader, everyone=False)


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def everyones(request: HttpRequest, reader: Reader) -> HttpResponse:
    """/setup/tokens/"""
    must_set_up(reader.actor, reader.street.code)
    return _page(request, reader, everyone=True)


def _page(request: HttpRequest, reader: Reader, *, everyone: bool) -> HttpResponse:
    people = _people(reader) if everyone else []
    form = TokenForm(request.POST or None, people=people, initial=_usual(reader))
    secret, status = "", 200
    if request.method == "POST":
        try:
            secret = _issued(form, reader) if form.is_valid() else ""
        except Broken:
            raise
        except GridloopError as error:
            form.refuse(error)
        status = 200 if secret else 422
    if secret:
        form = TokenForm(None, people=people, initial=_usual(reader))
    page = {
        "form": form, "secret": secret, "everyone": everyone, "tokens": queries.tokens(reader.actor, everyone=everyone, limit=SHOWN),
        "at": reader.at, "address": "tokens" if everyone else "my_tokens", "labels": SCOPES,
    }  # fmt: skip
    return render(request, "me/tokens.html", page, status=status)


def _usual(reader: Reader) -> dict[str, Any]:
    return {
        "key": uuid4().hex,
        "expires_on": (reader.at + USUAL_LIFE).astimezone(_zone(reader)).date(),
        "scopes": ["cases:read"],
    }


def _zone(reader: Reader) -> ZoneInfo:
    return ZoneInfo(reader.street.zone)


def _people(reader: Reader) -> list[tuple[str, str]]:
    """Whoever holds a post of the street now, with the posts."""
    held: dict[str, tuple[str, list[str]]] = {}
    for post in organisation.posts(reader.street.code):
        for each in post.holdings.all():
            if each.starts_at <= reader.at and (each.ends_at is None or each.ends_at > reader.at):
                held.setdefault(each.person.ref, (each.person.name, []))[1].append(post.title)
    return sorted((ref, f"{name}({'、'.join(dict.fromkeys(titles))})") for ref, (name, titles) in held.items())


def _issued(form: TokenForm, reader: Reader) -> str:
    """The secret of the token; the same one when the form comes twice."""
    said = form.cleaned_data
    wanted = said.get("person") or _own_ref(reader)

    def do() -> dict[str, str]:
        person = organisation.person(reader.street.code, wanted)
        _, secret = issue_token(
            by=reader.actor, at=reader.at, person=person, name=said["name"], scopes=said["scopes"], expires_at=_end_of(said["expires_on"], reader)
        )  # fmt: skip
        return {"secret": secret}

    content = {"name": said["name"], "scopes": said["scopes"], "until": str(said["expires_on"]), "person": wanted}
    answer, _is_repeated = once_sealed(
        door=f"token:{reader.actor.ref}", key=said["key"], content=content, at=reader.at, do=do
    )
    return str(answer["secret"])


def _own_ref(reader: Reader) -> str:
    return reader.actor.ref


def _end_of(day: date | None, reader: Reader) -> datetime | None:
    """The end of that day, in the street's time."""
    return datetime.combine(day + timedelta(days=1), time.min, tzinfo=_zone(reader)) if day else None


@require_POST
@staff
def revoke(request: HttpRequest, reader: Reader, ref: str) -> HttpResponse:
    """/me/tokens/<ref>/revoke/: one's own, or anybody's of the street for who sets it up."""
    token = queries.token(ref, by=reader.actor)
    if token.person_id != reader.actor.person_id and not _sets_up(reader):
        raise NotFound("organisation.no_token", "没有这个令牌;请刷新列表。", token=ref)
    revoke_token(by=reader.actor, at=reader.at, token=token)
    messages.success(request, gettext("令牌“%(name)s”已收回,不能再用。") % {"name": token.name})
    return redirect("tokens" if request.POST.get("everyone") and _sets_up(reader) else "my_tokens")


def _sets_up(reader: Reader) -> bool:
    try:
        must_set_up(reader.actor, reader.street.code)
    except GridloopError:
        return False
    return True
