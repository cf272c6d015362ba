"""The addresses of needs and solutions: factors, banks, assisted matters, plans. They stand before those of the register."""

from django.urls import path

from gridloop.web.enterprise import assists, banks, factors, group_plans, plans

urlpatterns = [
    path("enterprises/factors/", factors.gaps, name="firm_factors"),
    path("enterprises/factors/new/", factors.measure, name="measure_gap"),
    path("enterprises/factors/<slug:ref>/settle/", factors.settle, name="settle_factor"),
    path("enterprises/banks/", banks.board, name="bank_board"),
    path("enterprises/banks/new/", banks.new, name="new_bank_match"),
    path("enterprises/banks/products/", banks.products, name="bank_products"),
    path("enterprises/banks/products/<slug:ref>/end/", banks.end_product, name="end_bank_product"),
    path("enterprises/banks/<slug:ref>/", banks.match, name="bank_match"),
    path("enterprises/banks/<slug:ref>/do/<slug:step>/", banks.step, name="do_bank_match"),
    path("enterprises/assists/", assists.orders, name="assist_orders"),
    path("enterprises/assists/new/", assists.new, name="new_assist_order"),
    path("enterprises/assists/matters/", assists.matters, name="assist_matters"),
    path("enterprises/assists/matters/<slug:ref>/retire/", assists.retire, name="retire_matter"),
    path("enterprises/assists/times/", assists.times, name="assist_times"),
    path("enterprises/assists/<slug:ref>/", assists.order, name="assist_order"),
    path("enterprises/assists/<slug:ref>/do/<slug:step>/", assists.step, name="do_assist_order"),
    path("enterprises/plans/", plans.plan_list, name="firm_plans"),
    path("enterprises/plans/new/", plans.new, name="new_firm_plan"),
    path("enterprises/plans/groups/new/", group_plans.new, name="new_group_plan"),
    path("enterprises/plans/measures/<slug:ref>/<slug:step>/", plans.measure_step, name="do_measure"),
    path("enterprises/plans/<slug:ref>.docx", plans.paper, name="firm_plan_docx"),
    path("enterprises/plans/<slug:ref>/", plans.plan, name="firm_plan"),
    path("enterprises/plans/<slug:ref>/do/<slug:step>/", plans.step, name="do_firm_plan"),
]
