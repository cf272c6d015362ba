"""The addresses of the setup: rules to read, and the change-sets that change them."""

from django.urls import path

from gridloop.web import (
    category_models,
    converters,  # noqa: F401  # makes sheet_form known to path
    route_replays,
    routes,
    setup,
    setup_calendar,
    setup_changes,
    setup_profiles,
    setup_rows,
)

urlpatterns = [
    path("setup/", setup.setup, name="setup"),
    path("setup/changes/", setup_changes.change_sets, name="change_sets"),
    path("setup/changes/<slug:ref>/", setup_changes.change_set, name="change_set"),
    path("setup/changes/<slug:ref>/replay/", route_replays.replay, name="replay_change_set"),
    path("setup/changes/<slug:ref>/do/<slug:verb>/", setup_changes.do, name="do_change_set"),
    path("setup/rows/<slug:chapter>/", setup_rows.rows, name="setup_rows"),
    path("setup/rows/<slug:chapter>/edit/", setup_rows.edit, name="setup_row"),
    path("setup/rows/<slug:chapter>/sheet.<sheet_form:form>", setup_rows.sheet, name="setup_sheet"),
    path("setup/rows/<slug:chapter>/upload/", setup_rows.upload, name="upload_setup_sheet"),
    path("setup/routes/", routes.routes, name="routes"),
    path("setup/routes/edit/", routes.edit, name="edit_routes"),
    path("setup/routes/<slug:table>/adopt/", routes.adopt, name="adopt_routes"),
    path("setup/profiles/", setup_profiles.profiles, name="profiles"),
    path("setup/profiles/edit/", setup_profiles.edit, name="edit_profile"),
    path("setup/calendar/", setup_calendar.calendar, name="calendar"),
    path("setup/calendar/load/", setup_calendar.load, name="load_calendar"),
    path("setup/calendar/hours/", setup_calendar.hours, name="change_hours"),
    path("setup/posts/", setup.posts, name="posts"),
    path("setup/duties/", setup.duties, name="duties"),
    path("setup/models/", category_models.models, name="category_models"),
]
