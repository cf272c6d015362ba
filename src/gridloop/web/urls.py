"""The addresses of the console; the public pages keep theirs in ``public_urls``."""

from django.urls import include, path

from gridloop.web import atlas, case, case_list, desk, filing, routes, setup

urlpatterns = [
    path("", include("gridloop.web.public_urls")),
    path("desk/", desk.desk, name="desk"),
    path("desk/notices/seen/", desk.notices_seen, name="notices_seen"),
    path("cases/", case_list.case_list, name="cases"),
    path("cases/new/", filing.new_case, name="new_case"),
    path("cases/<slug:ref>/", case.case, name="case"),
    path("cases/<slug:ref>/do/<slug:verb>/", case.do_verb, name="do_verb"),
    path("cases/<slug:ref>/contacts/", case.unmask, name="unmask"),
    path("cases/<slug:ref>/files/<slug:file>/", case.attachment, name="case_attachment"),
    path("atlas/", atlas.atlas, name="atlas"),
    path("setup/", setup.setup, name="setup"),
    path("setup/routes/", routes.routes, name="routes"),
    path("setup/routes/draft/", routes.draft, name="draft_routes"),
    path("setup/routes/<slug:table>/publish/", routes.publish, name="publish_routes"),
    path("setup/routes/<slug:table>/roll-back/", routes.roll_back, name="roll_back_routes"),
    path("setup/profiles/", setup.profiles, name="profiles"),
    path("setup/calendar/", setup.calendar, name="calendar"),
    path("setup/posts/", setup.posts, name="posts"),
    path("setup/duties/", setup.duties, name="duties"),
]
