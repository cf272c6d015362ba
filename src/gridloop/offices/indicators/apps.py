"""指标: definitions as data, readings from outside, what the street's own rows say."""

from django.apps import AppConfig


class Indicators(AppConfig):
    name = "gridloop.offices.indicators"
    label = "indicators"
    verbose_name = "指标"
