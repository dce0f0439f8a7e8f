"""What HTTP asks of every address under /api/: HEAD, OPTIONS, problem details for 405, and no stale answers."""

import hashlib
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_vary_headers

from .errors import problem

PREFIX = "/api/"
# Answers about one person's example or a staff member's work: kept nowhere.
PRIVATE = ("/api/v1/desk/", "/api/v1/tracking")


class ApiMiddleware:
    """Finishes the answers under /api/; every other address passes untouched."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(PREFIX):
            return self.get_response(request)
        asked = request.method
        if asked == "HEAD":
            request.method = "GET"
        response = self.finish(request, self.get_response(request), asked)
        if asked == "HEAD":
            request.method = asked
            response = without_body(response)
        return response

    def finish(self, request: HttpRequest, response: HttpResponse, asked: str | None) -> HttpResponse:
        """Give the answer its form and its caching."""
        if response.status_code == 405 and "Allow" in response.headers:
            return not_allowed(response, asked)
        if "Cache-Control" not in response.headers:
            is_kept = request.method == "GET" and not request.path.startswith(PRIVATE)
            # «no-cache»: may be kept, but must be asked for again, so that what is unpublished is gone at once.
            response.headers["Cache-Control"] = "no-cache" if is_kept else "no-store"
            patch_vary_headers(response, ["Accept-Language"])
            if is_kept and response.status_code == 200 and not response.streaming:
                etag = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
                response.headers["ETag"] = etag
                return get_conditional_response(request, etag=etag, response=response)
        return response


def not_allowed(response: HttpResponse, asked: str | None) -> HttpResponse:
    """405 as problem details, or the answer to OPTIONS: which methods there are."""
    methods = {method.strip() for method in response.headers["Allow"].split(",")}
    allow = ", ".join(sorted(methods | {"OPTIONS"} | ({"HEAD"} if "GET" in methods else set())))
    answer = HttpResponse(status=204) if asked == "OPTIONS" else problem(405)
    answer.headers["Allow"] = allow
    return answer


def without_body(response: HttpResponse) -> HttpResponse:
    """The answer to HEAD: the headers of the GET."""
    bare = HttpResponse(status=response.status_code)
    bare.headers = response.headers
    if not response.streaming:
        bare.headers["Content-Length"] = str(len(response.content))
    return bare
