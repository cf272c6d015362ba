"""专项: what campaign we are in, on what basis, until when."""

from django.apps import AppConfig


class Campaigns(AppConfig):
    name = "gridloop.offices.campaigns"
    label = "campaigns"
    verbose_name = "专项"
