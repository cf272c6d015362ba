"""The door for granian: gridloop's own, under the bench's settings."""

import os

os.environ["DJANGO_SETTINGS_MODULE"] = "bench.intake_server.settings"
from gridloop.site.wsgi import application  # noqa: F401
