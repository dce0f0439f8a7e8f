"""The public addresses that lead into Wagtail."""

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
