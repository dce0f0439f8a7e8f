"""The WSGI application that a server loads."""

import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.settings")

application = get_wsgi_application()
# Every view is loaded now, once for all workers, and not by the first who asks.
get_resolver().url_patterns  # noqa: B018
