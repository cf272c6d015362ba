"""Which address leads to which window."""

from allauth.account import views as account
from django.urls import URLPattern, URLResolver, include, path

from gridloop.api.v1 import api
from gridloop.web.accounts import SignIn

sign_in: list[URLPattern | URLResolver] = [
    path("login/", SignIn.as_view(), name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("password/change/", account.password_change, name="account_change_password"),
    path("second-factor/", include("allauth.mfa.urls")),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("accounts/", include(sign_in)),
    path("i18n/", include("django.conf.urls.i18n")),
    path("api/v1/", api.urls),
    path("", include("gridloop.web.urls")),
]

handler400 = "gridloop.web.answers.bad_request"
handler403 = "gridloop.web.answers.permission_denied"
handler404 = "gridloop.web.answers.page_not_found"
handler500 = "gridloop.web.answers.server_error"
