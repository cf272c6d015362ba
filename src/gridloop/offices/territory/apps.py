"""网格: where we are: the grid tree, its boundaries and addresses."""

from django.apps import AppConfig


class Territory(AppConfig):
    name = "gridloop.offices.territory"
    label = "territory"
    verbose_name = "网格"
