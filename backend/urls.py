"""The composition root: which address leads to which interface."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path, re_path
from django.views.decorators.csrf import csrf_exempt
from django.views.i18n import JavaScriptCatalog
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

from backend import error_pages, media, well_known
from backend.api.api import api

handler400 = error_pages.bad_request
handler403 = error_pages.permission_denied
handler404 = error_pages.page_not_found
handler500 = error_pages.server_error


@csrf_exempt
def problem_404(request: HttpRequest) -> HttpResponse:
    """Keep unknown addresses under /api/ from Wagtail, which would answer with a page or a redirect."""
    return error_pages.error_page(request, 404)


urlpatterns = [
    path(".well-known/security.txt", well_known.security_txt),
    path("robots.txt", well_known.robots),
    path("media/images/<path:name>", media.picture),
    # Wagtail's own reads its package's texts alone and knows nothing of cms/locale.
    path("admin/jsi18n/", JavaScriptCatalog.as_view(), name="wagtailadmin_javascript_catalog"),
    path("admin/", include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
    path("api/v1/", api.urls),
    re_path(r"^api/", problem_404),
    path("", include("cms.submit.urls")),
    path("", include(wagtail_urls)),
]
