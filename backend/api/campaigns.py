"""Campaigns that are open or were."""

import datetime

from django.http import Http404, HttpRequest
from ninja import Query, Schema

from backend.campaigns.models import Campaign
from backend.organisations.permissions import moment

from .filtering import ListQuery, OfOrganisation, page_of
from .routing import Router
from .tenants import open_organisation

router = Router(tags=["campaigns"])


class Missing(Schema):
    """Something that still bars the campaign from opening."""

    field: str
    label: str


class CampaignOut(Schema):
    """When an organisation asks its employees, and for what."""

    slug: str
    name: str
    organisation: str
    asks: str
    opens_date: datetime.date
    closes_date: datetime.date
    state: str
    reading_days: int
    contact: str
    url: str
    missing: list[Missing]


class CampaignList(Schema):
    count: int
    items: list[CampaignOut]


def show(campaign: Campaign, request: HttpRequest) -> dict:
    """The campaign as everyone sees it."""
    state = campaign.state(at=moment(None))
    missing = campaign.missing() if state == "missing" else []
    return {
        "slug": campaign.slug,
        "name": campaign.name,
        "organisation": campaign.organisation.key,
        "asks": campaign.asks,
        "opens_date": campaign.opens_date,
        "closes_date": campaign.closes_date,
        "state": state,
        "reading_days": campaign.reading_days,
        "contact": campaign.contact,
        "url": request.build_absolute_uri(f"/kampagner/{campaign.slug}/"),
        "missing": [{"field": field, "label": str(label)} for field, label in missing],
    }


@router.get("/campaigns", response=CampaignList)
def list_campaigns(request: HttpRequest, query: Query[ListQuery]):
    """The organisation's campaigns that are open or were, newest first."""
    organisation = open_organisation(request, query.organisation)
    found = (
        Campaign.objects.begun(at=moment(None))
        .filter(organisation=organisation)
        .select_related("organisation")
    )
    return page_of(found, query, lambda rows: [show(row, request) for row in rows])


@router.get("/campaigns/{slug:slug}", response=CampaignOut)
def get_campaign(request: HttpRequest, slug: str, query: Query[OfOrganisation]):
    """One campaign; also one that has been announced and opens later."""
    organisation = open_organisation(request, query.organisation)
    campaign = (
        Campaign.objects.published()
        .filter(organisation=organisation, slug=slug)
        .select_related("organisation")
        .first()
    )
    if campaign is None:
        raise Http404
    return show(campaign, request)
