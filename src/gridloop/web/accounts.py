"""Signing in: accounts are opened by a system keeper; nobody registers themselves. Demonstrations show their accounts."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.views import LoginView
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from gridloop.offices.organisation import queries as organisation
from gridloop.web.reader import moment

DEMO_PASSWORD = "wangge-2022"  # noqa: S105 - public by design: it opens synthetic people of demonstration streets only


class ClosedRegistration(DefaultAccountAdapter):  # type: ignore[misc]
    """No public sign-up; refusals say what to do next."""

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


class SignIn(LoginView):  # type: ignore[misc]
    """The sign-in page; on an installation with only demonstration streets it lists their accounts."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found: dict[str, Any] = super().get_context_data(**kwargs)
        accounts = organisation.demo_accounts(at=moment(self.request))
        return found | {"demo_accounts": accounts, "demo_password": DEMO_PASSWORD if accounts else ""}
