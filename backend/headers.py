"""Response headers that Django does not set itself."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import add_never_cache_headers

PERMISSIONS_POLICY = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer",
        "browsing-topics",
        "camera",
        "display-capture",
        "geolocation",
        "gyroscope",
        "microphone",
        "midi",
        "payment",
        "usb",
    )
)
STAFF_PATHS = ("/admin/", "/api/v1/desk/")
KEPT_OUT_OF_CACHES = ("text/html", "application/json", "application/problem+json")


class HeadersMiddleware:
    """Adds the policies to every answer; under the desk a looser CSP (Wagtail needs it) and no caching."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers["Permissions-Policy"] = PERMISSIONS_POLICY
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        is_desk = request.path.startswith("/admin/")
        response.headers["X-Frame-Options"] = "SAMEORIGIN" if is_desk else "DENY"
        if is_desk and not hasattr(response, "_csp_config"):
            response._csp_config = settings.ADMIN_CSP  # type: ignore[attr-defined]
        if request.path.startswith(STAFF_PATHS) and is_page(response):
            add_never_cache_headers(response)
        return response


def is_page(response: HttpResponse) -> bool:
    """Say whether the answer may show somebody's data (and is not a script or a style sheet)."""
    return response.headers.get("Content-Type", "").startswith(KEPT_OUT_OF_CACHES)
