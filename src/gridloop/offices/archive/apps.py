"""档案: records, seals and proves what was done."""

from django.apps import AppConfig


class Archive(AppConfig):
    name = "gridloop.offices.archive"
    label = "archive"
    verbose_name = "档案"
