"""Public forms carry no cookie: instead of a token, the browser's own word on where the request comes from."""

import functools
from urllib.parse import urlsplit

from django.core.exceptions import PermissionDenied
from django.views.decorators.csrf import csrf_exempt

SAFE = {"GET", "HEAD", "OPTIONS"}


def comes_from_here(request):
    """Whether a writing request comes from our own page, or from a program that is no browser.

    Every browser in use sends Origin with a POST, most also Sec-Fetch-Site; a foreign page can forge neither.
    """
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
        return False
    origin = request.headers.get("Origin")
    return origin is None or urlsplit(origin).netloc == request.get_host()


def public_form(view):
    """Guard a public form's view by origin; Django's CSRF cookie is not asked for."""

    @csrf_exempt
    @functools.wraps(view)
    def guarded(request, *args, **kwargs):
        if request.method not in SAFE and not comes_from_here(request):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded
