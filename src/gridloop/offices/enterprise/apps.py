"""助企: the enterprises of the street, who is paired with them, and the teams that serve them."""

from django.apps import AppConfig


class Enterprises(AppConfig):
    name = "gridloop.offices.enterprise"
    label = "enterprise"
    verbose_name = "助企"
