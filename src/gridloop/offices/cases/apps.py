"""事项: the case that everyone shares."""

from django.apps import AppConfig


class Cases(AppConfig):
    name = "gridloop.offices.cases"
    label = "cases"
    verbose_name = "事项"

    def ready(self) -> None:
        """What can be set up here is known as soon as the models are."""
        from gridloop.offices.cases.chapters import register_chapters

        register_chapters()
