"""组织: who we are: streets, units, posts, people."""

from django.apps import AppConfig


class Organisation(AppConfig):
    name = "gridloop.offices.organisation"
    label = "organisation"
    verbose_name = "组织"

    def ready(self) -> None:
        """What can be set up here is known as soon as the models are."""
        from gridloop.offices.organisation.keeping.registered import register_chapters

        register_chapters()
