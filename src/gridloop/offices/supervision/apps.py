"""督办: by when: calendars, deadline profiles, clocks."""

from django.apps import AppConfig


class Supervision(AppConfig):
    name = "gridloop.offices.supervision"
    label = "supervision"
    verbose_name = "督办"

    def ready(self) -> None:
        """What can be set up here is known as soon as the models are."""
        from gridloop.offices.supervision.chapters import register_chapters

        register_chapters()
