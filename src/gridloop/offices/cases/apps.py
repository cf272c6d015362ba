"""事项: the case that everyone shares."""

from django.apps import AppConfig


class Cases(AppConfig):
    name = "gridloop.offices.cases"
    label = "cases"
    verbose_name = "事项"
