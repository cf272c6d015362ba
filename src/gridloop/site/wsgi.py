"""The door for the web server (granian over WSGI)."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gridloop.site.settings")
application = get_wsgi_application()

# What is loaded now stays for good: the collector need not look at it again, and a request's young objects are many but die
# with it. Measured with bench/intake.py: an eighth less work a request.
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 20, 50)
