"""Atom feeds of what is published: everything, one campaign's, and what is done. A public date is a month here too."""

import datetime

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import get_script_prefix
from django.utils.feedgenerator import Atom1Feed
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from backend.campaigns.models import Campaign
from backend.insight.results import done_cases
from cms.submit.bodies import organisation_of
from cms.submit.cases import PAGE_SIZE, published
from cms.submit.results import with_changes


@require_safe
def case_feed(request):
    """The newest published cases."""
    organisation = organisation_of(request)
    title = _("Published cases – %(name)s") % {"name": organisation.name}
    return atom(request, title, "forslag/", published(organisation)[:PAGE_SIZE])


@require_safe
def campaign_feed(request, slug):
    """The newest published cases of one campaign."""
    organisation = organisation_of(request)
    campaigns = Campaign.objects.published().filter(organisation=organisation)
    campaign = get_object_or_404(campaigns, slug=slug)
    title = _("Published cases – %(name)s") % {"name": campaign.name}
    cases = published(organisation).filter(campaign=campaign)
    return atom(request, title, f"forslag/?campaign={campaign.slug}", cases[:PAGE_SIZE])


@require_safe
def done_feed(request):
    """The cases done last, each with what changed; entries of their own, so that who read the case is told."""
    organisation = organisation_of(request)
    title = _("Rules we got rid of – %(name)s") % {"name": organisation.name}
    return atom(
        request, title, "sluppet-af-med/", with_changes(done_cases(organisation)[:PAGE_SIZE]), is_done=True
    )


def atom(request, title, path, cases, *, is_done=False):
    """`cases` as an Atom feed whose page is at `path`; `is_done`: told as done, with what changed."""
    root = request.build_absolute_uri(get_script_prefix())
    feed = Atom1Feed(
        title=title,
        link=f"{root}{path}",
        description="",
        language="da",
        feed_url=request.build_absolute_uri(),
    )
    for case in cases:
        address = f"{root}forslag/{case.reference}/"
        changes = [reply.what or reply.text for _referral, reply in case.changes] if is_done else []
        feed.add_item(
            title=_("Done: %(title)s") % {"title": case.title} if is_done else case.title,
            link=address,
            description=Truncator("\n".join(filter(None, changes)) or case.problem).words(60),
            unique_id=f"{address}#gjort" if is_done else address,
            updateddate=first_of_month(case.implemented_date if is_done else case.published_date),
        )
    response = HttpResponse(
        content_type="application/atom+xml; charset=utf-8", headers={"Cache-Control": "no-cache"}
    )
    feed.write(response, "utf-8")
    return response


def first_of_month(date):
    """The moment that stands for the month of `date`."""
    return datetime.datetime.combine(date.replace(day=1), datetime.time(), datetime.UTC)
