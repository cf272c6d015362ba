"""通知: how we tell people."""

from django.apps import AppConfig


class Notices(AppConfig):
    name = "gridloop.offices.notices"
    label = "notices"
    verbose_name = "通知"

    def ready(self) -> None:
        """What can be set up here is known as soon as the models are."""
        from gridloop.offices.notices.chapters import register_chapters

        register_chapters()
