"""What the law wants every site to say: the privacy notice (GDPR art. 13) and the accessibility statement.

An administrator fills in what only the organisation knows, in the desk; the rest is the same everywhere.
"""

from django.http import Http404, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from cms.pages.queries import surroundings

# What is changed in the desk is seen at once.
HEADERS = {"Cache-Control": "no-cache"}


def organisation_of(request):
    """The organisation of the request's site, or 404."""
    organisation = surroundings(request).organisation
    if organisation is None:
        raise Http404
    return organisation


@require_safe
def privacy_notice(request):
    """Who is responsible for the data, what for, how long, and what rights the writer has."""
    context = {"organisation": organisation_of(request)}
    return TemplateResponse(request, "submit/privacy.html", context, headers=HEADERS)


@require_safe
def accessibility_statement(request):
    """How far the site is accessible, whom to tell what is not, and who enforces the law."""
    context = {"organisation": organisation_of(request), "host": request.get_host()}
    return TemplateResponse(request, "submit/accessibility.html", context, headers=HEADERS)


@require_safe
def was(request):
    """The address that the law's tool has agreed on: to its statement, or to ours where it has none."""
    organisation = organisation_of(request)
    return HttpResponseRedirect(organisation.was_url or reverse("accessibility_statement"))
