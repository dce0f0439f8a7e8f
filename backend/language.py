"""English under /en/: the visitor's own choice, carried by the address alone.

No cookie is set before signing in and the browser's language is not asked for, so the choice stands in the address:
`/en/forslag/` is `/forslag/` in English. The prefix is treated as the place where the program is mounted (SCRIPT_NAME),
so that every address made by `reverse` or by Wagtail keeps it, and so does a form that is sent.
"""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import get_script_prefix, set_script_prefix
from django.utils import translation
from django.utils.encoding import iri_to_uri

ENGLISH = "en"
PREFIX = f"/{ENGLISH}"
# The desk is Danish, the API asks for Accept-Language, and files have no language.
NOT_TRANSLATED = ("/admin/", "/api/", "/documents/", "/media/", "/static/", "/.well-known/")


class LanguageMiddleware:
    """Serves what lies under /en/ in English; everything else is Danish, whatever the browser prefers."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        path = request.path_info.removeprefix(PREFIX)
        if not request.path_info.startswith(f"{PREFIX}/") or path.startswith(NOT_TRANSLATED):
            return self.get_response(request)
        above = get_script_prefix()
        request.path_info = path
        set_script_prefix(above.rstrip("/") + PREFIX + "/")
        try:
            with translation.override(ENGLISH):
                response = self.get_response(request)
        finally:
            set_script_prefix(above)
        response.headers["Content-Language"] = ENGLISH
        return response


def is_english() -> bool:
    """Whether the visitor reads English now."""
    return translation.get_language() == ENGLISH


def in_other_language(request: HttpRequest, path: str | None = None) -> str:
    """The address of `path` in the other language; of the very page that was asked for where none is given."""
    above = request.path.removesuffix(request.path_info)
    root = above.removesuffix(PREFIX) if above.endswith(PREFIX) else above + PREFIX
    if path is not None:
        return root + path
    query = request.META.get("QUERY_STRING", "")
    # One slash only: two would lead to another host.
    return iri_to_uri(f"{root}/{request.path_info.lstrip('/')}") + (f"?{query}" if query else "")


def language_code() -> str:
    """What `<html lang>` says."""
    return translation.get_language() or settings.LANGUAGE_CODE
