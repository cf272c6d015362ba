"""The addresses of the projects."""

from django.urls import path

from gridloop.web import project_page, project_pairs, project_watch, projects

urlpatterns = [
    path("projects/", projects.projects, name="projects"),
    path("projects/new/", projects.new, name="new_project"),
    path("projects/criteria/", projects.criteria, name="project_criteria"),
    path("projects/matrix/", project_pairs.matrix, name="project_matrix"),
    path("projects/matrix.docx", project_pairs.paper, name="project_matrix_docx"),
    path("projects/watch/", project_watch.watch, name="project_watch"),
    path("projects/<slug:ref>/", project_page.project, name="project"),
    path("projects/<slug:ref>/pairs/", project_pairs.pairs, name="project_pairs"),
    path("projects/<slug:ref>/standing/", project_watch.decide, name="decide_standing"),
    path("projects/<slug:ref>/plan/", project_watch.new_plan, name="new_project_plan"),
    path("projects/<slug:ref>/edit/", projects.edit, name="edit_project"),
    path("projects/<slug:ref>/do/<slug:verb>/", project_page.do, name="do_project"),
]
