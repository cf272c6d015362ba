"""项目: the four libraries of investment projects."""

from django.apps import AppConfig


class Projects(AppConfig):
    name = "gridloop.offices.projects"
    label = "projects"
    verbose_name = "项目"
