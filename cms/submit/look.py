"""The organisation's own colours as a style sheet, from our own address: the content policy allows no inline style."""

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from cms.pages.looks import stylesheet_of
from cms.pages.queries import surroundings

YEAR = 365 * 24 * 60 * 60


@require_safe
def stylesheet(request):
    """The colours of the site that was asked. A changed colour gets a new address, so this one may be kept."""
    organisation = surroundings(request).organisation
    css = stylesheet_of(organisation.site_link) if organisation else ""
    if not css:
        raise Http404
    headers = {"Cache-Control": f"public, max-age={YEAR}, immutable"}
    return HttpResponse(css, content_type="text/css; charset=utf-8", headers=headers)
