"""The addresses of the desk for enterprises."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from gridloop.web.enterprise import (
    firm,
    forums,
    intake,
    inviting,
    links,
    lists,
    pairings,
    resumptions,
    stories,
    teams,
    trips,
)


class ServingKind(StringConverter):
    """consults, orders or promises."""

    regex = "consults|orders|promises"


class NoticeForm(StringConverter):
    """pdf or docx."""

    regex = "pdf|docx"


register_converter(ServingKind, "serving_kind")
register_converter(NoticeForm, "notice_form")

urlpatterns = [
    path("enterprises/", lists.enterprise_list, name="enterprises"),
    path("enterprises/new/", firm.new_firm, name="new_enterprise"),
    path("enterprises/import/", intake.intakes, name="enterprise_intakes"),
    path("enterprises/import/<slug:ref>/", intake.intake, name="enterprise_intake"),
    path("enterprises/import/<slug:ref>/refused.csv", intake.refused, name="enterprise_refused"),
    path("enterprises/watch/", lists.watch, name="enterprise_watch"),
    path("enterprises/watch/<slug:ref>/decide/", lists.decide, name="decide_vitality"),
    path("enterprises/alike/", lists.alike, name="enterprises_alike"),
    path("enterprises/alike/merge/", lists.merge, name="merge_enterprises"),
    path("enterprises/clusters/", lists.clusters, name="clusters"),
    path("enterprises/clusters/<slug:ref>/", lists.cluster, name="cluster"),
    path("enterprises/matrix/", pairings.matrix, name="pairing_matrix"),
    path("enterprises/matrix/pair/", pairings.fill, name="fill_pairings"),
    path("enterprises/coverage/", pairings.coverage, name="service_coverage"),
    path("enterprises/pairings/<slug:ref>/", pairings.change, name="change_pairing"),
    path("enterprises/pairings/<slug:ref>/end/", pairings.finish, name="end_pairing"),
    path("enterprises/pairings/<slug:ref>/substitute/", pairings.substitute, name="substitute_pairing"),
    path("enterprises/pairings/<slug:ref>/pack/", pairings.pack, name="handover_pack"),
    path("enterprises/pairings/<slug:ref>/pack.docx", pairings.pack_file, name="handover_pack_docx"),
    path("enterprises/teams/", teams.team_list, name="service_teams"),
    path("enterprises/teams/<slug:ref>/", teams.team, name="service_team"),
    path("enterprises/members/<slug:ref>/leave/", teams.let_go, name="leave_team"),
    path("enterprises/serving/<serving_kind:kind>/", teams.queue, name="serving"),
    path("enterprises/serving/<serving_kind:kind>/<slug:ref>/<slug:step>/", teams.take_step, name="serving_step"),
    path("enterprises/forums/", forums.calendar, name="forums"),
    path("enterprises/forums/new/", forums.announce, name="announce_forum"),
    path("enterprises/forums/<slug:ref>/", forums.forum, name="forum"),
    path("enterprises/forums/<slug:ref>/invite/", forums.invite, name="invite_to_forum"),
    path("enterprises/forums/<slug:ref>/attendance/", forums.attendance, name="forum_attendance"),
    path("enterprises/forums/<slug:ref>/file/", forums.file_open, name="file_forum_questions"),
    path("enterprises/forums/<slug:ref>/do/<slug:deed>/", forums.do, name="forum_deed"),
    path("enterprises/forums/questions/<slug:ref>/<slug:deed>/", forums.do_question, name="forum_question_deed"),
    path("enterprises/links/", links.board, name="firm_links"),
    path("enterprises/links/new/", links.tell, name="tell_listing"),
    path("enterprises/links/propose/", links.propose, name="propose_link"),
    path("enterprises/links/listings/<slug:ref>/withdraw/", links.withdraw, name="withdraw_listing"),
    path("enterprises/links/<slug:ref>/", links.link, name="firm_link"),
    path("enterprises/links/<slug:ref>/do/<slug:deed>/", links.do, name="firm_link_deed"),
    path("enterprises/leads/", links.leads, name="leads"),
    path("enterprises/leads/<slug:ref>/move/", links.move_lead, name="move_lead"),
    path("enterprises/stories/", stories.stories, name="stories"),
    path("enterprises/stories/<slug:ref>/", stories.story, name="story"),
    path("enterprises/stories/<slug:ref>.docx", stories.document, name="story_docx"),
    path("enterprises/stories/<slug:ref>/photos/<slug:file>/", stories.photo, name="story_photo"),
    path("enterprises/stories/<slug:ref>/publish/", stories.publish, name="publish_story"),
    path("enterprises/stories/<slug:ref>/withdraw/", stories.withdraw, name="withdraw_story"),
    path("enterprises/resumptions/", resumptions.resumptions, name="resumptions"),
    path("enterprises/resumptions/new/", resumptions.apply, name="apply_resumption"),
    path("enterprises/resumptions/checklist/", resumptions.checklist, name="resumption_checklist"),
    path("enterprises/resumptions/items/<slug:ref>/<slug:deed>/", resumptions.do_item, name="resumption_item_deed"),
    path("enterprises/resumptions/<slug:ref>/", resumptions.resumption, name="resumption"),
    path("enterprises/resumptions/<slug:ref>/do/<slug:deed>/", resumptions.do, name="resumption_deed"),
    path("enterprises/batches/", resumptions.batches, name="staff_tests"),
    path("enterprises/batches/<slug:ref>/void/", resumptions.void_batch, name="void_staff_test"),
    path("enterprises/trips/", trips.trips, name="trips"),
    path("enterprises/trips/new/", trips.plan, name="plan_trip"),
    path("enterprises/trips/<slug:ref>/", trips.trip, name="trip"),
    path("enterprises/trips/<slug:ref>/do/<slug:deed>/", trips.do, name="trip_deed"),
    path("enterprises/<slug:ref>/", firm.firm, name="enterprise"),
    path("enterprises/<slug:ref>/edit/", firm.edit_firm, name="edit_enterprise"),
    path("enterprises/<slug:ref>/do/<slug:deed>/", firm.do_deed, name="enterprise_deed"),
    path("enterprises/<slug:ref>/contacts/", firm.contacts, name="enterprise_contacts"),
    path("enterprises/<slug:ref>/contacts/<slug:contact>/end/", firm.finish_contact, name="end_enterprise_contact"),
    path("enterprises/<slug:ref>/contacts/<slug:contact>/invite/", inviting.invite, name="invite_contact"),
    path("enterprises/<slug:ref>/contacts/<slug:contact>/access/end/", inviting.take_back, name="end_contact_access"),
    path("enterprises/<slug:ref>/notice.<notice_form:form>", pairings.notice, name="pairing_notice"),
]
