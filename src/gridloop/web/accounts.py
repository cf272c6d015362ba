"""The door for staff: accounts are opened by keepers, nobody registers themselves; allauth asks, our adapters answer and record.

Terms: a *second factor* (第二验证) is an authenticator app or a passkey beside the password; a passkey (通行密钥) may also stand alone.
Every attempt becomes one row (``offices.organisation.accounts``); no password, code or unknown user name is kept.
"""

from __future__ import annotations

import time
from typing import Any

import segno
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.internal.stagekit import clear_login
from allauth.account.views import LoginView
from allauth.core import context
from allauth.core.internal import ratelimit
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as now_said
from django.utils.translation import gettext_lazy as _

from gridloop.core import visitor
from gridloop.core.access import Actor
from gridloop.core.errors import NotAllowed
from gridloop.offices.archive.concealed import conceal, reveal
from gridloop.offices.organisation import queries as organisation
from gridloop.offices.organisation.accounts import actions
from gridloop.offices.organisation.accounts.actions.signing import CHANGES, Visit
from gridloop.offices.organisation.accounts.queries import (
    HAS_SECOND_FACTOR,
    MUST_CHANGE,
    SIGN_IN,
    actor_at_the_door,
    wants_second_factor,
)
from gridloop.web.answers import refusal
from gridloop.web.public.limits import address
from gridloop.web.reader import known_reader, moment

DEMO_PASSWORD = "wangge-2022"  # noqa: S105 - public by design: it opens synthetic people of demonstration streets only
PROPER = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
METHODS = {"password": "密码", "totp": "验证器", "webauthn": "通行密钥", "recovery_codes": "备用码"}


def visit_of(request: HttpRequest) -> Visit:
    """From where the request comes, in words and without the last part of the address."""
    return Visit(visitor.device(request.headers.get("User-Agent", "")), visitor.origin(address(request)))


class ClosedRegistration(DefaultAccountAdapter):  # type: ignore[misc]
    """No public sign-up; refusals say what to do next; every attempt is recorded."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": _("用户名或密码不对;请核对后再试。"),
        "too_many_login_attempts": _("登录失败次数过多,已暂时锁定;请五分钟后再试,忘记密码请联系系统管理员。"),
        "account_inactive": _("此账号已停用;请联系系统管理员。"),
        "incorrect_password": _("现在的密码不对;请重新输入。"),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Signing in and out is seen on the page itself; no flash says so."""

    def get_client_ip(self, request: HttpRequest) -> str:
        """Behind our own proxy, what that proxy noted: otherwise one person's mistakes would lock out everybody."""
        return address(request) or "127.0.0.1"

    def clean_password(self, password: str, user: Any = None) -> str:
        """Raises ValidationError for the present password as well: a first password, which a keeper has seen, is not kept by choosing it again."""
        if user is not None and user.pk and user.has_usable_password() and user.check_password(password):
            raise ValidationError(now_said("新密码和现在的一样;请换一个。"), code="password_unchanged")
        return str(super().clean_password(password, user))

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("me")

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Raises ValidationError after too many failures, saying when to try again; the same for names that do not exist."""
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError as too_often:
            self._record(request, credentials, "too_often")
            minutes = _minutes_to_wait(request, key=self._get_login_attempts_cache_key(request, **credentials))
            sentence = now_said("登录失败次数过多,已暂时锁定;请 %(minutes)d 分钟后再试,忘记密码请联系系统管理员。")
            raise ValidationError(sentence % {"minutes": minutes}, code="too_many_login_attempts") from too_often

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        self._record(request, credentials, "wrong_password")

    def _record(self, request: HttpRequest, credentials: dict[str, Any], outcome: str) -> None:
        name = str(credentials.get("username", ""))
        actions.note_refusal(at=moment(request), username=name, visit=visit_of(request), outcome=outcome)

    def pre_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse | None:
        """After the right password: an account that is locked, or without a post today, is told why and from when."""
        try:
            actor_at_the_door(user, at=moment(request))
        except NotAllowed as closed:
            clear_login(request)
            outcome = "no_post" if closed.code == "organisation.no_post" else "locked"
            actions.note_refusal(at=moment(request), username=user.username, visit=visit_of(request), outcome=outcome)
            return refusal(request, closed)
        return None

    def login(self, request: HttpRequest, user: Any) -> None:
        super().login(request, user)
        request.session[HAS_SECOND_FACTOR] = is_mfa_enabled(user, PROPER)
        request.session[MUST_CHANGE] = user.must_change_password
        if not request.session.session_key:
            request.session.create()
        request.session[SIGN_IN] = actions.note_sign_in(
            at=moment(request), account=user, visit=visit_of(request), session=request.session.session_key or "",
            method=_method(request, user),
        )  # fmt: skip

    def logout(self, request: HttpRequest) -> None:
        row = request.session.get(SIGN_IN)
        super().logout(request)
        if row:
            actions.end_sign_in(at=moment(request), sign_in=row, because="退出登录")

    def send_notification_mail(self, template_prefix: str, user: Any, *args: Any, **kwargs: Any) -> None:
        """allauth tells of every change here; it is recorded, and the session knows it. No mail: notices have their own office."""
        request, change = self.request or context.request, template_prefix.rpartition("/")[2]
        if change == "password_changed":
            _password_changed(request, user)
        elif change in CHANGES:
            request.session[HAS_SECOND_FACTOR] = is_mfa_enabled(user, PROPER)
            actions.note_account_changed(by=_actor(request, user), at=moment(request), change=change)


def _minutes_to_wait(request: HttpRequest, *, key: str) -> int:
    """Whole minutes until the oldest failure that counts is forgotten, the longest of the limits."""
    waits = [1.0]
    for rate in ratelimit.get_rates(app="allauth.account", action="login_failed"):
        place = ratelimit.get_cache_key(request, app="allauth.account", action="login_failed", rate=rate, key=key)
        failures = cache.get(place, [])
        if len(failures) >= rate.amount:
            waits.append((failures[rate.amount - 1] + rate.duration - time.time()) / 60)
    return int(-(-max(waits) // 1))


def _method(request: HttpRequest, user: Any) -> str:
    """How the person proved themselves: 密码 + 验证器."""
    proofs = [str(each.get("type") or each.get("method")) for each in get_authentication_records(request, user)]
    return " + ".join(dict.fromkeys(METHODS.get(proof, proof) for proof in proofs))


def _actor(request: HttpRequest, user: Any) -> Actor:
    reader = known_reader(request)
    return reader.actor if reader else organisation.actor_of_account(user, at=moment(request))


def _password_changed(request: HttpRequest, user: Any) -> None:
    """The session has a new key by now; every other session of the account ends."""
    row = request.session.get(SIGN_IN, "")
    request.session.pop(MUST_CHANGE, None)
    if row:
        actions.follow_session(sign_in=row, session=request.session.session_key or "")
    actions.note_password_changed(by=_actor(request, user), at=moment(request), account=user, sign_in=row)


def note_wrong_code(sender: Any, request: HttpRequest, user: Any, **kwargs: Any) -> None:
    """allauth's word that a second factor did not fit; it has no other way of telling."""
    actions.note_refusal(at=moment(request), username=user.username, visit=visit_of(request), outcome="wrong_code")


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Secrets are encrypted at rest; whoever must have a second factor cannot take away the last one."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "cannot_delete_authenticator": _("您的岗位要求第二验证;请先添加另一种,再停用这一种。"),
        "cannot_generate_recovery_codes": _("请先启用验证器或通行密钥,再生成备用码。"),
        "incorrect_code": _("验证码不对或已过期;请看手机上现在显示的六位数字。"),
    }

    def encrypt(self, text: str) -> str:
        return conceal(text)

    def decrypt(self, encrypted_text: str) -> str:
        return reveal(encrypted_text)

    def get_totp_label(self, user: Any) -> str:
        return str(user.username)

    def _get_user_identifier(self, user: Any) -> str:
        return str(user.username)

    def get_totp_issuer(self) -> str:
        return now_said("网格闭环")

    def build_totp_svg(self, url: str) -> str:
        return str(segno.make(url, error="m").svg_inline(scale=5, border=3, dark="#000", light="#fff", omitsize=False))

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        reader = known_reader(context.request)
        if reader is None or authenticator.type not in PROPER:
            return True
        others = (
            Authenticator.objects.filter(user=authenticator.user, type__in=PROPER).exclude(pk=authenticator.pk).exists()
        )
        return others or not wants_second_factor(reader.actor, is_demonstration=reader.street.is_demonstration)

    def generate_authenticator_name(self, user: Any, type: Authenticator.Type) -> str:  # noqa: A002 - allauth's name
        return visitor.device(context.request.headers.get("User-Agent", ""))


class SignIn(LoginView):  # type: ignore[misc]
    """The sign-in page; on an installation with only demonstration streets it lists their accounts."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found: dict[str, Any] = super().get_context_data(**kwargs)
        accounts = organisation.demo_accounts(at=moment(self.request))
        return found | {"demo_accounts": accounts, "demo_password": DEMO_PASSWORD if accounts else ""}
