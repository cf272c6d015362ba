"""The addresses of the campaigns."""

from django.urls import path

from gridloop.web import campaigns, evaluations, frozen_evaluations

urlpatterns = [
    path("campaigns/", campaigns.campaign_list, name="campaigns"),
    path("campaigns/new/", campaigns.new, name="new_campaign"),
    path("campaigns/groups/<slug:ref>/", campaigns.group, name="campaign_group"),
    path("campaigns/groups/<slug:ref>/do/<slug:verb>/", campaigns.do_group, name="do_campaign_group"),
    path("campaigns/activities/<slug:ref>/", campaigns.activity, name="campaign_activity"),
    path("campaigns/activities/<slug:ref>/do/<slug:verb>/", campaigns.do_activity, name="do_campaign_activity"),
    path("campaigns/<slug:code>/", campaigns.campaign, name="campaign"),
    path("campaigns/<slug:code>/print/", campaigns.sheet, name="campaign_sheet"),
    path("campaigns/<slug:code>/evaluation/", evaluations.evaluation, name="campaign_evaluation"),
    path("campaigns/<slug:code>/evaluation/rules/", frozen_evaluations.rules, name="campaign_evaluation_rules"),
    path("campaigns/<slug:code>/evaluation/freeze/", frozen_evaluations.freeze, name="freeze_evaluation"),
    path("campaigns/<slug:code>/evaluation/frozen/<slug:ref>/", frozen_evaluations.frozen, name="frozen_evaluation"),
    path("campaigns/<slug:code>/evaluation/frozen/<slug:ref>/object/", frozen_evaluations.object_to, name="object_to_evaluation"),
    path("campaigns/<slug:code>/evaluation/objections/<slug:ref>/decide/", frozen_evaluations.decide, name="decide_objection"),
    path("campaigns/<slug:code>/evaluation/<slug:unit>/", evaluations.evaluation_of_unit, name="campaign_evaluation_unit"),
    path("campaigns/<slug:code>/do/<slug:verb>/", campaigns.do_campaign, name="do_campaign"),
]  # fmt: skip
