"""政策: what firms may apply for, who meets which clause, what was pushed to whom."""

from django.apps import AppConfig


class Policies(AppConfig):
    name = "gridloop.offices.policies"
    label = "policies"
    verbose_name = "政策"
