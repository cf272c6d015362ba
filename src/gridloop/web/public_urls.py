"""The addresses that need no account."""

from django.urls import path

from gridloop.web.public import follow, front, report, sealed

urlpatterns = [
    path("", front.front, name="front"),
    path("s/<slug:slug>/report/", report.report, name="report"),
    path("s/<slug:slug>/contact/", front.contact, name="contact"),
    path("follow/", front.find, name="find"),
    path("r/<str:secret>/", follow.follow, name="follow"),
    path("r/<str:secret>/do/<slug:deed>/", follow.act, name="follow_act"),
    path("r/<str:secret>/withdraw/", follow.confirm_withdrawal, name="confirm_withdrawal"),
    path("r/<str:secret>/photos/<slug:ref>/", follow.photo, name="follow_photo"),
    path("r/<str:secret>/receipt.json", sealed.receipt_document, name="receipt_document"),
    path("r/<str:secret>/check/", sealed.check, name="check_receipt"),
    path("ledger/", sealed.books, name="ledger"),
    path("ledger/verifier.py", sealed.verifier, name="verifier"),
    path("ledger/<slug:street>/checkpoint", sealed.checkpoint, name="checkpoint"),
    path("ledger/<slug:street>/consistency", sealed.consistency, name="consistency"),
]
