"""The public addresses that lead into Wagtail or out of the house."""

from django.http import Http404, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe
from wagtail.views import serve

from backend.campaigns.links import campaign_for_code
from cms.pages.queries import surroundings
from cms.submit.origin import public_form


@public_form
@require_http_methods(["GET", "HEAD", "POST"])
def campaign_page(request, slug):
    """A campaign's page, served by Wagtail; the form on it carries no CSRF cookie."""
    return serve(request, f"kampagner/{slug}/")


@require_safe
def campaign_by_code(request, code):
    """The short address on posters and paper: to the campaign's page, whatever it is called now."""
    organisation = surroundings(request).organisation
    campaign = organisation and campaign_for_code(organisation, code)
    page = getattr(campaign, "page", None)
    if page is None or not page.live:
        raise Http404
    # Not for ever: the page may get another name again.
    return HttpResponseRedirect(reverse("campaign_page", args=[page.slug]))


@require_safe
def accessibility_statement(request):
    """The organisation's accessibility statement, where WAS-Tool has put it."""
    organisation = surroundings(request).organisation
    if organisation is None or not organisation.was_url:
        raise Http404
    return HttpResponseRedirect(organisation.was_url)
