"""The addresses about oneself, the keepers' pages about accounts, and the audit."""

from django.urls import path

from gridloop.web import audit, audit_erasures, keepers, me

urlpatterns = [
    path("me/", me.me, name="me"),
    path("me/second-factor/", me.second_factor, name="second_factor"),
    path("me/sessions/end-others/", me.end_others, name="end_other_sessions"),
    path("me/sessions/<slug:sign_in>/end/", me.end_session, name="end_session"),
    path("me/leave/", me.leave, name="leave"),
    path("me/leave/<slug:delegation>/end/", me.end_leave, name="end_leave"),
    path("setup/accounts/", keepers.accounts, name="accounts"),
    path("setup/accounts/<slug:person>/", keepers.account, name="keep_account"),
    path("setup/accounts/<slug:person>/do/<slug:deed>/", keepers.act, name="keep_account_do"),
    path("setup/keepers/", keepers.keepers, name="keepers"),
    path("audit/", audit.looks, name="audit"),
    path("audit/sign-ins/", audit.sign_ins, name="audit_sign_ins"),
    path("audit/exports/", audit.exports, name="audit_exports"),
    path("audit/deeds/", audit.deeds, name="audit_deeds"),
    path("audit/erasures/", audit_erasures.erasures, name="audit_erasures"),
]
