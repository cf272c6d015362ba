"""督办: by when: calendars, deadline profiles, clocks."""

from django.apps import AppConfig


class Supervision(AppConfig):
    name = "gridloop.offices.supervision"
    label = "supervision"
    verbose_name = "督办"
