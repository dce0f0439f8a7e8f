"""Answers to what went wrong: a page for people, problem details under /api/."""

import logging
import sys
from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template import loader
from django.utils.translation import gettext_lazy

logger = logging.getLogger(__name__)

RETRY_AFTER_SECONDS = 10
# Shorter than this, what was typed is quicker typed again than found.
SHORTEST_KEPT = 10
DETAILS = {
    400: gettext_lazy("The request could not be understood."),
    403: gettext_lazy("You do not have access to this."),
    404: gettext_lazy("There is nothing at this address."),
    413: gettext_lazy("What you sent is too large."),
    429: gettext_lazy("Too many requests. Wait a little and try again."),
    500: gettext_lazy("Something went wrong on our side."),
    503: gettext_lazy("The service is busy or being maintained. Try again in a moment."),
}


def error_page(request: HttpRequest, status: int, retry_after: int | None = None) -> HttpResponse:
    """Return the answer for a status, in the form that the address calls for."""
    if request.path.startswith("/api/"):
        response: HttpResponse = JsonResponse(
            {
                "type": "about:blank",
                "title": HTTPStatus(status).phrase,
                "status": status,
                "detail": str(DETAILS[status]),
            },
            status=status,
            content_type="application/problem+json",
        )
    else:
        response = HttpResponse(error_html(request, status), status=status)
    if retry_after is not None:
        response.headers["Retry-After"] = str(retry_after)
    return response


def error_html(request: HttpRequest, status: int) -> str:
    """Render the error's own page; where the server or the host name is wrong, one that asks nothing of either."""
    if 400 < status < 500:
        return loader.render_to_string(f"errors/{status}.html", request=request)
    try:
        return loader.render_to_string(f"errors/{status}.html")
    except Exception:
        # Whatever broke the page (a missing static file, say) must not hide that there was an error.
        logger.exception("The error page cannot be shown")
        return f'<!doctype html><html lang="da"><title>{status}</title><p>{DETAILS[status]}</p></html>'


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 413 where the request was too large, else 400."""
    too_large = isinstance(exception, RequestDataTooBig)
    return error_page(request, 413 if too_large else 400)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 403."""
    return error_page(request, 403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer 403 where a form of the desk comes without the token that it was given, and give back what was typed."""
    if not request.path.startswith("/admin/"):
        return error_page(request, 403)
    typed = [
        text
        for name, values in request.POST.lists()
        if not ("password" in name or name == "csrfmiddlewaretoken")
        for text in values
        if len(text) >= SHORTEST_KEPT
    ]
    return HttpResponse(loader.render_to_string("csrf_failure.html", {"typed": typed}, request), status=403)


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 404."""
    return error_page(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 500, or 503 where a middleware (the session's, say) found the database away."""
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        return error_page(request, 503, RETRY_AFTER_SECONDS)
    return error_page(request, 500)


class ErrorPagesMiddleware:
    """Refuses what is too large before it is read, and answers 503 while the database is away or its disk is full."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if content_length(request) > self.limit(request):
            return error_page(request, 413)
        return self.get_response(request)

    def limit(self, request: HttpRequest) -> int:
        """Return how many bytes may come: uploads are larger than forms and JSON."""
        if request.content_type == "multipart/form-data":
            return settings.REQUEST_MAX_SIZE
        return settings.DATA_UPLOAD_MAX_MEMORY_SIZE

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Turn a database that cannot be reached into 503."""
        if not isinstance(exception, OperationalError | InterfaceError):
            return None
        logger.error("The database does not answer", exc_info=exception)
        return error_page(request, 503, RETRY_AFTER_SECONDS)


def content_length(request: HttpRequest) -> int:
    """Return the length that the client claims; 0 where it claims none."""
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0
