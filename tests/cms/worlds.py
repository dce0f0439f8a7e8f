"""An organisation with its site and a published campaign page, as an editor would have made them."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from wagtail.models import Site

from backend.campaigns.models import Campaign
from backend.organisations.models import Organisation
from cms.pages.models import CampaignIndexPage, CampaignPage
from cms.pages.sites import make_site
from tests.factories import make_organisation


@dataclass(frozen=True)
class World:
    """One organisation as the public meets it."""

    organisation: Organisation
    site: Site
    page: CampaignPage

    @property
    def campaign(self) -> Campaign:
        """The campaign behind the page."""
        return self.page.campaign

    @property
    def address(self) -> str:
        """Where the form stands."""
        return f"/kampagner/{self.page.slug}/"

    @property
    def host(self) -> dict[str, str]:
        """What a test client needs to come to this site."""
        return {"HTTP_HOST": self.organisation.hostname}


def make_world(key: str = "lejre", *, is_default: bool = False, **fields: Any) -> World:
    """An organisation, its site and an open campaign. `fields` go to the campaign page."""
    organisation = make_organisation(key)
    site = make_site(organisation, is_default=is_default)
    return World(organisation, site, make_campaign_page(site, **fields))


def make_campaign_page(
    site: Site, slug: str = "mere-tid", *, is_published: bool = True, **fields: Any
) -> CampaignPage:
    """A campaign page that is open today unless the dates say otherwise."""
    today = timezone.localdate()
    values = {
        "title": "Mere tid til kerneopgaven",
        "slug": slug,
        "lead": "Fortæl, hvad der spænder ben.",
        "asks": "Hvad bøvler eller spænder ben i dit arbejde?",
        "contact": "Mette Holm, 46 46 46 40",
        "opens_date": today - datetime.timedelta(days=7),
        "closes_date": today + datetime.timedelta(days=60),
        "med_discussed_date": today - datetime.timedelta(days=30),
    }
    page = CampaignPage(**{**values, **fields}, live=False)
    CampaignIndexPage.objects.child_of(site.root_page).get().add_child(instance=page)
    if is_published:
        page.save_revision().publish()
    return CampaignPage.objects.get(pk=page.pk)
