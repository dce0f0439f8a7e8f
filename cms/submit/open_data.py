"""The page about the open data: how to get it, what each column means, and what one may do with it."""

from django.views.decorators.http import require_safe

from cms.submit.bodies import organisation_of
from cms.submit.results import answer
from exports.open_data import COLUMNS, LICENCE, LICENCE_URL


@require_safe
def dictionary_page(request):
    """The data dictionary, from the definition that the files themselves are written by."""
    return answer(
        request,
        "submit/open_data.html",
        lambda: {
            "organisation": organisation_of(request),
            "columns": COLUMNS,
            "licence": LICENCE,
            "licence_url": LICENCE_URL,
            "api": request.build_absolute_uri("/api/v1/docs"),
        },
    )
