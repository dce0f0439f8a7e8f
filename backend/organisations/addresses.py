"""Where an organisation's pages are, as mail and files must say it."""

from urllib.parse import urlsplit

from django.conf import settings


def address_of(organisation, path="/"):
    """The full address of `path` on the organisation's site, with the scheme and port of BASE_URL."""
    base = urlsplit(settings.BASE_URL)
    port = f":{base.port}" if base.port else ""
    return f"{base.scheme}://{organisation.hostname}{port}{path}"
