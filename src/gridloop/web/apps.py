"""The console and the public pages, rendered on the server."""

from django.apps import AppConfig


class Web(AppConfig):
    name = "gridloop.web"
    label = "web"
    verbose_name = "网页"
