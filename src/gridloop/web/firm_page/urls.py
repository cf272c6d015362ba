"""The addresses of a firm's own page; they need no account, an invitation opens them."""

from django.urls import path

from gridloop.web.firm_page import cases, entering, pages, services, together

urlpatterns = [
    path("firm/", entering.door, name="firm_door"),
    path("firm/open/<str:secret>/", entering.open_door, name="firm_open"),
    path("firm/leave/", entering.leave, name="firm_leave"),
    path("firm/home/", pages.home, name="firm_home"),
    path("firm/report/", cases.tell, name="firm_report"),
    path("firm/cases/<slug:ref>/", cases.case, name="firm_case"),
    path("firm/cases/<slug:ref>/do/<slug:deed>/", cases.act, name="firm_case_act"),
    path("firm/cases/<slug:ref>/withdraw/", cases.confirm_withdrawal, name="firm_case_withdraw"),
    path("firm/cases/<slug:ref>/photos/<slug:photo>/", cases.photo, name="firm_case_photo"),
    path("firm/policies/", pages.policies_page, name="firm_policies_own"),
    path("firm/visits/", pages.visits, name="firm_visits"),
    path("firm/services/", services.services, name="firm_services"),
    path("firm/together/", together.together, name="firm_together"),
    path("firm/demonstration/", entering.demonstration, name="firm_demonstration"),
    path("firm/held/", pages.held, name="firm_held"),
    path("firm/do/<slug:deed>/", pages.act, name="firm_act"),
]
