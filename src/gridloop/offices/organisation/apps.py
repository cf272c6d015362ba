"""组织: who we are: streets, units, posts, people."""

from django.apps import AppConfig


class Organisation(AppConfig):
    name = "gridloop.offices.organisation"
    label = "organisation"
    verbose_name = "组织"
