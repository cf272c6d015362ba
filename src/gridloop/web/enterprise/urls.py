"""The addresses of the desk for enterprises."""

from django.urls import path, register_converter

from gridloop.web.enterprise import firm, forums, intake, inviting, lists, pairings, teams


class ServingKind:
    """consults, orders or promises."""

    regex = "consults|orders|promises"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class NoticeForm(ServingKind):
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
    path("enterprises/<slug:ref>/", firm.firm, name="enterprise"),
    path("enterprises/<slug:ref>/edit/", firm.edit_firm, name="edit_enterprise"),
    path("enterprises/<slug:ref>/do/<slug:deed>/", firm.do_deed, name="enterprise_deed"),
    path("enterprises/<slug:ref>/contacts/", firm.contacts, name="enterprise_contacts"),
    path("enterprises/<slug:ref>/contacts/<slug:contact>/end/", firm.finish_contact, name="end_enterprise_contact"),
    path("enterprises/<slug:ref>/contacts/<slug:contact>/invite/", inviting.invite, name="invite_contact"),
    path("enterprises/<slug:ref>/contacts/<slug:contact>/access/end/", inviting.take_back, name="end_contact_access"),
    path("enterprises/<slug:ref>/notice.<notice_form:form>", pairings.notice, name="pairing_notice"),
]
