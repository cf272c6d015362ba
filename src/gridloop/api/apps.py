"""The API, version 1."""

from django.apps import AppConfig


class Api(AppConfig):
    name = "gridloop.api"
    label = "api"
    verbose_name = "接口"
