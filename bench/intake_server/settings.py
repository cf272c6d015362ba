"""gridloop's own settings, with the minimal view beside its urls."""

from gridloop.site.settings import *  # noqa: F403
from gridloop.site.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "bench.intake_server"]
ROOT_URLCONF = "bench.intake_server.urls"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
