"""The addresses of the visits."""

from django.urls import path

from gridloop.web import converters, visit_plans, visit_sheets, visits  # noqa: F401  # makes sheet_form known to path

urlpatterns = [
    path("", visits.visits, name="visits"),
    path("rules/", visits.rules, name="visit_rules"),
    path("quiet/<slug:ref>/end/", visits.end_quiet, name="end_quiet"),
    path("plan/", visit_plans.plans, name="visit_plans"),
    path("plan/<slug:ref>/", visit_plans.plan, name="visit_plan"),
    path("plan/<slug:ref>/adopt/", visit_plans.adopt, name="adopt_plan"),
    path("plan/<slug:ref>/drop/", visit_plans.drop, name="drop_plan"),
    path("round/", visit_plans.round_of_day, name="visit_round"),
    path("sheet/", visit_sheets.sheet, name="visit_sheet"),
    path("sheet/empty.<sheet_form:form>", visit_sheets.empty_sheet, name="visit_sheet_empty"),
    path("log/<slug:enterprise>/", visits.log, name="log_visit"),
    path("arrange/<slug:enterprise>/", visits.arrange, name="arrange_visit"),
    path("wish/<slug:enterprise>/", visits.wish, name="wish_visit"),
    path("wishes/<slug:ref>/withdraw/", visits.withdraw, name="withdraw_wish"),
    path("<slug:ref>/", visits.visit, name="visit"),
    path("<slug:ref>/move/", visits.move, name="move_visit"),
    path("<slug:ref>/cancel/", visits.cancel, name="cancel_visit"),
]
