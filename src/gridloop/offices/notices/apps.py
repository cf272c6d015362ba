"""通知: how we tell people."""

from django.apps import AppConfig


class Notices(AppConfig):
    name = "gridloop.offices.notices"
    label = "notices"
    verbose_name = "通知"
