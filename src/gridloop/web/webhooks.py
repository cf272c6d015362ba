"""Webhooks in the console: which programs are told of what, what was sent to them and what they said, for who sets up the street.

A secret stands in the one answer that made it. Every change carries the revision that was seen, so two keepers do not undo each other.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gridloop.core.errors import Broken, GridloopError
from gridloop.offices.archive.repeated import once_sealed
from gridloop.offices.notices.webhooks import actions, queries
from gridloop.offices.notices.webhooks.events import EVENTS, GROUPS, PING
from gridloop.web.forms import Offered, StyledForm, line
from gridloop.web.reader import Reader, staff
from gridloop.web.sentences import spoken

SHOWN = 30
NO_CHOICES = Offered(units=[], superiors=[], duty_items=[], grids=[], categories=[], reports=[])
GROUP_LABELS = {"case.*": _("事项的全部事件"), "clock.*": _("时限的全部事件")}
TONES = {"taken": "good", "waiting": "wait", "given_up": "bad", "held": "quiet"}
STATES = {"taken": _("已送达"), "waiting": _("待投递"), "given_up": _("已放弃"), "held": _("未投递")}


class WebhookForm(StyledForm):
    """A subscription. On a change the address may stay empty: it is not shown and stays as it is."""

    key = forms.CharField(widget=forms.HiddenInput, max_length=64)
    rev = forms.IntegerField(widget=forms.HiddenInput, min_value=0, required=False)
    name = line(_("谁在接收"), longest=80)
    url = forms.CharField(
        label=_("接收地址"), max_length=500, help_text=_("https 开头;地址当作密码保管,存下后不再显示。")
    )
    events = forms.MultipleChoiceField(label=_("通知哪些事件"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, is_new: bool, **kwargs: Any) -> None:
        super().__init__(*args, choices=NO_CHOICES, **kwargs)
        events: Any = self.fields["events"]
        known = [(kind, spoken(label)) for kind, label in EVENTS.items()]
        events.choices = [*((group, GROUP_LABELS[group]) for group in GROUPS), *known]
        if not is_new:
            self.fields["url"].required = False
            self.fields["url"].help_text = _("留空则不变;现有地址不显示。")


@dataclass(frozen=True, slots=True)
class DeliveryShown:
    """One message with its attempts, in words."""

    ref: str
    kind: str
    state: str
    tone: str
    made_at: Any
    next_try_at: Any
    tries: int
    attempts: tuple[Any, ...]
    body: str
    may_repeat: bool


@require_http_methods(["GET", "HEAD", "POST"])
@staff
def webhooks(request: HttpRequest, reader: Reader) -> HttpResponse:
    """/setup/webhooks/"""
    found = queries.webhooks(reader.street.code, by=reader.actor)
    form = WebhookForm(request.POST or None, is_new=True, initial={"key": uuid4().hex, "events": ["case.*"]})
    made = _tried(form, lambda: _added(form, reader)) if request.method == "POST" and form.is_valid() else None
    if made:
        return _shown(request, reader, made["ref"], secret=made["secret"])
    status = 422 if form.is_bound else 200
    return render(request, "setup/webhooks.html", {"webhooks": found, "form": form, "labels": EVENTS}, status=status)


def _added(form: WebhookForm, reader: Reader) -> dict[str, Any]:
    said = form.cleaned_data

    def do() -> dict[str, str]:
        made, secret = actions.add_webhook(
            by=reader.actor, at=reader.at, street=reader.street.code, name=said["name"], url=said["url"], events=said["events"]
        )  # fmt: skip
        return {"ref": made.ref, "secret": secret}

    content = {name: said[name] for name in ("name", "url", "events")}
    answer, _is_repeated = once_sealed(
        door=f"webhook:{reader.actor.ref}", key=said["key"], content=content, at=reader.at, do=do
    )
    return answer


def _tried(form: WebhookForm, do: Callable[[], Any]) -> Any:
    """What the deed returned; None when a rule refused it, and the form says so."""
    try:
        return do()
    except Broken:
        raise
    except GridloopError as error:
        form.refuse(error)
        return None


@require_safe
@staff
def webhook(request: HttpRequest, reader: Reader, ref: str) -> HttpResponse:
    """/setup/webhooks/<ref>/?before=123"""
    return _shown(request, reader, ref)


@require_POST
@staff
def change(request: HttpRequest, reader: Reader, ref: str) -> HttpResponse:
    """/setup/webhooks/<ref>/change/"""
    queries.webhook(ref, by=reader.actor)
    form = WebhookForm(request.POST, is_new=False)
    done = _tried(form, lambda: _changed(form, reader, ref)) if form.is_valid() else None
    if done is None:
        return _shown(request, reader, ref, form=form, status=422)
    messages.success(request, gettext("已保存。"))
    return redirect("webhook", ref)


def _changed(form: WebhookForm, reader: Reader, ref: str) -> Any:
    said = form.cleaned_data
    return actions.change_webhook(
        by=reader.actor, at=reader.at, webhook=ref, rev=said["rev"], name=said["name"], url=said["url"] or None, events=said["events"]
    )  # fmt: skip


@require_POST
@staff
def rotate(request: HttpRequest, reader: Reader, ref: str) -> HttpResponse:
    """/setup/webhooks/<ref>/secret/: a new secret, once; a form sent twice makes one."""

    def do() -> dict[str, str]:
        return {"secret": actions.rotate_secret(by=reader.actor, at=reader.at, webhook=ref, rev=_rev(request))[1]}

    key = request.POST.get("key", "")[:64]
    answer, _is_repeated = once_sealed(
        door=f"webhook-secret:{reader.actor.ref}", key=key, content={"webhook": ref}, at=reader.at, do=do
    )
    return _shown(request, reader, ref, secret=answer["secret"])


@require_POST
@staff
def switch(request: HttpRequest, reader: Reader, ref: str) -> HttpResponse:
    """/setup/webhooks/<ref>/switch/: on or off."""
    is_active = request.POST.get("on") == "1"
    actions.change_webhook(by=reader.actor, at=reader.at, webhook=ref, rev=_rev(request), is_active=is_active)
    messages.success(request, gettext("已启用。") if is_active else gettext("已停用,不再投递。"))
    return redirect("webhook", ref)


@require_POST
@staff
def ping(request: HttpRequest, reader: Reader, ref: str) -> HttpResponse:
    """/setup/webhooks/<ref>/ping/"""
    actions.ping_webhook(by=reader.actor, at=reader.at, webhook=ref)
    messages.success(request, gettext("试投消息已排队,几秒后刷新看结果。"))
    return redirect("webhook", ref)


@require_POST
@staff
def close(request: HttpRequest, reader: Reader, ref: str) -> HttpResponse:
    """/setup/webhooks/<ref>/close/"""
    actions.close_webhook(by=reader.actor, at=reader.at, webhook=ref, rev=_rev(request))
    messages.success(request, gettext("已删除,不再投递。"))
    return redirect("webhooks")


@require_POST
@staff
def send_again(request: HttpRequest, reader: Reader, ref: str, delivery: str) -> HttpResponse:
    """/setup/webhooks/<ref>/deliveries/<delivery>/again/"""
    actions.send_again(by=reader.actor, at=reader.at, delivery=delivery)
    messages.success(request, gettext("已重新排队。"))
    return redirect("webhook", ref)


def _rev(request: HttpRequest) -> int | None:
    said = request.POST.get("rev", "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 10 else None


def _shown(
    request: HttpRequest, reader: Reader, ref: str, *, secret: str = "", form: WebhookForm | None = None, status: int = 200
) -> HttpResponse:  # fmt: skip
    found = queries.webhook(ref, by=reader.actor)
    usual = {"key": uuid4().hex, "rev": found.rev, "name": found.name, "events": found.events}
    rows = queries.deliveries(found, before=_before(request), limit=SHOWN + 1)
    page = {
        "webhook": found, "secret": secret, "form": form or WebhookForm(None, is_new=False, initial=usual), "key": uuid4().hex,
        "deliveries": [_delivery(row, is_active=found.is_active) for row in rows[:SHOWN]],
        "next": rows[SHOWN - 1].pk if len(rows) > SHOWN else 0,
    }  # fmt: skip
    return render(request, "setup/webhook.html", page, status=status)


def _before(request: HttpRequest) -> int:
    said = request.GET.get("before", "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 19 else 0


def _delivery(row: Any, *, is_active: bool) -> DeliveryShown:
    state = "taken" if row.taken_at else "waiting" if row.next_try_at else "given_up" if row.given_up_at else "held"
    label = gettext("试投") if row.kind == PING else gettext(EVENTS.get(row.kind, row.kind))
    return DeliveryShown(
        row.ref, label, str(STATES[state]), TONES[state], row.made_at, row.next_try_at, row.tries, tuple(row.attempts.all()), row.body,
        may_repeat=is_active and state != "waiting",
    )  # fmt: skip
