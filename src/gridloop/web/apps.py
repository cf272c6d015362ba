"""The console and the public pages, rendered on the server."""

from django.apps import AppConfig


class Web(AppConfig):
    name = "gridloop.web"
    label = "web"
    verbose_name = "网页"

    def ready(self) -> None:
        """allauth tells of a wrong code by a signal only; it is recorded like a wrong password."""
        from allauth.mfa.signals import authentication_failed

        from gridloop.web.accounts import note_wrong_code

        authentication_failed.connect(note_wrong_code)
