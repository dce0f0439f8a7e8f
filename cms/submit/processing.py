"""What is kept about whom: the page is made from the same table as the data protection officer's record."""

from django.http import Http404
from django.template.response import TemplateResponse
from django.views.decorators.http import require_safe

from backend.insight.processing import REGISTER
from cms.pages.queries import surroundings


@require_safe
def what_we_keep(request):
    """Every field, its purpose, who sees it and how long."""
    organisation = surroundings(request).organisation
    if organisation is None:
        raise Http404
    return TemplateResponse(
        request, "submit/what_we_keep.html", {"groups": REGISTER, "organisation": organisation}
    )
